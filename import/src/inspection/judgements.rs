//! Grades: the table on the first page, and the sentences that give one.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::furniture::{Body, Text, is_mark, printed};
use super::model::{Grade, Judgement, JudgementArea};
use super::title::unmarked;
use super::words::folded;
use crate::pdf::Word;

/// Words below each other in a column begin within this many points.
const SAME_COLUMN: f32 = 6.0;
/// Lines of one cell are no further apart than this share of their size.
const LEADING: f32 = 1.7;
/// Lines this close are lines of one cell, whatever they say.
const CLOSE: f32 = 1.4;

/// Every grade of a report, each area once.
pub(super) fn read(body: &Body<'_>) -> Vec<Judgement> {
    let mut found: Vec<Judgement> = Vec::new();
    let mut add = |judgement: Judgement| {
        if !found.iter().any(|other| other.area == judgement.area) {
            found.push(judgement);
        }
    };
    let table = table(body);
    // A table that grades the whole is certain; without one, a sentence does.
    if !table.iter().any(|judgement| judgement.area == JudgementArea::OverallEffectiveness)
        && let Some(overall) = overall(body)
    {
        add(overall);
    }
    for judgement in table {
        add(judgement);
    }
    if let Some(board) = board(body) {
        add(board);
    }
    found
}

/// The table with a column of areas and one of grades, on the first page of text or the one after it.
fn table(body: &Body<'_>) -> Vec<Judgement> {
    let first = body.lines.first().map_or(1, |text| text.page);
    for page in [first, first + 1] {
        let lines: Vec<&Text<'_>> = body.lines.iter().filter(|text| text.page == page).collect();
        let found = table_on(&lines);
        if found.len() >= 2 {
            return found;
        }
    }
    Vec::new()
}

/// A cell: its words, and where it stands.
struct Cell {
    text: String,
    top: f32,
    bottom: f32,
}

fn table_on(lines: &[&Text<'_>]) -> Vec<Judgement> {
    let Some(column) = grade_column(lines) else { return Vec::new() };
    let (mut areas, mut grades): (Vec<Cell>, Vec<Cell>) = (Vec::new(), Vec::new());
    for text in lines {
        let words: Vec<Word> = text.line.words.iter().filter(|word| !is_mark(word)).cloned().collect();
        let (left, right): (Vec<Word>, Vec<Word>) =
            words.into_iter().partition(|word| word.x.0 < column - SAME_COLUMN / 2.0);
        // A line of text that runs through both columns is no row of the table.
        let gap = right.first().zip(left.last()).map_or(f32::MAX, |(right, left)| right.x.0 - left.x.1);
        let is_through = gap < 0.45 * text.size;
        let (left, right) = (printed(&left), printed(&right));
        if is_through {
            continue;
        }
        if !right.is_empty() {
            grow(&mut grades, &right, text, if is_grade_start(&right) { Start::Sure } else { Start::No });
        }
        if !left.is_empty() {
            grow(&mut areas, &left, text, area_start(&left));
        }
    }
    let areas: Vec<(JudgementArea, Cell)> =
        areas.into_iter().filter_map(|cell| Some((area(&cell.text)?, cell))).collect();
    let grades: Vec<(Grade, Cell)> =
        grades.into_iter().filter_map(|cell| Some((whole_grade(&cell.text)?, cell))).collect();
    pair(areas, grades)
}

/// Whether a line begins a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// It does.
    Sure,
    /// It does unless it stands right below a cell's line: "children in care" is an area, and the end of a longer one.
    Apart,
    /// It does not.
    No,
}

/// Adds a line to the cell above it, or begins a cell with it.
fn grow(cells: &mut Vec<Cell>, line: &str, text: &Text<'_>, start: Start) {
    let y = text.line.y;
    let gap = cells.last().map_or(f32::MAX, |cell| y - cell.bottom);
    let is_next = match start {
        Start::Sure => false,
        Start::Apart => gap <= CLOSE * text.size,
        Start::No => gap <= LEADING * text.size,
    };
    match cells.last_mut() {
        Some(cell) if is_next => {
            cell.text.push(' ');
            cell.text.push_str(line);
            cell.bottom = y;
        }
        _ if start != Start::No => cells.push(Cell { text: line.to_owned(), top: y, bottom: y }),
        _ => {}
    }
}

/// Puts each area with the grade beside it: by their order if there are as many of both, else by their height.
fn pair(areas: Vec<(JudgementArea, Cell)>, mut grades: Vec<(Grade, Cell)>) -> Vec<Judgement> {
    let middle = |cell: &Cell| (cell.top + cell.bottom) / 2.0;
    let is_even = areas.len() == grades.len();
    let mut out = Vec::new();
    for (area, cell) in areas {
        let nearest = if is_even {
            Some(0)
        } else {
            let apart = |grade: &(Grade, Cell)| (middle(&grade.1) - middle(&cell)).abs();
            grades
                .iter()
                .enumerate()
                .filter(|(_, grade)| apart(grade) <= 30.0)
                .min_by(|a, b| apart(a.1).total_cmp(&apart(b.1)))
                .map(|(place, _)| place)
        };
        let Some(nearest) = nearest.filter(|place| *place < grades.len()) else { continue };
        let (grade, printed) = grades.remove(nearest);
        out.push(Judgement { area, grade, printed_area: cell.text, printed_grade: printed.text });
    }
    out
}

/// Where the column of grades begins: the place at which most lines have the beginning of a grade.
fn grade_column(lines: &[&Text<'_>]) -> Option<f32> {
    let left = lines.iter().map(|text| text.x()).fold(f32::MAX, f32::min);
    let mut starts: HashMap<i32, Vec<f32>> = HashMap::new();
    for text in lines {
        let words = &text.line.words;
        for (place, word) in words.iter().enumerate() {
            let is_apart = place
                .checked_sub(1)
                .and_then(|before| words.get(before))
                .is_none_or(|before| word.x.0 - before.x.1 > 0.45 * text.size);
            if is_apart
                && word.x.0 > left + 90.0
                && is_grade_start(&printed(words.get(place..).unwrap_or_default()))
            {
                starts.entry((word.x.0 / SAME_COLUMN).round() as i32).or_default().push(word.x.0);
            }
        }
    }
    let most = starts.into_values().max_by_key(Vec::len).filter(|starts| starts.len() >= 2)?;
    Some(most.into_iter().fold(f32::MAX, f32::min))
}

fn is_grade_start(text: &str) -> bool {
    const STARTS: &[&str] =
        &["outstanding", "good", "inadequate", "adequate", "requires", "require", "not judged", "not"];
    let text = folded(text);
    let first: String = text.chars().take_while(|character| character.is_alphabetic()).collect();
    STARTS.contains(&first.as_str())
}

fn area_start(text: &str) -> Start {
    static SURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?x) ^ (?: \d (?:\.\d)? [.)]? \s+ [a-z]
              | the \s (?: impact | experiences | effectiveness | quality | overall | (?:local\s)?safeguarding ) | overall )",
        )
        .ok()
    });
    static APART: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?x) ^ (?: experiences \s and | children \s (?: who | looked | in \b ) | looked \s after | leadership | adoption
              | care \s leavers | local \s safeguarding | help \s and \s protection )",
        )
        .ok()
    });
    let text = folded(text);
    let is = |pattern: &LazyLock<Option<Regex>>| pattern.as_ref().is_some_and(|start| start.is_match(&text));
    match (is(&SURE), is(&APART)) {
        (true, _) => Start::Sure,
        (false, true) => Start::Apart,
        (false, false) => Start::No,
    }
}

/// The area that some words name.
fn area(text: &str) -> Option<JudgementArea> {
    let text = folded(text);
    let has = |words: &str| text.contains(words);
    let is_in_care = has("children in care") || has("looked after");
    let is_leaving = has("care leavers") || has("leaving care");
    Some(if has("overall effectiveness") {
        JudgementArea::OverallEffectiveness
    } else if has("impact of leaders") {
        JudgementArea::LeadersImpact
    } else if has("leadership") {
        JudgementArea::LeadershipManagementGovernance
    } else if has("safeguarding children board") || has("lscb") {
        JudgementArea::Lscb
    } else if has("adoption") {
        JudgementArea::Adoption
    } else if is_in_care && is_leaving {
        JudgementArea::ChildrenInCareAndCareLeavers
    } else if is_leaving {
        JudgementArea::CareLeavers
    } else if is_in_care {
        JudgementArea::ChildrenInCare
    } else if has("help and protection") {
        JudgementArea::HelpAndProtection
    } else {
        return None;
    })
}

static GRADE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(outstanding|good|requires?\s+improvement(?:\s+to\s+be\s+good)?|inadequate|adequate|not\s+judged)\.?$").ok()
});

/// A cell that is a grade and nothing else.
fn whole_grade(cell: &str) -> Option<Grade> {
    let found = GRADE.as_ref()?.captures(cell.trim())?;
    (found.get(0)?.start() == 0).then(|| grade_of(found.get(1).map_or("", |words| words.as_str()))).flatten()
}

fn grade_of(words: &str) -> Option<Grade> {
    let words = folded(words);
    Some(match words.split(' ').next()? {
        "outstanding" => Grade::Outstanding,
        "good" => Grade::Good,
        "requires" | "require" => Grade::RequiresImprovement,
        "inadequate" => Grade::Inadequate,
        "adequate" => Grade::Adequate,
        "not" => Grade::NotJudged,
        _ => return None,
    })
}

/// The sentence on the first page that grades the whole: "Children's services in ... are good".
fn overall(body: &Body<'_>) -> Option<Judgement> {
    static BEGINS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?:the overall judgement is|overall effectiveness is|children's services (?:in|at|provided|within|are|is)|services for children in) ?").ok()
    });
    let first = body.lines.first().map_or(1, |text| text.page);
    let lines: Vec<&Text<'_>> = body.lines.iter().filter(|text| text.page == first).collect();
    let begins = |line: &str| BEGINS.as_ref().is_some_and(|pattern| pattern.is_match(line));
    sentence(&lines, JudgementArea::OverallEffectiveness, &|line, _| begins(line))
}

/// The heading of the board's part that grades it: "The Local Safeguarding Children Board is good".
fn board(body: &Body<'_>) -> Option<Judgement> {
    let lines: Vec<&Text<'_>> = body.lines.iter().collect();
    let begins = |line: &str, text: &Text<'_>| {
        (text.is_bold || text.size > 1.08 * body.size)
            && line.len() <= 120
            && ["safeguarding children board", "lscb"].iter().any(|name| line.contains(name))
    };
    sentence(&lines, JudgementArea::Lscb, &begins)
}

/// A sentence of at most three lines that begins with a line of a kind and ends with a grade.
fn sentence(
    lines: &[&Text<'_>],
    area: JudgementArea,
    begins: &dyn Fn(&str, &Text<'_>) -> bool,
) -> Option<Judgement> {
    for (place, text) in lines.iter().enumerate() {
        if !begins(&folded(&unmarked(text)), text) {
            continue;
        }
        let mut words = String::new();
        for (more, next) in lines.iter().skip(place).take(3).enumerate() {
            let is_same = next.page == text.page
                && (next.size - text.size).abs() < 0.6
                && next.is_bold == text.is_bold
                && next.line.y - text.line.y <= LEADING * text.size * (more as f32 + 0.2);
            if !is_same && more > 0 {
                break;
            }
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(&unmarked(next));
            // "Children's services require" goes on in the next line: the longest grade counts.
            let goes_on = lines.get(place + more + 1).is_some_and(|after| {
                let after = folded(&unmarked(after));
                after.starts_with("improvement")
                    || after.starts_with("to be good")
                    || after.starts_with("be good")
                    || after == "good"
            });
            if goes_on {
                continue;
            }
            let found = GRADE.as_ref().and_then(|pattern| pattern.captures(words.trim()));
            if let Some(printed) = found.as_ref().and_then(|found| found.get(1))
                && let Some(grade) = grade_of(printed.as_str())
            {
                let printed_grade = printed.as_str().to_owned();
                return Some(Judgement { area, grade, printed_area: words.clone(), printed_grade });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Grade, JudgementArea, Start, area, area_start, whole_grade};

    #[test]
    fn areas_are_known_in_the_words_of_every_framework() {
        for (words, is) in [
            (
                "The impact of leaders on social work practice with children and families",
                JudgementArea::LeadersImpact,
            ),
            (
                "The experiences and progress of children who need help and protection",
                JudgementArea::HelpAndProtection,
            ),
            (
                "The experiences and progress of children in care and care leavers",
                JudgementArea::ChildrenInCareAndCareLeavers,
            ),
            ("The experiences and progress of children in care", JudgementArea::ChildrenInCare),
            ("The experiences and progress of care leavers", JudgementArea::CareLeavers),
            ("Overall effectiveness", JudgementArea::OverallEffectiveness),
            ("1. Children who need help and protection", JudgementArea::HelpAndProtection),
            ("2. Children looked after and achieving permanence", JudgementArea::ChildrenInCare),
            ("2.1 Adoption performance", JudgementArea::Adoption),
            ("2.2 Experiences and progress of care leavers", JudgementArea::CareLeavers),
            ("3. Leadership, management and governance", JudgementArea::LeadershipManagementGovernance),
        ] {
            assert_eq!(area(words), Some(is), "{words}");
            assert!(area_start(words) == Start::Sure, "{words}");
        }
    }

    #[test]
    fn a_grade_is_nothing_but_a_grade() {
        assert_eq!(whole_grade("Requires improvement to be good"), Some(Grade::RequiresImprovement));
        assert_eq!(whole_grade("requires improvement"), Some(Grade::RequiresImprovement));
        assert_eq!(whole_grade("Good"), Some(Grade::Good));
        assert_eq!(whole_grade("Not judged"), Some(Grade::NotJudged));
        assert_eq!(whole_grade("Good progress was made"), None);
        assert_eq!(whole_grade("Practice is good"), None);
    }
}
