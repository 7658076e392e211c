//! Headings: which there are, and which begin or end a list of recommendations.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::furniture::{Body, Text};
use super::marker;
use super::model::Part;
use super::title::unmarked;
use super::words::folded;

/// A heading of one or more lines.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heading {
    /// Its first line, and the line after its last, in the body.
    pub lines: (usize, usize),
    /// As printed.
    pub printed: String,
    /// Without marks of footnotes.
    pub text: String,
    /// The larger, the higher it stands among headings.
    pub rank: f32,
    pub page: u32,
    pub meaning: Meaning,
}

/// What a heading says about the lists of recommendations.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// It begins a list, or the lists that it has under it.
    List,
    /// It begins one of several lists: the urgent, or the others.
    SubList {
        /// Whether what stands under it is urgent.
        is_urgent: bool,
    },
    /// It begins another part of the report.
    Part(Part),
    /// What follows is no recommendation any more.
    End,
    /// A heading that may divide a list, or follow it.
    Other,
}

/// Every heading of a document, in order. Entries of a table of contents are none.
pub(super) fn all(body: &Body<'_>) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    let contents = contents_pages(body);
    let mut place = 0;
    while let Some(text) = body.lines.get(place) {
        let is_plain = !is_styled(text, body);
        let alone = stands_alone(body, place);
        let known = meaning(&unmarked(text));
        let is_heading = !is_contents(text)
            && !contents.contains(&text.page)
            && !goes_on_with_item(body, place, headings.last())
            && if is_plain {
                alone
                    && matches!(known, Meaning::List | Meaning::SubList { .. })
                    && begins_large(text)
                    && !is_sentence(text)
            } else {
                marker::of(text).is_none_or(|mark| {
                    text.size > 1.08 * body.size && !matches!(mark.kind, marker::Kind::Bullet)
                })
            };
        if !is_heading {
            place += 1;
            continue;
        }
        let mut end = place + 1;
        let mut so_far = known;
        while let Some(next) = body.lines.get(end).filter(|next| !is_plain && goes_on(text, next, body, end))
        {
            if matches!(so_far, Meaning::List | Meaning::SubList { .. }) {
                break;
            }
            // A second heading right below the first is one of its own.
            if matches!(meaning(&unmarked(next)), Meaning::List | Meaning::SubList { .. })
                && so_far != Meaning::Other
            {
                break;
            }
            end += 1;
            so_far = meaning(&joined(body.lines.get(place..end).unwrap_or_default(), unmarked));
        }
        let lines = body.lines.get(place..end).unwrap_or_default();
        let words = joined(lines, unmarked);
        headings.push(Heading {
            lines: (place, end),
            printed: joined(lines, |text| text.printed()),
            meaning: meaning(&words),
            text: words,
            rank: text.size + if text.is_bold { 1.0 } else { 0.0 },
            page: text.page,
        });
        place = end;
    }
    headings
}

fn joined(lines: &[Text<'_>], words: impl Fn(&Text<'_>) -> String) -> String {
    lines.iter().map(words).collect::<Vec<_>>().join(" ")
}

/// Whether a line is set apart by weight or size.
fn is_styled(text: &Text<'_>, body: &Body<'_>) -> bool {
    text.is_bold || text.size > 1.08 * body.size
}

fn begins_large(text: &Text<'_>) -> bool {
    unmarked(text).chars().next().is_some_and(char::is_uppercase)
}

fn is_sentence(text: &Text<'_>) -> bool {
    unmarked(text).ends_with(['.', ',', ';'])
}

/// Whether there is more room above a line than inside a paragraph.
fn stands_alone(body: &Body<'_>, place: usize) -> bool {
    let Some(text) = body.lines.get(place) else { return false };
    let before = place.checked_sub(1).and_then(|before| body.lines.get(before));
    before.is_none_or(|before| before.page != text.page || text.line.y - before.line.y > 1.5 * text.size)
}

/// Whether the line after a heading's line is its next.
fn goes_on(first: &Text<'_>, next: &Text<'_>, body: &Body<'_>, place: usize) -> bool {
    let before = place.checked_sub(1).and_then(|before| body.lines.get(before));
    let gap = before.map_or(f32::MAX, |before| next.line.y - before.line.y);
    next.page == first.page
        && (next.size - first.size).abs() < 0.6
        && next.is_bold == first.is_bold
        && gap <= 1.55 * first.size
        && !is_contents(next)
        && marker::of(next).is_none()
}

/// An entry of a table of contents: it ends with a page number far from its words, or behind a row of dots.
fn is_contents(text: &Text<'_>) -> bool {
    let words = &text.line.words;
    let [.., before, last] = words.as_slice() else { return false };
    let is_number = last.text.len() <= 3 && last.text.chars().all(|character| character.is_ascii_digit());
    let is_far = last.x.0 - before.x.1 > 1.5 * text.size;
    let dots = |text: &str| text.ends_with("...") || text.ends_with("…") || text.contains("....");
    (is_number && is_far && !last.is_raised)
        || dots(&before.text)
        || dots(&last.text)
        || last.text.contains("....")
}

/// The pages of a table of contents: what they name stands elsewhere.
fn contents_pages(body: &Body<'_>) -> HashSet<u32> {
    let mut entries: HashMap<u32, usize> = HashMap::new();
    let mut titled: HashSet<u32> = HashSet::new();
    for text in &body.lines {
        *entries.entry(text.page).or_default() += usize::from(is_contents(text));
        if ["contents", "table of contents"].contains(&folded(&unmarked(text)).as_str()) {
            titled.insert(text.page);
        }
    }
    titled.retain(|page| entries.get(page).is_some_and(|count| *count >= 3));
    titled
}

/// Whether a bold line goes on with a bold item above it, and is no heading.
fn goes_on_with_item(body: &Body<'_>, place: usize, last: Option<&Heading>) -> bool {
    let (Some(text), Some(before)) =
        (body.lines.get(place), place.checked_sub(1).and_then(|before| body.lines.get(before)))
    else {
        return false;
    };
    let is_below_heading = last.is_some_and(|heading| heading.lines.1 == place);
    let is_close = before.page == text.page && text.line.y - before.line.y <= 1.4 * text.size;
    let is_plain_size = text.size <= 1.08 * body.size;
    text.is_bold
        && before.is_bold
        && is_close
        && is_plain_size
        && !is_below_heading
        && text.x() > before.x() - 2.0
}

/// What a heading says.
fn meaning(words: &str) -> Meaning {
    static LIST: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?x) ^ (?: what \s (?:does|do|must) \s .{2,60} \s (?:need \s to \s)? improve
              | what \s needs \s to \s (?: improve | be \s improved | change ) \b .{0,60}
              | (?: key \s | main \s | our \s | summary \s of \s )? recommendations? (?: \s (?:for|to) \s .{2,80} )?
              ) $",
        )
        .ok()
    });
    static URGENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?x) ^ (?: areas? \s for \s )? (?: (?:priority|urgent) \s (?:and|&) \s immediate \s actions? | immediate \s (?: (?:and|&) \s priority \s )? actions?
              | areas? \s for \s (?:immediate|priority) \s action | (?:priority|urgent) \s actions? | immediately | with \s immediate \s effect ) $",
        )
        .ok()
    });
    static LATER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?x) ^ (?: (?:other \s | further \s)? areas? \s (?:for|of) \s (?:improvement|development) (?: \s for \s .{2,60} )?
              | within \s \w+ \s (?:days?|weeks?|months?) ) $",
        )
        .ok()
    });
    let words = folded(words);
    let words = words.trim_end_matches([':', '?', '.', ' ']);
    let is =
        |pattern: &LazyLock<Option<Regex>>| pattern.as_ref().is_some_and(|pattern| pattern.is_match(words));
    if is(&LIST) {
        Meaning::List
    } else if is(&URGENT) {
        Meaning::SubList { is_urgent: true }
    } else if is(&LATER) {
        Meaning::SubList { is_urgent: false }
    } else if let Some(part) = part(words) {
        Meaning::Part(part)
    } else if ends(words) {
        Meaning::End
    } else {
        Meaning::Other
    }
}

/// Whether a heading begins something that is no list of recommendations.
pub(super) fn ends(words: &str) -> bool {
    static END: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?x) ^ (?: (?:the \s)? experiences? \s and \s progress | the \s impact \s of \s leaders | executive \s summary | summary
              | (?:key \s)? (?:inspection \s)? findings | inspection | information \s about | about \s (?:this|the|ofsted) | progress \s since
              | overall \s effectiveness | what \s (?:is|are|we) \s | annex | appendix | contents | the \s local \s authority's \s )
              | \b strengths? \b | : \s* (?:outstanding|good|requires \s improvement .*|inadequate) $
              | \b (?:is|are|was) \s (?:outstanding|good|inadequate) $ | \b requires? \s improvement (?: \s to \s be \s good )? $",
        )
        .ok()
    });
    let words = folded(words);
    END.as_ref().is_some_and(|pattern| pattern.is_match(words.trim_end_matches([':', '?', '.', ' '])))
}

/// Whose part of the report a heading begins or names.
pub(super) fn part(words: &str) -> Option<Part> {
    let words = folded(words);
    let names_board = words.contains("safeguarding children board")
        || words.split(|character: char| !character.is_alphanumeric()).any(|word| word == "lscb");
    if names_board {
        Some(Part::Lscb)
    } else if words == "the local authority" || words == "local authority" {
        Some(Part::LocalAuthority)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Meaning, Part, meaning};

    #[test]
    fn headings_mean_what_they_say() {
        for words in [
            "What needs to improve",
            "What needs to improve?",
            "What needs to improve:",
            "Recommendations",
            "What does the local authority need to improve?",
            "What does the LSCB need to improve?",
            "Key recommendations",
            "Recommendations for the local authority",
            "What needs to improve in this area of social work practice",
        ] {
            assert_eq!(meaning(words), Meaning::List, "{words}");
        }
        for words in
            ["Priority and immediate action", "Immediately:", "Immediate action", "Areas for priority action"]
        {
            assert_eq!(meaning(words), Meaning::SubList { is_urgent: true }, "{words}");
        }
        for words in ["Areas for improvement", "Area for improvement", "Within three months:"] {
            assert_eq!(meaning(words), Meaning::SubList { is_urgent: false }, "{words}");
        }
        for words in [
            "Executive summary",
            "Inspection findings",
            "Summary for children and young people",
            "The experiences and progress of care leavers",
            "The local authority’s strengths",
            "Progress since the last inspection",
            "Help and protection is inadequate",
            "Children in care: requires improvement to be good",
        ] {
            assert_eq!(meaning(words), Meaning::End, "{words}");
        }
        assert_eq!(meaning("The Local Safeguarding Children Board (LSCB)"), Meaning::Part(Part::Lscb));
        assert_eq!(meaning("The local authority"), Meaning::Part(Part::LocalAuthority));
        assert_eq!(meaning("Leadership, management and governance"), Meaning::Other);
    }
}
