//! Numbers that identify a person: a cell that holds one is emptied, and asked about without repeating it.

use domain::personal::{Kind, find};

use super::model::{Row, Understanding};
use super::question::{Cell, Question, QuestionCode};
use crate::personal;

/// The cells of a row that take text from the file.
const CELLS: [Cell; 11] = [
    Cell::Reference,
    Cell::Themes,
    Cell::Aim,
    Cell::Steps,
    Cell::Leads,
    Cell::Requirements,
    Cell::Timeframe,
    Cell::Status,
    Cell::Health,
    Cell::Updates,
    Cell::Measures,
];

/// Empties every cell whose text holds such a number. The whole cell: what was understood may have cut the number in two.
pub(crate) fn screen(understanding: &mut Understanding) {
    for row in &mut understanding.rows {
        for cell in CELLS {
            let Some(kind) = found(row, cell) else { continue };
            empty(row, cell);
            for original in row.originals.iter_mut().filter(|original| original.cell == cell) {
                let text = std::mem::take(&mut original.text);
                original.text =
                    if find(&text).is_some() { personal::shown(text) } else { NOT_SHOWN.to_owned() };
            }
            row.questions.retain(|question| question.cell != cell);
            row.questions.push(question(cell, kind));
        }
    }
}

/// What stands in place of a text beside the one with the number.
const NOT_SHOWN: &str = "(not shown)";

fn question(cell: Cell, kind: Kind) -> Question {
    let text = format!(
        "The cell holds {}, so its text was neither kept nor is it shown. Take the number out of the file, or set the cell \
         without it: nobody may be identifiable in a programme.",
        kind.name()
    );
    Question::new(QuestionCode::PersonalDataSuspected, cell, text)
}

/// The kind of the first such number in the printed text or in what was understood of it.
fn found(row: &Row, cell: Cell) -> Option<Kind> {
    let printed = row.originals.iter().filter(|original| original.cell == cell);
    let mut texts: Vec<&str> = printed.map(|original| original.text.as_str()).collect();
    match cell {
        Cell::Reference => texts.extend(row.reference.as_deref()),
        Cell::Themes => texts.extend(row.themes.iter().map(String::as_str)),
        Cell::Aim => texts.extend(row.aim.as_deref()),
        Cell::Steps => texts.extend(row.steps.iter().map(String::as_str)),
        Cell::Leads => texts.extend(row.leads.iter().map(|lead| lead.printed.as_str())),
        Cell::Requirements => {
            texts.extend(row.direction_as_printed.as_deref());
            texts.extend(row.requirements.iter().map(|link| link.reference.as_str()));
            texts.extend(row.requirements.iter().filter_map(|link| link.qualifier.as_deref()));
            texts.extend(row.paragraphs.iter().map(String::as_str));
        }
        Cell::Timeframe => texts.extend(row.timeframe_as_printed.as_deref()),
        Cell::Updates => texts.extend(row.updates.iter().map(|update| update.text.as_str())),
        Cell::Measures => texts.extend(row.measures.iter().map(|measure| measure.text.as_str())),
        Cell::Status | Cell::Health | Cell::File | Cell::Row => {}
    }
    texts.into_iter().find_map(find)
}

fn empty(row: &mut Row, cell: Cell) {
    match cell {
        Cell::Reference => row.reference = None,
        Cell::Themes => row.themes.clear(),
        Cell::Aim => row.aim = None,
        Cell::Steps => row.steps.clear(),
        Cell::Leads => row.leads.clear(),
        Cell::Requirements => {
            row.requirements.clear();
            row.paragraphs.clear();
            row.unspecified_direction = false;
            row.direction_as_printed = None;
        }
        Cell::Timeframe => {
            row.timeframe_as_printed = None;
            (row.start_on, row.due_on, row.due_precision) = (None, None, None);
        }
        Cell::Status => row.status = None,
        Cell::Health => row.health = None,
        Cell::Updates => row.updates.clear(),
        Cell::Measures => row.measures.clear(),
        Cell::File | Cell::Row => {}
    }
}
