//! The GraphQL that a page shows, and what the page says about it in HTML comments, which readers do not see:
//!
//! - `<!-- run as SUBJECT with {…} expecting CODE -->` above a `graphql` block. Without it the block runs as
//!   `board-member` and without variables; without `expecting` it has to succeed. `anonymous` sends no token.
//! - `<!-- validate only -->` above a subscription, which is no request that has one answer.
//! - `<!-- variables -->` above a `json` block: these are the variables of the block before it. If that has some of its own
//!   (`with`), they have to be such.
//! - `<!-- answer -->` above a `json` block: this is what has to come for the block before it.
//! - `<!-- sent /POINTER -->` above an `sh` block: it sends what its `printf` prints to the address that stands there in the
//!   answer of the block before it.
//!
//! A line that begins with "As `lead`" or "Refused: `CODE`" tells the same to readers, and has to be true.
//!
//! A block that holds fragments alone belongs to the next one. Nothing else is a comment of such a page, so that a
//! slip of the pen fails.

use serde_json::Value;

/// Bytes that a page sends.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// Where in the answer the address stands.
    pub pointer: String,
    /// What.
    pub bytes: Vec<u8>,
}

/// What a block is run with.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The subject of the token; none for no token.
    pub subject: Option<String>,
    /// The variables, with names in place of ids.
    pub variables: Value,
    /// The code of the error that has to come; none where it has to succeed.
    pub expects: Option<String>,
}

impl Default for Run {
    fn default() -> Self {
        Self { subject: Some("board-member".to_owned()), variables: Value::Null, expects: None }
    }
}

impl Run {
    /// Whether a line such as "As `lead`, refused: `FORBIDDEN`. With:" tells readers what the comment tells us.
    fn is_told_by(&self, line: &str) -> bool {
        let subject = self.subject.as_deref().filter(|subject| *subject != "board-member");
        let told = match (subject, &self.expects) {
            (None, None) => return false,
            (None, Some(code)) => format!("Refused: `{code}`"),
            (Some(subject), None) => format!("As `{subject}`"),
            (Some(subject), Some(code)) => format!("As `{subject}`, refused: `{code}`"),
        };
        let rest = line.strip_prefix(&told);
        rest.is_some_and(|rest| [".", ", with:", ". With:"].contains(&rest))
    }
}

/// One block of GraphQL.
#[derive(Debug)]
pub struct Block {
    /// Where it stands, for messages: `docs/guide/paging.md:12`.
    pub place: String,
    /// The document, with the fragments of the blocks before it.
    pub document: String,
    /// What to run it with; none where it is only validated.
    pub run: Option<Run>,
    /// The variables that the page shows beside those that it is run with.
    pub shown_variables: Option<Value>,
    /// The answer that the page shows.
    pub shown_answer: Option<Value>,
    /// What the page sends next.
    pub sends: Option<Sent>,
}

enum Note {
    Run(Run),
    Validate,
    Variables,
    Answer,
    Sent(String),
}

/// Every block of GraphQL of a page, in order.
pub fn blocks(name: &str, text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut fragments = String::new();
    let mut note: Option<Note> = None;
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let (line, place) = (line.trim_start(), format!("{name}:{}", at + 1));
        let mut until = |first: &str, end: &str| {
            let mut all = first.to_owned();
            while !all.trim_end().ends_with(end) {
                let (_, line) = lines.next().unwrap_or_else(|| panic!("{place}: no {end}"));
                all = format!("{all}\n{line}");
            }
            all.trim_end().strip_suffix(end).unwrap().to_owned()
        };
        if let Some(rest) = line.strip_prefix("<!--") {
            assert!(note.is_none(), "{place}: the comment before this one stands above no block");
            note = Some(read(&place, until(rest, "-->").trim()));
        } else if let Some(language) = line.strip_prefix("```") {
            let inside = until("", "```");
            match (language.trim(), note.take()) {
                ("graphql", note) if !has_operation(&inside) => {
                    assert!(note.is_none(), "{place}: fragments run with the next block");
                    fragments.push_str(&inside);
                }
                ("graphql", note) => {
                    let run = match note {
                        None => Some(Run::default()),
                        Some(Note::Run(run)) => Some(run),
                        Some(Note::Validate) => None,
                        Some(_) => panic!("{place}: this comment belongs above JSON"),
                    };
                    let document = std::mem::take(&mut fragments) + &inside;
                    let (shown_variables, shown_answer, sends) = (None, None, None);
                    blocks.push(Block { place, document, run, shown_variables, shown_answer, sends });
                }
                ("json", Some(note @ (Note::Variables | Note::Answer))) => {
                    let block = blocks.last_mut().unwrap_or_else(|| panic!("{place}: of which block?"));
                    let json =
                        serde_json::from_str(&inside).unwrap_or_else(|error| panic!("{place}: {error}"));
                    let given = block.run.as_mut().filter(|run| run.variables.is_null());
                    let old = match (note, given) {
                        (Note::Variables, Some(run)) => {
                            run.variables = json;
                            None
                        }
                        (Note::Variables, None) => block.shown_variables.replace(json),
                        _ => block.shown_answer.replace(json),
                    };
                    assert!(old.is_none(), "{place}: the second of its kind");
                }
                ("sh", Some(Note::Sent(pointer))) => {
                    let block = blocks.last_mut().unwrap_or_else(|| panic!("{place}: of which block?"));
                    let bytes = printed(&inside).filter(|_| inside.contains("--upload-file"));
                    let bytes = bytes.unwrap_or_else(|| panic!("{place}: this sends nothing"));
                    block.sends = Some(Sent { pointer, bytes });
                }
                (_, Some(_)) => panic!("{place}: the comment above says nothing about such a block"),
                (_, None) => {}
            }
        } else {
            assert!(
                line.is_empty() || note.is_none(),
                "{place}: the comment before this stands above no block"
            );
            if line.starts_with("As `") || line.starts_with("Refused: `") {
                let run = blocks.last().and_then(|block| block.run.as_ref());
                assert!(run.is_some_and(|run| run.is_told_by(line)), "{place}: not so: {line}");
            }
        }
    }
    assert!(fragments.is_empty() && note.is_none(), "{name}: something at the end belongs to no block");
    blocks
}

fn has_operation(document: &str) -> bool {
    let mut lines = document.lines();
    lines.any(|line| ["{", "query", "mutation", "subscription"].iter().any(|word| line.starts_with(word)))
}

fn read(place: &str, comment: &str) -> Note {
    match comment {
        "validate only" => Note::Validate,
        "variables" => Note::Variables,
        "answer" => Note::Answer,
        _ if comment.starts_with("sent /") => Note::Sent(comment["sent ".len()..].to_owned()),
        _ => Note::Run(run(place, comment)),
    }
}

/// What a shell block prints into a file.
fn printed(inside: &str) -> Option<Vec<u8>> {
    let (text, _) = inside.lines().find_map(|line| line.strip_prefix("printf '"))?.split_once("' > ")?;
    Some(text.replace("\\n", "\n").into_bytes())
}

/// Reads `run as SUBJECT with {…} expecting CODE`.
pub fn run(place: &str, comment: &str) -> Run {
    let rest =
        comment.strip_prefix("run as ").unwrap_or_else(|| panic!("{place}: not understood: {comment}"));
    let (subject, mut rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let mut variables = Value::Null;
    if let Some(json) = rest.trim_start().strip_prefix("with ") {
        let mut values = serde_json::Deserializer::from_str(json).into_iter();
        variables = values.next().unwrap().unwrap_or_else(|error| panic!("{place}: {error}: {json}"));
        rest = &json[values.byte_offset()..];
    }
    let expects = match rest.trim().strip_prefix("expecting ") {
        Some(code) => Some(code.to_owned()),
        None if rest.trim().is_empty() => None,
        None => panic!("{place}: not understood: {rest}"),
    };
    Run { subject: (subject != "anonymous").then(|| subject.to_owned()), variables, expects }
}

#[test]
fn a_page_is_read_as_it_is_meant() {
    let page = "text\n\n<!-- run as lead with {\"a\":\n 1} expecting FORBIDDEN -->\n```graphql\nmutation { x }\n```\n\n\
                <!-- answer -->\n```json\n{ \"x\": 1 }\n```\n```graphql\nfragment F on A { b }\n```\n```graphql\n{ ...F }\n```\n";
    let blocks = blocks("p.md", page);
    let run = blocks[0].run.clone().unwrap();
    assert_eq!((run.subject.as_deref(), run.expects.as_deref()), (Some("lead"), Some("FORBIDDEN")));
    assert_eq!(
        (&run.variables, &blocks[0].shown_answer),
        (&serde_json::json!({ "a": 1 }), &Some(serde_json::json!({ "x": 1 })))
    );
    assert_eq!(blocks[1].run, Some(Run::default()));
    assert_eq!(blocks[1].document, "\nfragment F on A { b }\n\n{ ...F }\n");
    assert_eq!((blocks.len(), blocks[1].place.as_str()), (2, "p.md:16"));
}

#[test]
fn what_would_leave_a_block_unchecked_is_refused() {
    for page in [
        "<!-- runs as lead -->\n```graphql\n{ a }\n```",
        "<!-- run as lead -->\ntext\n```graphql\n{ a }\n```",
        "<!-- run as lead with {\"a\": 1} expects X -->\n```graphql\n{ a }\n```",
        "<!-- answer -->\n```json\n{}\n```",
        "```graphql\n{ a }\n```\n<!-- sent /a -->\n```sh\ncurl a\n```",
        "```graphql\n{ a }\n```\n<!-- answers -->\n```json\n{}\n```",
        "```graphql\nfragment F on A { b }\n```",
        "<!-- run as lead -->\n```graphql\n{ a }\n```\nAs `police`, with:\n",
        "<!-- run as lead expecting FORBIDDEN -->\n```graphql\n{ a }\n```\nAs `lead`.\n",
        "```graphql\n{ a }",
    ] {
        assert!(std::panic::catch_unwind(|| blocks("p.md", page)).is_err(), "{page}");
    }
}
