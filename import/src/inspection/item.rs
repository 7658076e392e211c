//! What one recommendation says: its words without the breaks of lines, and what follows from them.

use std::sync::LazyLock;

use regex::Regex;

use super::furniture::is_mark;
use super::words::folded;
use crate::pdf::Word;

/// The words of several lines as one text. A hyphen at the end of a line is one of the word's own; one that is only there for
/// the break is not. Marks of footnotes are left out.
pub(super) fn text<'a>(lines: impl IntoIterator<Item = &'a [Word]>) -> String {
    let mut text = String::new();
    for line in lines {
        let mut is_first = true;
        for word in line.iter().filter(|word| !is_mark(word)) {
            if is_first {
                join(&mut text, &word.text);
            } else {
                if !word.is_glued {
                    text.push(' ');
                }
                text.push_str(&word.text);
            }
            is_first = false;
        }
    }
    text.retain(|character| character != '\u{AD}');
    text.trim().to_owned()
}

/// Adds the first word of a line to what stood before.
fn join(text: &mut String, word: &str) {
    const SUSPENDED: &[&str] = &["and", "or", "to", "nor", "as", "but"];
    if text.is_empty() {
        text.push_str(word);
        return;
    }
    let mut back = text.chars().rev();
    let (last, before) = (back.next().unwrap_or(' '), back.next().unwrap_or(' '));
    let begin = word.chars().next().unwrap_or(' ');
    let is_bound = before.is_alphanumeric() && begin.is_alphanumeric();
    let is_joined = match last {
        '\u{AD}' => true,
        // "short-" and "and longer-term" are two words.
        '-' | '\u{2010}' | '\u{2011}' => {
            let bare = word.trim_end_matches(|character: char| !character.is_alphanumeric());
            is_bound && !SUSPENDED.contains(&bare.to_lowercase().as_str())
        }
        '\u{2013}' | '/' => is_bound && (last == '/' || before.is_ascii_digit() && begin.is_ascii_digit()),
        _ => false,
    };
    if !is_joined {
        text.push(' ');
    }
    text.push_str(word);
}

/// The words that make a demand urgent, where it begins with them or puts them right behind "should".
pub(super) fn urgency(text: &str) -> Option<String> {
    static URGENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?ix) ^ (?: .{0,80}? \b (?:should|must|needs?\ to|need\ to) \s+ | ensure \s+ )?
              ( take \s+ (?:immediate|urgent) \s+ (?:action|steps) | urgently | immediately | (?:urgent|immediate) \s+ action
              | as \s+ a \s+ matter \s+ of \s+ urgency | with \s+ immediate \s+ effect ) \b",
        )
        .ok()
    });
    let found = URGENT.as_ref()?.captures(text)?;
    found.get(1).map(|words| words.as_str().to_owned())
}

/// Whether a heading says that what stands under it is urgent.
pub(super) fn is_urgent_heading(heading: &str) -> bool {
    let heading = folded(heading);
    [
        "immediate action",
        "immediately",
        "urgent action",
        "priority action",
        "priority and immediate",
        "immediate effect",
    ]
    .iter()
    .any(|words| heading.contains(words))
}

/// The numbers of paragraphs that a text names in brackets: "(page 12, paragraph 17)", "(paragraphs 33, 34)".
pub(super) fn paragraph_refs(text: &str) -> Vec<u32> {
    static REFS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)\([^()]*?\bpara(?:graph)?s?\b\.?([^()]*)\)").ok());
    static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b\d{1,3}\b").ok());
    let (Some(refs), Some(number)) = (REFS.as_ref(), NUMBER.as_ref()) else { return Vec::new() };
    let named = refs.captures_iter(text).filter_map(|found| found.get(1));
    named
        .flat_map(|numbers| number.find_iter(numbers.as_str()))
        .filter_map(|number| number.as_str().parse().ok())
        .collect()
}

/// Bodies to whom demands are addressed, by the words that their names hold.
const BODIES: &[&str] = &[
    "authority",
    "authorities",
    "council",
    "board",
    "lscb",
    "partners",
    "partnership",
    "agencies",
    "trust",
    "police",
    "leaders",
    "managers",
    "members",
    "director",
    "chair",
    "government",
    "services",
    "department",
    "ofsted",
];

/// Who "should": the subject at the beginning of a text, if it is a body.
pub(super) fn addressee(text: &str) -> Option<String> {
    static SUBJECT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^([A-Z][^.,;:()]{1,70}?) (?:should|must) ([a-z]+)").ok());
    let found = SUBJECT.as_ref()?.captures(text)?;
    let subject = found.get(1)?.as_str();
    // What "should be" something is not who should do something.
    let is_done_to = found.get(2).is_some_and(|verb| verb.as_str() == "be");
    (!is_done_to && is_body(subject)).then(|| subject.to_owned())
}

fn is_body(subject: &str) -> bool {
    let is_short = subject.split(' ').count() <= 8;
    let names = |word: &str| {
        let bare: String = word.chars().filter(|character| character.is_alphanumeric()).collect();
        let is_initials = bare.len() >= 3 && bare.chars().all(|character| character.is_ascii_uppercase());
        is_initials || BODIES.contains(&bare.to_lowercase().as_str())
    };
    is_short && subject.split(' ').next_back().is_some_and(names)
}

/// Who "should" in the sentence that a list begins with: "To improve, the local authority and its partners should:".
pub(super) fn lead_in_addressee(sentence: &str) -> Option<String> {
    static SUBJECT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)(?:^|[,.;:] )([^.,;:]{2,90}?) (?:should|must|needs? to)\b").ok());
    let found = SUBJECT.as_ref()?.captures_iter(sentence).last()?;
    let subject = found.get(1)?.as_str().trim();
    is_body(subject).then(|| subject.to_owned())
}

/// Who needs to improve by a heading: "What does the local authority need to improve?".
pub(super) fn heading_addressee(heading: &str) -> Option<String> {
    static SUBJECT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:what (?:does|do|must) (.{2,60}?) need to improve|recommendations? (?:for|to) (.{2,80}?))[?:.]*$").ok()
    });
    let found = SUBJECT.as_ref()?.captures(heading.trim())?;
    found.get(1).or_else(|| found.get(2)).map(|subject| subject.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{addressee, heading_addressee, lead_in_addressee, paragraph_refs, text, urgency};
    use crate::pdf::Word;

    fn lines(lines: &[&str]) -> String {
        let word = |text: &str| Word { text: text.to_owned(), ..Word::default() };
        let words: Vec<Vec<Word>> = lines.iter().map(|line| line.split(' ').map(word).collect()).collect();
        text(words.iter().map(Vec::as_slice))
    }

    #[test]
    fn what_the_line_end_divided_is_joined() {
        assert_eq!(lines(&["Work of multi-", "agency teams"]), "Work of multi-agency teams");
        assert_eq!(lines(&["homeless 16-", "and 17-year-", "olds"]), "homeless 16- and 17-year-olds");
        assert_eq!(lines(&["short-", "and, where needed, long-term"]), "short- and, where needed, long-term");
        assert_eq!(lines(&["rotas –", "and lamps"]), "rotas – and lamps");
        assert_eq!(lines(&["in 2015–", "16"]), "in 2015–16");
        assert_eq!(lines(&["rotas and/", "or lamps"]), "rotas and/or lamps");
        assert_eq!(lines(&["light\u{AD}", "house keepers"]), "lighthouse keepers");
    }

    #[test]
    fn urgency_is_what_the_sentence_begins_with() {
        assert_eq!(
            urgency("Take immediate action to mend the lamp").as_deref(),
            Some("Take immediate action")
        );
        assert_eq!(urgency("Urgently review rotas").as_deref(), Some("Urgently"));
        assert_eq!(urgency("QSCB should urgently review its rota").as_deref(), Some("urgently"));
        assert_eq!(urgency("Ensure that immediate needs are met"), None);
        assert_eq!(urgency("The urgency of the response"), None);
        assert_eq!(urgency("Review who is told immediately"), None);
    }

    #[test]
    fn paragraphs_are_read_from_brackets_only() {
        assert_eq!(
            paragraph_refs("Mend lamps (paragraphs 33, 34) and bells (page 12, paragraph 17)."),
            [33, 34, 17]
        );
        assert_eq!(paragraph_refs("Mend 12 lamps (see page 4)"), [0_u32; 0]);
    }

    #[test]
    fn a_body_that_should_is_addressed_and_a_thing_that_should_be_is_not() {
        assert_eq!(addressee("QSCB should review its rota").as_deref(), Some("QSCB"));
        assert_eq!(
            addressee("The local authority should mend lamps").as_deref(),
            Some("The local authority")
        );
        assert_eq!(addressee("The reach of lamps on boats and piers should be reviewed"), None);
        assert_eq!(addressee("Ensure that the board knows"), None);
        let sentence = "In order to improve, the local authority and its partners should:";
        assert_eq!(lead_in_addressee(sentence).as_deref(), Some("the local authority and its partners"));
        assert_eq!(heading_addressee("What does the LSCB need to improve?").as_deref(), Some("the LSCB"));
        assert_eq!(heading_addressee("What needs to improve?"), None);
    }
}
