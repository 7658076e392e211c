//! The numbers of the rows as a series: what is missing, shortened or printed twice.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Gap, Row};
use super::question::{Cell, Question, QuestionCode};
use super::reference;

/// Most numbers that are listed as missing from one series; beyond it the numbering itself is in doubt.
const MAX_GAPS: u32 = 50;

/// A plan that prints no numbers at all is counted.
pub(crate) fn count(rows: &mut [Row]) {
    if rows.iter().any(|row| row.reference.is_some()) {
        return;
    }
    for (row, number) in rows.iter_mut().zip(1..) {
        row.reference = Some(format!("{number}"));
        row.questions.push(Question::new(
            QuestionCode::ReferenceInferred,
            Cell::Reference,
            format!("The plan prints no numbers; {number} was understood, because it is row {number} of the plan. Accept, or set reference."),
        ));
    }
}

/// Numbers that a spreadsheet has shortened ("1.10" is kept as 1.1) or that a row between two others must have.
pub(crate) fn infer(rows: &mut [Row]) {
    for at in 1..rows.len() {
        let Some(before) = rows[at - 1].reference.clone() else { continue };
        let next = rows.get(at + 1).and_then(|row| row.reference.clone());
        let Some((series, last)) = reference::last_number(&before) else { continue };
        let expected = format!("{series}{}", last + 1);
        let seen = rows[at].reference.clone();
        let reason = match &seen {
            Some(number)
                if last % 10 == 9
                    && series.ends_with('.')
                    && expected.trim_end_matches('0') == number
                    && &expected != number =>
            {
                format!(
                    "\"{number}\" stands after {before}; {expected} was understood, because spreadsheets drop a last nought"
                )
            }
            None if next.as_deref().is_some_and(|next| reference::follows(&expected, next)) => {
                format!(
                    "The row has no number; {expected} was understood, because it stands between {before} and {}",
                    next.unwrap_or_default()
                )
            }
            _ => continue,
        };
        rows[at].reference = Some(expected);
        rows[at].questions.push(Question::new(
            QuestionCode::ReferenceInferred,
            Cell::Reference,
            format!("{reason}. Accept, or set reference."),
        ));
    }
    for row in rows.iter_mut().filter(|row| row.reference.is_none()) {
        row.questions.push(Question::new(
            QuestionCode::ReferenceMissing,
            Cell::Reference,
            "The row has no number, and none can be told from its neighbours. Set reference, or drop the row.",
        ));
    }
}

/// Asks about a number that stands over two rows.
pub(crate) fn ask_about_repeated(rows: &mut [Row]) {
    let mut seen = BTreeSet::new();
    for row in rows {
        if let Some(reference) = &row.reference
            && !seen.insert(reference.clone())
        {
            let text = format!(
                "{reference} is the number of an earlier row too, which says something else. Both were kept. Set reference of one, or drop one."
            );
            row.questions.push(Question::new(QuestionCode::ReferenceRepeated, Cell::Reference, text));
        }
    }
}

/// Numbers that each series of the plan leaves out between 1 and its highest.
pub(crate) fn gaps(rows: &[Row], questions: &mut Vec<Question>) -> Vec<Gap> {
    let mut series: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    for reference in rows.iter().filter_map(|row| row.reference.as_deref()) {
        // "3a" and "3b" fill the place of 3.
        let number = reference.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let number = if reference.len() - number.len() == 1 { number } else { reference };
        if let Some((before, last)) = reference::last_number(number) {
            if !order.iter().any(|known| known == before) {
                order.push(before.to_owned());
            }
            series.entry(before.to_owned()).or_default().insert(last);
        }
    }
    let mut gaps = Vec::new();
    for before in order {
        let Some(numbers) = series.get(&before) else { continue };
        let highest = numbers.last().copied().unwrap_or(0);
        let missing = highest.saturating_sub(u32::try_from(numbers.len()).unwrap_or(u32::MAX));
        if missing > MAX_GAPS {
            questions.push(Question::new(
                QuestionCode::GapInNumbering,
                Cell::Reference,
                format!("The numbers {before}1 to {before}{highest} have over {MAX_GAPS} gaps; none was listed. Accept, or correct the numbers."),
            ));
            continue;
        }
        for number in (1..=highest).filter(|number| !numbers.contains(number)) {
            let reference = format!("{before}{number}");
            questions.push(Question {
                gap: Some(reference.clone()),
                ..Question::new(
                    QuestionCode::GapInNumbering,
                    Cell::Reference,
                    format!("{reference} is missing. It was kept as a gap. Say \"left out\" if the plan has none, or \"lost\" if the file has lost it."),
                )
            });
            gaps.push(Gap { reference, reason: None });
        }
    }
    gaps
}
