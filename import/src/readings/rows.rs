//! From a row of cells to a reading.

use std::collections::HashMap;

use domain::measure::{Figures, Period};

use super::cells::{self, COUNT_RIGHT, DAY_RIGHT, FIGURE_RIGHT, PERIOD_RIGHT};
use super::columns::Column;
use super::table::{Line, Table};
use super::{Part, Problem, Row};
use crate::personal;
use crate::plan::text::squash;

/// The rows without a problem, and all problems.
pub(super) fn understand(table: &Table) -> (Vec<Row>, Vec<Problem>) {
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    let mut first_at: HashMap<(String, Period, Option<Part>), u64> = HashMap::new();
    for line in &table.lines {
        let mut reader = Reader { table, line, problems: Vec::new() };
        let row = reader.row();
        if let Some(row) = row.filter(|_| reader.problems.is_empty()) {
            let folded = |part: &Part| Part {
                dimension: part.dimension.to_lowercase(),
                category: part.category.to_lowercase(),
            };
            let key = (row.measure.to_lowercase(), row.period, row.part.as_ref().map(folded));
            let line = *first_at.entry(key).or_insert(row.line);
            if line == row.line {
                rows.push(row);
            } else {
                reader.problem(
                    None,
                    format!("the same reading stands on line {line}"),
                    "keep one of the two",
                );
            }
        }
        problems.append(&mut reader.problems);
    }
    (rows, problems)
}

/// Reads one row, and notes what is wrong with it.
struct Reader<'a> {
    table: &'a Table,
    line: &'a Line,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn row(&mut self) -> Option<Row> {
        self.screen();
        let measure = self.text(Column::Measure);
        if measure.is_none() {
            self.problem(
                Some(Column::Measure),
                "no measure is named".to_owned(),
                "write its code or reference",
            );
        }
        let period = self.period();
        let figures = self.figures();
        let part = self.part();
        let disputed_by = self.text(Column::DisputedBy);
        if disputed_by.is_some() && self.text(Column::DisputedValue).is_none() {
            let wrong = "somebody disputes the value, but no other is given".to_owned();
            self.problem(Some(Column::DisputedValue), wrong, "write their value, or leave disputed by empty");
        }
        let caveat = self.text(Column::Caveat);
        Some(Row {
            line: self.line.number,
            measure: measure?,
            period: period?,
            figures,
            part,
            caveat,
            disputed_by,
        })
    }

    fn problem(&mut self, column: Option<Column>, wrong: String, right: &str) {
        self.problems.push(Problem { line: self.line.number, column, wrong, right: right.to_owned() });
    }

    /// The text of a cell, on one line; `None` if it is empty or there is no such column.
    fn text(&self, column: Column) -> Option<String> {
        let at = self.table.columns.iter().position(|c| *c == Some(column))?;
        self.line.cells.get(at).map(|cell| squash(cell)).filter(|text| !text.is_empty())
    }

    /// What a cell holds; a problem if it holds something else.
    fn cell<T>(&mut self, column: Column, read: fn(&str) -> Option<T>, right: &str) -> Option<T> {
        let text = self.text(column)?;
        let value = read(&text);
        if value.is_none() {
            self.problem(Some(column), format!("\"{}\" was not understood", personal::excerpt(&text)), right);
        }
        value
    }

    /// Nobody may be identifiable, and no cell may stand where it has no heading.
    fn screen(&mut self) {
        for (at, cell) in self.line.cells.iter().enumerate() {
            let column = self.table.columns.get(at).copied().flatten();
            if let Some(kind) = domain::personal::find(cell) {
                let wrong = format!("the cell holds {}", kind.name());
                self.problem(column, wrong, "take the number out: nobody may be identifiable in a programme");
            } else if column.is_none() && !squash(cell).is_empty() {
                let wrong = format!("cell {} stands under no heading", at + 1);
                self.problem(
                    None,
                    wrong,
                    "put text with commas between quotation marks, or give the column a heading",
                );
            }
        }
    }

    fn period(&mut self) -> Option<Period> {
        if self.table.columns.contains(&Some(Column::Period)) {
            return self.asked(Column::Period, cells::period, PERIOD_RIGHT);
        }
        let ends = [Column::PeriodStart, Column::PeriodEnd];
        let [first, last] = ends.map(|column| self.asked(column, cells::day, DAY_RIGHT));
        let period = Period::of_any(first?, last?);
        if period.is_none() {
            let right = "give the first and the last day of a month, a quarter from January, April, July or October, half a year or a year";
            self.problem(
                Some(Column::PeriodEnd),
                "these are not the days of a whole period".to_owned(),
                right,
            );
        }
        period
    }

    /// What a cell holds that may not be empty.
    fn asked<T>(&mut self, column: Column, read: fn(&str) -> Option<T>, right: &str) -> Option<T> {
        if self.text(column).is_none() {
            self.problem(Some(column), "the cell is empty".to_owned(), right);
        }
        self.cell(column, read, right)
    }

    fn figures(&mut self) -> Figures {
        let before = self.problems.len();
        let figures = Figures {
            numerator: self.cell(Column::Numerator, cells::count, COUNT_RIGHT),
            denominator: self.cell(Column::Denominator, cells::count, COUNT_RIGHT),
            value: self.cell(Column::Value, cells::figure, FIGURE_RIGHT),
            disputed: self.cell(Column::DisputedValue, cells::figure, FIGURE_RIGHT),
        };
        if self.problems.len() == before
            && figures.numerator.or(figures.denominator).is_none()
            && figures.value.is_none()
        {
            let right = "write a value, or a numerator and a denominator; leave out the row of a reading that there is not";
            self.problem(Some(Column::Value), "there is no figure".to_owned(), right);
        }
        figures
    }

    fn part(&mut self) -> Option<Part> {
        match (self.text(Column::Dimension), self.text(Column::Category)) {
            (Some(dimension), Some(category)) => Some(Part { dimension, category }),
            (None, None) => None,
            (Some(_), None) => self.half_a_part(Column::Category),
            (None, Some(_)) => self.half_a_part(Column::Dimension),
        }
    }

    fn half_a_part(&mut self, missing: Column) -> Option<Part> {
        let right = "write both dimension and category for a part, and neither for the total";
        self.problem(Some(missing), "the cell is empty".to_owned(), right);
        None
    }
}
