//! What the first page says: the kind of report, whom it is about, when.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::days;
use super::error::ReportError;
use super::furniture::{Body, Text, is_mark, printed};
use super::words::{beginning, folded};
use crate::pdf::Word;
use crate::personal::shown;
use crate::programme::Framework;

/// What a first page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Title {
    pub framework: Framework,
    pub authority: String,
    pub dates_printed: Option<String>,
    pub started: Option<NaiveDate>,
    pub ended: Option<NaiveDate>,
    pub published: Option<NaiveDate>,
}

/// What is known and not read, by words of its title.
const OTHER_KINDS: &[(&str, &str)] = &[
    ("focused visit", "a letter about a focused visit"),
    ("monitoring visit", "a letter about a monitoring visit"),
    ("assurance visit", "a letter about an assurance visit"),
    ("joint targeted area inspection", "a letter about a joint targeted area inspection"),
    ("jtai", "a letter about a joint targeted area inspection"),
    ("special educational needs", "a report about special educational needs"),
    ("area send", "a report about special educational needs"),
    (
        "arrangements for the protection of children",
        "a report about child protection arrangements (2012 to 2013)",
    ),
    (
        "safeguarding and looked after children",
        "a report about safeguarding and looked after children (2009 to 2012)",
    ),
    ("children's home", "a report about a children's home"),
    ("fostering agency", "a report about a fostering agency"),
    ("fostering service", "a report about a fostering service"),
    ("adoption agency", "a report about an adoption agency"),
    ("adoption support agency", "a report about an adoption agency"),
];

/// How many lines of a first page can belong to its title.
const TITLE_LINES: usize = 30;

/// Lines in a heading's style on the first page.
fn heads<'b, 'a>(front: &'b [&'b Text<'a>], body: &Body<'a>) -> Vec<&'b Text<'a>> {
    front
        .iter()
        .take(TITLE_LINES)
        .copied()
        .filter(|text| text.is_bold || text.size > 1.08 * body.size)
        .collect()
}

/// A line without marks of footnotes.
pub(super) fn unmarked(text: &Text<'_>) -> String {
    let words: Vec<Word> = text.line.words.iter().filter(|word| !is_mark(word)).cloned().collect();
    printed(&words)
}

/// Reads the first page.
///
/// # Errors
/// [`ReportError`]: it is none that is known, or names nobody.
pub(super) fn read(body: &Body<'_>) -> Result<Title, ReportError> {
    let page = body.lines.first().map_or(1, |text| text.page);
    let front: Vec<&Text<'_>> = body.lines.iter().filter(|text| text.page == page).collect();
    let heads = heads(&front, body);
    let framework = kind(&heads, &front)?;
    let authority = authority(&heads, &front).ok_or(ReportError::NoAuthority { framework })?;
    let dates_printed = labelled(
        &front,
        &[
            "inspection date",
            "inspection dates",
            "review date",
            "review dates",
            "date of inspection",
            "dates of inspection",
        ],
    );
    let days = dates_printed.as_deref().and_then(days::range);
    let published = labelled(
        &front,
        &["report published", "published", "date published", "publication date", "date of publication"],
    );
    Ok(Title {
        framework,
        authority,
        dates_printed,
        started: days.map(|(start, _)| start),
        ended: days.map(|(_, end)| end),
        published: published.as_deref().and_then(days::range).map(|(day, _)| day),
    })
}

fn joined(lines: &[&Text<'_>]) -> String {
    lines.iter().map(|text| unmarked(text)).collect::<Vec<_>>().join(" ")
}

fn kind(heads: &[&Text<'_>], front: &[&Text<'_>]) -> Result<Framework, ReportError> {
    let first: Vec<&Text<'_>> = front.iter().take(TITLE_LINES).copied().collect();
    let shown_title = || {
        let lines = if heads.is_empty() { &first } else { heads };
        beginning(&shown(joined(lines)), 100)
    };
    let title = folded(&joined(heads));
    let other =
        |is: &dyn Fn(&str) -> bool| OTHER_KINDS.iter().find(|(words, _)| is(words)).map(|(_, kind)| *kind);
    if let Some(kind) = other(&|words| title.contains(words)) {
        return Err(ReportError::OtherKind { kind, title: shown_title() });
    }
    if let Some(framework) = known(&title) {
        return Ok(framework);
    }
    // A letter's subject need not be printed as a heading.
    let lines: Vec<String> = first.iter().map(|text| folded(&unmarked(text))).collect();
    if let Some(kind) = other(&|words| lines.iter().any(|line| line.starts_with(words))) {
        return Err(ReportError::OtherKind { kind, title: shown_title() });
    }
    known(&lines.join(" ")).ok_or_else(|| ReportError::UnknownKind { title: shown_title() })
}

/// The kind of a report by its title, folded.
fn known(title: &str) -> Option<Framework> {
    static ILACS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"inspection of (?:.{0,90} )?children's (?:social (?:care|work) )?services").ok()
    });
    let is_review = title.contains("review of the effectiveness of the local safeguarding children board");
    if title.contains("inspection of services for children in need of help") {
        let again = ["re-inspection of services", "reinspection of services"]
            .iter()
            .any(|words| title.contains(words));
        Some(if again { Framework::SifReinspection } else { Framework::Sif })
    } else if is_review {
        Some(Framework::LscbReview)
    } else if title.contains("inspection") && title.contains("services for looked after children") {
        Some(Framework::Lac2013)
    } else if ILACS.as_ref().is_some_and(|pattern| pattern.is_match(title)) {
        Some(Framework::Ilacs)
    } else {
        None
    }
}

/// Whom the title names: what is printed largest, without what the inspection is called.
fn authority(heads: &[&Text<'_>], front: &[&Text<'_>]) -> Option<String> {
    let lines = if heads.is_empty() { front } else { heads };
    let largest = lines.iter().map(|text| text.size).fold(0.0, f32::max);
    let start = lines.iter().position(|text| text.size >= 0.95 * largest)?;
    let mut large: Vec<&Text<'_>> =
        lines[start..].iter().take_while(|text| text.size >= 0.95 * largest).copied().collect();
    large.truncate(5);
    let candidates = [
        joined(&large),
        joined(&lines[..start]),
        lines.get(start + large.len()).map_or(String::new(), |text| unmarked(text)),
    ];
    candidates.iter().find_map(|candidate| named(candidate))
}

/// The authority in a title, or nothing if the title only says what the inspection is called.
fn named(title: &str) -> Option<String> {
    static CALLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?ix) ^ (?:re-?)?inspection \s of \s (?:the\s)? (.*?) \s? (?:local \s authority \s?)?
              (?: children[’'‘]?s \s (?:social \s (?:care|work) \s)? services .* )? $",
        )
        .ok()
    });
    static BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)^(.*?)\s*\b(?:(?:re-?)?inspection of (?:services|local authority)|review of the effectiveness|joint review)\b").ok()
    });
    let title = title.trim();
    let folded = folded(title);
    let before = BEFORE.as_ref()?.captures(title).and_then(|found| found.get(1)).map(|name| name.as_str());
    let name = match before {
        Some(before) => before,
        None if folded.starts_with("inspection of") || folded.starts_with("re-inspection of") => {
            CALLED.as_ref()?.captures(title)?.get(1)?.as_str()
        }
        None => title,
    };
    let name = name.trim().trim_end_matches(['’', '\'', ',', ':', '–', '-']).trim();
    let name = name.strip_suffix("’s").or_else(|| name.strip_suffix("'s")).unwrap_or(name);
    let is_name = name.chars().filter(|character| character.is_alphabetic()).count() >= 3
        && name.chars().count() <= 90
        && !["ofsted", "inspection report", "report", "contents"].contains(&name.to_lowercase().as_str());
    is_name.then(|| name.to_owned())
}

/// What stands after one of these labels, on its line and on those after it as far as they belong to it.
fn labelled(front: &[&Text<'_>], labels: &[&str]) -> Option<String> {
    for (place, text) in front.iter().enumerate() {
        let line = unmarked(text);
        let small = folded(&line);
        let Some(label) =
            labels.iter().filter(|label| small.starts_with(**label)).max_by_key(|label| label.len())
        else {
            continue;
        };
        let value: String = line.chars().skip(label.chars().count()).collect();
        let mut value =
            value.trim_start_matches(['s', ')', '(', ':', ' ', '\u{2013}', '-']).trim().to_owned();
        // A range can be too long for its line, and a label can stand above what it labels.
        for next in front.iter().skip(place + 1).take(2) {
            if days::range(&value).is_some() {
                break;
            }
            let longer = format!("{value} {}", unmarked(next)).trim().to_owned();
            if days::range(&longer).is_some() {
                value = longer;
            }
        }
        if !value.is_empty() {
            return Some(value);
        }
    }
    None
}

/// A short, stable name of an authority: without "Council", "County", "London Borough of" and their like, in lower case. Two forms of
/// one name have one.
pub fn key(authority: &str) -> String {
    const BEFORE: &[&str] =
        &["the", "royal", "london", "metropolitan", "borough", "city", "county", "council", "district", "of"];
    const AFTER: &[&str] = &[
        "council",
        "county",
        "city",
        "borough",
        "metropolitan",
        "district",
        "unitary",
        "authority",
        "corporation",
    ];
    let name = folded(authority).replace('&', " and ");
    let words: Vec<&str> = name
        .split(|character: char| !character.is_alphanumeric() && character != '\'' && character != '-')
        .filter(|word| !word.is_empty())
        .collect();
    // "City of Westminster" loses what ends with "of"; "Isle of Wight" does not begin with such words.
    let of = words.iter().position(|word| *word == "of");
    let start = of.filter(|of| words[..*of].iter().all(|word| BEFORE.contains(word))).map_or(0, |of| of + 1);
    let mut kept = words.get(start..).unwrap_or_default();
    while let [rest @ .., last] = kept {
        if rest.is_empty() || !AFTER.contains(last) {
            break;
        }
        kept = rest;
    }
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{key, known, named};
    use crate::programme::Framework;

    #[test]
    fn a_title_names_its_authority_in_every_form() {
        for (title, authority) in [
            ("Harbourshire County Council", "Harbourshire County Council"),
            ("Royal Borough of Quay and Strand", "Royal Borough of Quay and Strand"),
            ("Inspection of Harbourshire local authority children’s services", "Harbourshire"),
            ("Inspection of Harbourshire County Council children’s services", "Harbourshire County Council"),
            ("Inspection of Quay City Council local authority children's services", "Quay City Council"),
            ("Inspection of Quay Council’s children’s services", "Quay Council"),
            ("Quay Council Inspection of local authority children’s services", "Quay Council"),
            ("Quay Inspection of services for children in need of help and protection", "Quay"),
        ] {
            assert_eq!(named(title).as_deref(), Some(authority), "{title}");
        }
        assert_eq!(named("Inspection of local authority children’s services"), None);
        assert_eq!(named("Ofsted"), None);
    }

    #[test]
    fn an_authority_keeps_its_short_name_through_its_forms() {
        for (authority, short) in [
            ("Harbourshire County Council", "harbourshire"),
            ("Royal Borough of Quay and Strand", "quay and strand"),
            ("London Borough of Quay", "quay"),
            ("City of Quay Council", "quay"),
            ("Quay Metropolitan Borough Council", "quay"),
            ("Quay & Strand District Council", "quay and strand"),
            ("Isle of Quay Council", "isle of quay"),
            ("Council", "council"),
        ] {
            assert_eq!(key(authority), short, "{authority}");
        }
    }

    #[test]
    fn the_kind_follows_from_the_title() {
        let sif = "inspection of services for children in need of help and protection, children looked after and care leavers";
        assert_eq!(known(sif), Some(Framework::Sif));
        assert_eq!(known(&format!("re-{sif}")), Some(Framework::SifReinspection));
        assert_eq!(
            known("review of the effectiveness of the local safeguarding children board"),
            Some(Framework::LscbReview)
        );
        assert_eq!(known("inspection of harbourshire children's services"), Some(Framework::Ilacs));
        assert_eq!(known("inspection of children's social care services"), Some(Framework::Ilacs));
        assert_eq!(known("inspection of services for looked after children"), Some(Framework::Lac2013));
        assert_eq!(known("annual report of the director"), None);
    }
}
