//! The texts of a line by what their columns mean.

use super::headings::Column;
use super::labels;
use super::question::Cell;
use super::table::{Document, Line};
use super::text::has_substance;

/// The meanings that feed a row, each with the cell of the understanding that it becomes.
pub(crate) const FIELDS: [(Column, Cell); 13] = [
    (Column::Reference, Cell::Reference),
    (Column::Requirement, Cell::Requirements),
    (Column::Theme, Cell::Themes),
    (Column::Aim, Cell::Aim),
    (Column::Action, Cell::Steps),
    (Column::Lead, Cell::Leads),
    (Column::Start, Cell::Timeframe),
    (Column::Timeframe, Cell::Timeframe),
    (Column::Progress, Cell::Updates),
    (Column::Rating, Cell::Health),
    (Column::Done, Cell::Status),
    (Column::Paragraph, Cell::Requirements),
    (Column::Measure, Cell::Measures),
];

/// The texts of a row by meaning.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts(pub [String; FIELDS.len()]);

impl Texts {
    pub fn of_line(document: &Document, line: &Line) -> Texts {
        let columns = document.columns(line);
        let mut texts = Texts::default();
        for (at, (column, _)) in FIELDS.iter().enumerate() {
            let cells = columns.positions(*column).filter_map(|position| line.cells.get(position));
            let filled: Vec<&str> = cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
            texts.0[at] = filled.join("\n");
        }
        if !document.is_pasted() {
            labels::apply(&mut texts);
        }
        texts
    }

    pub fn get(&self, column: Column) -> &str {
        FIELDS.iter().position(|(known, _)| *known == column).map_or("", |at| self.0[at].as_str())
    }

    pub fn set(&mut self, column: Column, text: String) {
        if let Some(at) = FIELDS.iter().position(|(known, _)| *known == column) {
            self.0[at] = text;
        }
    }

    pub fn says(&self, column: Column) -> bool {
        has_substance(self.get(column))
    }
}
