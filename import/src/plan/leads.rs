//! Leads: names, posts, groups and organisations, one or several to a cell.

use std::sync::LazyLock;

use regex::Regex;

use super::model::{Lead, LeadKind};
use super::question::{Cell, Question, QuestionCode};
use super::repair;
use super::text::{bare_words, has_substance, pattern, squash, squash_lines};

static CUT_NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\p{Lu}\p{Ll}+)-\s+(\p{Lu}\p{Ll}+)"));
static PERSON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Cllr|Sir|Dame|Councillor)\.?\s+)?\p{Lu}[\p{L}'’.-]*(?:\s+(?:de|van|von|al|bin|el|la|le|da|di)){0,2}(?:\s+\p{Lu}[\p{L}'’.-]*){1,3}$",
    )
});
static WORD_SEPARATOR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\s*(?:[/;|\n]|\s&\s|,\s|\sand\s|\swith\s)\s*"));

const POSTS: &[&str] = &[
    "director",
    "head",
    "manager",
    "officer",
    "lead",
    "commissioner",
    "chief",
    "worker",
    "adviser",
    "advisor",
    "chair",
    "coordinator",
    "co-ordinator",
    "principal",
    "executive",
    "superintendent",
    "inspector",
    "designated",
    "nurse",
    "doctor",
    "leader",
    "secretary",
    "dcs",
    "ad",
    "ssd",
    "cso",
    "psw",
    "lado",
    "member",
    "administrator",
    "consultant",
    "practitioner",
    "analyst",
    "solicitor",
    "supervisor",
    "deputy",
    "assistant",
    "president",
    "iro",
    "headteacher",
    "teacher",
];
const GROUPS: &[&str] = &[
    "team",
    "teams",
    "board",
    "group",
    "subgroup",
    "panel",
    "committee",
    "forum",
    "network",
    "smt",
    "slt",
    "dmt",
    "dlt",
    "clt",
    "cmt",
    "leads",
    "managers",
    "directors",
    "heads",
    "officers",
    "service",
    "services",
    "unit",
    "all",
    "staff",
    "hub",
    "mash",
];
const ORGANISATIONS: &[&str] = &[
    "ccg",
    "ccgs",
    "icb",
    "nhs",
    "police",
    "constabulary",
    "council",
    "trust",
    "health",
    "school",
    "schools",
    "college",
    "university",
    "ofsted",
    "dfe",
    "lscb",
    "scp",
    "lscp",
    "cafcass",
    "camhs",
    "probation",
    "partnership",
    "charity",
    "ltd",
    "barnardo's",
    "barnardos",
    "nspcc",
    "lga",
    "hospital",
    "academy",
    "court",
    "commissioners",
    "partners",
    "provider",
    "providers",
    "nhse",
    "la",
];

/// A word for what a post is about: "Quality Assurance" looks like a name and is none.
fn is_subject(word: &str) -> bool {
    const MORE: &[&str] = &[
        "assurance",
        "commissioning",
        "social",
        "resources",
        "finance",
        "inclusion",
        "operations",
        "data",
        "policy",
    ];
    repair::COMMON.contains(&word) || MORE.contains(&word)
}

/// Judges by its words what a lead is.
pub(crate) fn kind(text: &str) -> LeadKind {
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c == '/')
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    // "Head of the MASH" is a post; "Senior Management Team" is a group, whatever it manages.
    let last_is_group = words.last().is_some_and(|word| GROUPS.contains(&word.as_str()));
    let is_about = words.iter().any(|word| word == "of" || word == "for");
    if has(POSTS) && (is_about || !last_is_group) {
        LeadKind::Post
    } else if has(ORGANISATIONS) && !last_is_group {
        LeadKind::Organisation
    } else if has(GROUPS) {
        LeadKind::Group
    } else if PERSON.is_match(text) && !words.iter().any(|word| is_subject(word)) {
        LeadKind::Person
    } else {
        LeadKind::Unknown
    }
}

fn ask(code: QuestionCode, text: String) -> Question {
    Question::new(code, Cell::Leads, text)
}

/// Is "A B A B" twice "A B"? Then the half.
pub(crate) fn halves(text: &str, times: usize) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let size = words.len().checked_div(times).filter(|size| *size > 0 && size * times == words.len())?;
    let first = &words[..size];
    // One word twice is a name such as "Duran Duran".
    (size > 1 && words.chunks(size).all(|chunk| chunk == first)).then(|| first.join(" "))
}

/// Lines broken by the width of a column are put together; lines that each hold a lead stay apart.
fn unwrap_lines(text: &str, wrapped: bool) -> String {
    let mut out = String::new();
    for line in squash_lines(text).lines() {
        let Some(previous) = out.lines().last().map(str::to_owned) else {
            out.push_str(line);
            continue;
        };
        let both_whole = kind(&previous) != LeadKind::Unknown && kind(line) != LeadKind::Unknown;
        let ends_open = bare_words(&previous)
            .last()
            .is_some_and(|word| ["of", "for", "and", "the", "to", "in"].contains(&word.as_str()))
            || previous.ends_with(['-', '/', ',', '&', ';']);
        if wrapped || ends_open || !both_whole {
            out.push(' ')
        } else {
            out.push('\n')
        }
        out.push_str(line);
    }
    out
}

/// Reads a cell of leads. `wrapped` is true for pasted text, whose lines break anywhere.
pub(crate) fn read(printed: &str, wrapped: bool) -> (Vec<Lead>, Vec<Question>) {
    let mut questions = Vec::new();
    let mut text = unwrap_lines(printed, wrapped);
    if CUT_NAME.is_match(&text) {
        let joined = CUT_NAME.replace_all(&text, "$1-$2").into_owned();
        questions.push(ask(
            QuestionCode::NameRejoined,
            format!(
                "\"{}\" was cut at its hyphen; \"{}\" was understood. Accept, or set leads.",
                squash(&text),
                squash(&joined)
            ),
        ));
        text = joined;
    }
    if let Some(half) = halves(&text, 2) {
        questions.push(ask(
            QuestionCode::LeadUnclear,
            format!(
                "\"{}\" names the same lead twice; one was understood. Accept, or set leads.",
                squash(&text)
            ),
        ));
        text = half;
    }
    let (parts, unsure) = split(&text);
    let mut leads: Vec<Lead> = Vec::new();
    for part in parts {
        let printed = squash(&part);
        if has_substance(&printed) && !leads.iter().any(|lead| lead.printed == printed) {
            leads.push(Lead { kind: kind(&printed), printed });
        }
    }
    if unsure {
        let list: Vec<String> = leads.iter().map(|lead| format!("\"{}\"", lead.printed)).collect();
        questions.push(ask(
            QuestionCode::LeadUnclear,
            format!(
                "\"{}\" could be one lead or several; {} understood. Accept, or set leads to the list that is meant.",
                squash(printed),
                match list.as_slice() {
                    [one] => format!("{one} as one lead was"),
                    many => format!("{} were", many.join(" and ")),
                }
            ),
        ));
    } else if let Some(lead) = leads.iter().find(|lead| lead.kind == LeadKind::Unknown) {
        questions.push(ask(
            QuestionCode::LeadUnclear,
            format!(
                "\"{}\" is not clearly a person, a post, a group or an organisation. It was kept as printed. Accept, or set \
                 leads to a name or post in full.",
                lead.printed
            ),
        ));
    }
    (leads, questions)
}

/// A cell with more separators than this is no list of leads.
const MAX_SEPARATORS: usize = 40;

/// Splits at separators that are safe, and says whether one was left that may not be.
fn split(text: &str) -> (Vec<String>, bool) {
    if WORD_SEPARATOR.find_iter(text).nth(MAX_SEPARATORS).is_some() {
        return (vec![text.to_owned()], true);
    }
    let mut parts = vec![String::new()];
    let mut unsure = false;
    let mut at = 0;
    for found in WORD_SEPARATOR.find_iter(text) {
        let left = &text[at..found.start()];
        let right = WORD_SEPARATOR.split(&text[found.end()..]).next().unwrap_or_default();
        if let Some(part) = parts.last_mut() {
            part.push_str(left);
        }
        let before = parts.last().map(String::as_str).unwrap_or_default().trim().to_owned();
        let mark = found.as_str();
        let safe = is_safe(&before, mark.trim(), right);
        if safe {
            parts.push(String::new());
        } else {
            // "Head of X and Y" reads as one post; anything else is a doubt worth a question.
            let is_inside_a_post =
                mark.trim() != "/" && kind(&before) == LeadKind::Post && kind(right) == LeadKind::Unknown;
            unsure |= !is_inside_a_post;
            if let Some(part) = parts.last_mut() {
                part.push_str(mark);
            }
        }
        at = found.end();
    }
    if let Some(part) = parts.last_mut() {
        part.push_str(&text[at..]);
    }
    (parts, unsure)
}

/// Do the texts on both sides of a mark stand for leads of their own?
fn is_safe(before: &str, mark: &str, after: &str) -> bool {
    let (left, right) = (kind(before), kind(after));
    let known = |kind| kind != LeadKind::Unknown;
    match mark {
        ";" | "|" | "" => true,
        "/" => known(left) && known(right),
        // "Name, Post" is one lead; "Name, Name" is two.
        "," if right == LeadKind::Post => left == LeadKind::Post && begins_post(after),
        "," => left == right && known(left) && left != LeadKind::Group,
        // "Head of Practice and Director of Partnerships" is two, "Head of Practice and Partnerships" is one.
        _ if right == LeadKind::Post => known(left) && begins_post(after),
        _ => known(left) && known(right) && left != LeadKind::Post,
    }
}

/// Does a text begin as a post of its own does ("Director of ...", "Assistant Director ...")?
fn begins_post(text: &str) -> bool {
    kind(text) == LeadKind::Post
        && text
            .split_whitespace()
            .take(3)
            .any(|word| POSTS.contains(&word.to_lowercase().trim_matches(|c: char| !c.is_alphanumeric())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Vec<String> {
        read(text, false).0.into_iter().map(|lead| lead.printed).collect()
    }

    #[test]
    fn kinds_are_told_by_words() {
        for (text, wanted) in [
            ("Xanthe Quill", LeadKind::Person),
            ("Dr Odo Quill-Marsh", LeadKind::Person),
            ("Head of Safeguarding", LeadKind::Post),
            ("Principal Social Worker", LeadKind::Post),
            ("Senior Management Team", LeadKind::Group),
            ("Improvement Board", LeadKind::Group),
            ("CCG", LeadKind::Organisation),
            ("Northshire Police", LeadKind::Organisation),
            ("XQ", LeadKind::Unknown),
        ] {
            assert_eq!(kind(text), wanted, "{text}");
        }
    }

    #[test]
    fn joint_leads_are_split_where_it_is_safe() {
        assert_eq!(printed("Xanthe Quill / CCG"), ["Xanthe Quill", "CCG"]);
        assert_eq!(printed("Xanthe Quill; Odo Marsh"), ["Xanthe Quill", "Odo Marsh"]);
        assert_eq!(printed("Xanthe Quill & Odo Marsh"), ["Xanthe Quill", "Odo Marsh"]);
        assert_eq!(printed("Xanthe Quill and Odo Marsh"), ["Xanthe Quill", "Odo Marsh"]);
        assert_eq!(
            printed("Head of Practice and Director of Partnerships"),
            ["Head of Practice", "Director of Partnerships"]
        );
        assert_eq!(
            printed("Head of Practice\nDirector of Partnerships"),
            ["Head of Practice", "Director of Partnerships"]
        );
        assert_eq!(printed("Service Director for\nChildren"), ["Service Director for Children"]);
        assert_eq!(
            printed("Head of Safeguarding and Quality Assurance"),
            ["Head of Safeguarding and Quality Assurance"]
        );
    }

    #[test]
    fn what_could_be_one_lead_or_several_is_asked() {
        let (leads, questions) = read("Xanthe Quill, Head of Practice", false);
        assert_eq!((leads.len(), questions.len()), (1, 1));
        assert_eq!(questions[0].code, QuestionCode::LeadUnclear);
    }

    #[test]
    fn cut_and_repeated_names_are_put_right_and_asked() {
        let (leads, questions) = read("Xanthe Quill- Marsh", true);
        assert_eq!(leads[0].printed, "Xanthe Quill-Marsh");
        assert_eq!(questions[0].code, QuestionCode::NameRejoined);
        let (leads, questions) = read("Xanthe Quill Xanthe Quill", true);
        assert_eq!((leads.len(), questions[0].code), (1, QuestionCode::LeadUnclear));
        assert_eq!(read("Xanthe\nQuill", true).0[0].printed, "Xanthe Quill");
    }
}
