//! Row numbers, and references to recommendations and direction terms in all their spellings.

use std::sync::LazyLock;

use regex::Regex;

use super::model::{RequirementKind, RequirementLink};
use super::text::{has_substance, pattern, squash};

static ROW_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?i:(?:action|item|ref|no)\b\.?\s*)?((?:[A-Z]{1,6}[-/_]|[A-Za-z]{0,3})\d{1,3}(?:\.\d{1,3}){0,3}[a-z]?)\.?(?:[\s:)–-]+|$)",
    )
});
static PARAGRAPHS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\((?:paragraphs?|paras?\.?)?\s*(\d{1,3}(?:\s*(?:,|;|&|and|-|–)\s*\d{1,3})*)\)")
});
static PARAGRAPH_LIST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:\s|paragraphs?|paras?|\()*\d{1,3}(?:\s|paragraphs?|paras?|and|[,;&).]|\d{1,3}\b)*$")
});
static INNER_NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s(\d{1,3}(?:\.\d{1,3}){1,3})\.?(?:\s|$)"));
static SECTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{1,2})(?:\.0|\.)?\s+(\S.*)$"));

static RECOMMENDATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\bofsted(?:['’]s)?\s+)?\b(?:recommendations?|recs?|(?:number|no\.?)\s*#?)\b\.?|\bR\s?(?:\d)|#",
    )
});
static REC_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:ofsted(?:['’]s)?\s+)?(?:recommendations?\b\.?|recs?\b\.?|R)?\s*(?:(?:numbers?|nos?|num)\b\.?|#)?\s*(\d{1,3}(?:\.\d{1,3})*[a-z]?)\b",
    )
});
static DIRECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        (?:\b(?:as\s+)?(?:outlined|set\s+out|required|described|referred\s+to|named|contained)\s+(?:in|by|under)\s+)?
        (?:\bthe\s+)?
        (?:(?:\bDfE|\bdepartment\s+for\s+education|\bsecretary\s+of\s+state)(?:['’]s)?\s+)?
        (?:\bstatutory\s+|\bimprovement\s+)?
        \bdirections?\b
        (?:\s+(?:ToR|terms?\s+of\s+reference)\b)?
        |\b(?:ToR|terms?\s+of\s+reference|terms?|clauses?|paragraphs?|paras?)\b",
    )
});
static CLAUSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s,:(]*(?:(?:terms?|clauses?|paragraphs?|paras?|points?|items?|no\.?|number)\s+)?(\d{1,2}(?:\.?\([a-z0-9]{1,4}\)|\.[a-z0-9]{1,4}\b|[a-z]\b)*)",
    )
});
static MONTH_NEXT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:st|nd|rd|th)?\s*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|/|\d)")
});
static SEPARATOR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s*(?:,\s*and\b|,\s*&|,|;|&|\+|/|and\b|to\b|-|–|—)\s*"));
static QUALIFIER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s*(\*+)?\s*(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\))?"));
static NOTHING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:n/?a|none|nil|not applicable|no (?:link|recommendation)s?|[-–—]+)$"));
static FILLER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:and|also|see|ofsted|links?|linked|to|ref|refs|reference|relates?|from|the|of)\b")
});

/// The number at the start of a cell, and what follows it.
pub(crate) fn row_number(text: &str) -> Option<(String, String)> {
    let found = ROW_NUMBER.captures(text)?;
    let number = found.get(1)?.as_str().to_owned();
    let rest = text[found.get(0)?.end()..].trim().to_owned();
    // "R3" or "Rec 3" in a number cell is a recommendation; a row number has its digits first or a plan's own letters.
    let letters = number.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['-', '/', '_']);
    let is_recommendation = matches!(letters.to_lowercase().as_str(), "r" | "rec");
    (!is_recommendation).then_some((number, rest))
}

/// Most items that one printed row is taken apart into.
const MAX_ITEMS: usize = 12;

/// Takes a cell apart into its numbers: a printed row may hold two items ("1.1 ... 1.2 ...").
pub(crate) fn split_numbers(text: &str) -> Vec<(Option<String>, String)> {
    let text = squash(text);
    let Some((mut number, rest)) = row_number(&text) else { return vec![(None, text)] };
    let mut items = Vec::new();
    let mut rest = rest;
    'next: loop {
        for found in INNER_NUMBER.captures_iter(&format!(" {rest}")) {
            let (Some(whole), Some(inner)) = (found.get(0), found.get(1)) else { continue };
            let before = rest[..whole.start().min(rest.len())].trim_end();
            if items.len() < MAX_ITEMS && follows(&number, inner.as_str()) && is_free(before) {
                let after = rest.get(whole.end() - 1..).unwrap_or_default().trim().to_owned();
                items.push((Some(number), before.to_owned()));
                number = inner.as_str().to_owned();
                rest = after;
                continue 'next;
            }
        }
        items.push((Some(number), rest));
        return items;
    }
}

/// A number in brackets, or called a recommendation's, is no row's.
fn is_free(before: &str) -> bool {
    let open = before.matches('(').count() > before.matches(')').count();
    let last = before.split(' ').next_back().unwrap_or_default().trim_end_matches('.').to_lowercase();
    !open
        && ![
            "number",
            "no",
            "recommendation",
            "recommendations",
            "rec",
            "recs",
            "term",
            "clause",
            "paragraph",
            "tor",
            "and",
            "&",
        ]
        .contains(&last.as_str())
}

/// The paragraphs of a report that stand in brackets behind a row's number, "(57, 138)", and what follows them.
pub(crate) fn paragraphs(text: &str) -> Option<(Vec<String>, &str)> {
    let found = PARAGRAPHS.captures(text)?;
    let rest = text[found.get(0)?.end()..].trim();
    Some((numbers(&found[1]), rest))
}

/// The numbers of a column for paragraphs, "57, 138 and 140", if it holds nothing else.
pub(crate) fn paragraph_list(text: &str) -> Option<Vec<String>> {
    PARAGRAPH_LIST.is_match(text).then(|| numbers(text))
}

fn numbers(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).map(str::to_owned).collect()
}

/// Splits "2.10" into what comes before its last number, and that number; "CP-3" likewise.
pub(crate) fn last_number(reference: &str) -> Option<(&str, u32)> {
    let at = reference.len() - reference.bytes().rev().take_while(u8::is_ascii_digit).count();
    reference[at..].parse().ok().map(|number| (&reference[..at], number))
}

/// Is `next` the number right after `number`?
pub(crate) fn follows(number: &str, next: &str) -> bool {
    match (last_number(number), last_number(next)) {
        (Some((before, one)), Some((after, two))) => before == after && two == one + 1,
        _ => false,
    }
}

/// A section heading's number and words: "2.0 PERFORMANCE", "1. PRACTICE".
pub(crate) fn section(text: &str) -> Option<(u32, String)> {
    let found = SECTION.captures(text)?;
    let number = found.get(1)?.as_str().parse().ok()?;
    Some((number, found.get(2)?.as_str().to_owned()))
}

/// What a reference text says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct References {
    pub links: Vec<RequirementLink>,
    /// The words that point at a direction without a clause.
    pub direction: Option<String>,
    /// Footnote marks whose notes the table does not have.
    pub marks: Vec<String>,
    /// What could not be read.
    pub residue: String,
}

/// Reads a reference text. `bare` says what a number without a word stands for, in a column that holds nothing else.
pub(crate) fn read(text: &str, bare: Option<RequirementKind>) -> References {
    let text = squash(text);
    let mut found = References::default();
    if NOTHING.is_match(&text) {
        return found;
    }
    let mut at = 0;
    let mut left = String::new();
    // Each pattern is searched for again only once its last find has been passed: a text is read in one sweep.
    let mut recommendation = RECOMMENDATION.find(&text);
    let mut direction = DIRECTION.find(&text);
    while at < text.len() {
        if recommendation.is_some_and(|found| found.start() < at) {
            recommendation = RECOMMENDATION.find_at(&text, at);
        }
        if direction.is_some_and(|found| found.start() < at) {
            direction = DIRECTION.find_at(&text, at);
        }
        let (is_recommendation, mention) = match (recommendation, direction) {
            (Some(one), Some(two)) if one.start() < two.start() => (true, one),
            (_, Some(two)) => (false, two),
            (Some(one), None) => (true, one),
            (None, None) => break,
        };
        left.push_str(&text[at..mention.start()]);
        left.push(' ');
        let (from, kind) = if is_recommendation {
            (mention.start(), RequirementKind::Recommendation)
        } else {
            (mention.end(), RequirementKind::DirectionTerm)
        };
        let taken = list(&text[from..], kind, &mut found).map(|taken| from + taken);
        at = match taken {
            Some(end) => end,
            None if !is_recommendation && mention.as_str().to_lowercase().contains("direction") => {
                found.direction.get_or_insert_with(|| mention.as_str().trim().to_owned());
                mention.end()
            }
            None => {
                left.push_str(mention.as_str());
                mention.end()
            }
        };
    }
    left.push_str(&text[at..]);
    if let Some(kind) = bare {
        left = bare_list(&left, kind, &mut found);
    }
    found.residue = residue(&left);
    found
}

/// Reads a list of references, and says how far it went.
fn list(text: &str, kind: RequirementKind, found: &mut References) -> Option<usize> {
    let number = if kind == RequirementKind::Recommendation { &REC_NUMBER } else { &CLAUSE };
    let mut at = 0;
    let mut first = true;
    let mut range_from: Option<u32> = None;
    loop {
        let (after_separator, is_range) = if first {
            (at, false)
        } else {
            let Some(separator) = SEPARATOR.find(&text[at..]) else { break };
            let said = separator.as_str().trim().to_lowercase();
            (at + separator.end(), matches!(said.as_str(), "to" | "-" | "–" | "—"))
        };
        let Some(captures) = number.captures(&text[after_separator..]) else { break };
        let Some(printed) = captures.get(1) else { break };
        let end = after_separator + printed.end();
        if kind == RequirementKind::DirectionTerm && MONTH_NEXT.is_match(&text[end..]) {
            break;
        }
        let from = found.links.len();
        let reference = if kind == RequirementKind::DirectionTerm {
            clause(printed.as_str())
        } else {
            printed.as_str().to_lowercase()
        };
        let this: Option<u32> = reference.parse().ok();
        if let (true, Some(low), Some(high)) = (is_range, range_from, this)
            && low < high
            && high - low <= 50
        {
            for between in low + 1..high {
                push(found, kind, between.to_string());
            }
        }
        push(found, kind, reference);
        at = end;
        if let Some(extra) = QUALIFIER.captures(&text[at..]) {
            if let Some(mark) = extra.get(1) {
                found.marks.push(mark.as_str().to_owned());
            }
            let qualifier =
                extra.get(2).map(|inner| inner.as_str().trim()).filter(|inner| has_substance(inner));
            if let Some(qualifier) = qualifier {
                for link in found.links.iter_mut().skip(from) {
                    link.qualifier = Some(qualifier.to_owned());
                }
            }
            at += extra.get(0).map_or(0, |whole| whole.as_str().trim_end().len());
        }
        range_from = this;
        first = false;
    }
    (!first).then_some(at)
}

fn push(found: &mut References, kind: RequirementKind, reference: String) {
    if !found.links.iter().any(|link| link.kind == kind && link.reference == reference) {
        found.links.push(RequirementLink { reference, id: None, qualifier: None, kind });
    }
}

/// "2(b)(iii)", "2b.iii" and "2.b.iii" are one term.
fn clause(printed: &str) -> String {
    let mut parts = vec![String::new()];
    for c in printed.to_lowercase().chars() {
        let last = parts.last().and_then(|part| part.chars().last());
        let turns = last.is_some_and(|last| last.is_ascii_digit() != c.is_ascii_digit());
        if !c.is_alphanumeric() || turns {
            parts.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(part) = parts.last_mut()
        {
            part.push(c);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join(".")
}

/// In a column of its own "3, 5 & 7" are references without a word.
fn bare_list(text: &str, kind: RequirementKind, found: &mut References) -> String {
    let text = text.trim().trim_start_matches([',', ';', '&']).trim();
    // A letter in brackets is the way of a direction's terms.
    let kind = if CLAUSE.captures(text).and_then(|c| c.get(1)).is_some_and(|c| c.as_str().contains('(')) {
        RequirementKind::DirectionTerm
    } else {
        kind
    };
    match list(text, kind, found) {
        Some(taken) => text[taken..].to_owned(),
        None => text.to_owned(),
    }
}

fn residue(left: &str) -> String {
    if has_substance(&FILLER.replace_all(left, " ")) {
        squash(left).trim_matches([',', ';', '&', '.', ' ', '*']).to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refs(text: &str, bare: bool) -> (Vec<(String, Option<String>)>, bool, String) {
        let found = read(text, bare.then_some(RequirementKind::Recommendation));
        let links = found.links.into_iter().map(|link| (link.reference, link.qualifier)).collect();
        (links, found.direction.is_some(), found.residue)
    }

    fn plain(text: &str, bare: bool) -> Vec<String> {
        let (links, _, residue) = refs(text, bare);
        assert_eq!(residue, "", "{text}");
        links.into_iter().map(|(reference, _)| reference).collect()
    }

    #[test]
    fn recommendations_are_read_in_every_spelling() {
        for (text, wanted) in [
            ("Ofsted Recommendation Number 4", "4"),
            ("Ofsted recommendation 10", "10"),
            ("Rec 3, 5 & 7", "3 5 7"),
            ("R3", "3"),
            ("R3, R5 and R7", "3 5 7"),
            ("Recs 1-3", "1 2 3"),
            ("Recs. 1 to 3", "1 2 3"),
            ("Recommendations 2 and 4", "2 4"),
            ("Ofsted recommendation number 5 and recommendation number 9", "5 9"),
            ("Ofsted Rec No. 6", "6"),
            ("number 5 and recommendation number 9", "5 9"),
            ("Ofsted\nrecommendation\nnumber 2", "2"),
        ] {
            assert_eq!(plain(text, false).join(" "), wanted, "{text}");
        }
        assert_eq!(plain("3, 5 & 7", true), ["3", "5", "7"]);
        assert_eq!(plain("n/a", true), [""; 0]);
    }

    #[test]
    fn a_qualifier_stays_with_the_reference_it_follows() {
        let (links, _, residue) = refs(
            "Ofsted Recommendation Number 3 and Recommendation Number 7** (only for new arrivals) and 9",
            false,
        );
        let wanted = [("3", None), ("7", Some("only for new arrivals")), ("9", None)]
            .map(|(r, q)| (r.to_owned(), q.map(str::to_owned)));
        assert_eq!((links, residue), (wanted.to_vec(), String::new()));
    }

    #[test]
    fn a_direction_without_a_clause_is_told_from_one_with() {
        assert_eq!(refs("Outlined in DfE Direction ToR", false), (vec![], true, String::new()));
        assert_eq!(refs("as set out in the statutory direction", false), (vec![], true, String::new()));
        for text in [
            "Direction 2.b.iii",
            "term 2(b)(iii)",
            "DfE Direction ToR 2b.iii",
            "Direction, paragraph 2(b)(iii)",
        ] {
            let found = read(text, None);
            assert_eq!(found.links.len(), 1, "{text}");
            assert_eq!(
                (found.links[0].reference.as_str(), found.links[0].kind),
                ("2.b.iii", RequirementKind::DirectionTerm)
            );
            assert_eq!(found.direction, None, "{text}");
        }
        let dated = read("DfE Direction 12 July 2018", None);
        assert_eq!((dated.links.len(), dated.direction.is_some()), (0, true));
    }

    #[test]
    fn a_row_with_two_numbers_is_taken_apart() {
        let items =
            split_numbers("1.1 Ofsted Recommendation Number 3 (see 1.4) 1.2 Outlined in DfE Direction ToR");
        let numbers: Vec<_> = items.iter().map(|(number, _)| number.as_deref()).collect();
        assert_eq!(numbers, [Some("1.1"), Some("1.2")]);
        assert_eq!(items[0].1, "Ofsted Recommendation Number 3 (see 1.4)");
        assert_eq!(items[1].1, "Outlined in DfE Direction ToR");
        assert_eq!(split_numbers("2.3 recommendation number 2.4").len(), 1);
        assert_eq!(split_numbers("Ofsted"), [(None, "Ofsted".to_owned())]);
    }

    #[test]
    fn what_cannot_be_read_is_left_over() {
        assert_eq!(refs("Ofsted recommendation 4 Peer challenge", false).2, "Peer challenge");
    }
}
