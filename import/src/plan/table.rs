//! Finds the plan's table: which delimiter, which row of headings, which lines belong.

use super::error::{MAX_CELL, ReadError};
use super::headings::{Column, Columns};
use super::model::{Ignored, Place};
use super::pasted;
use super::question::{Cell, Question, QuestionCode};
use super::text::{has_substance, squash};

/// Most rows that a table may have.
pub const MAX_ROWS: usize = 5000;

/// In a CSV file the headings stand within this many records of the top.
const HEADINGS_WITHIN: usize = 30;

/// One line of a table, before its cells are understood.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub cells: Vec<String>,
    pub place: Place,
}

/// The lines of all tables of a file that have a plan's headings.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub tables: Vec<Columns>,
    pub lines: Vec<Line>,
    pub ignored: Vec<Ignored>,
    pub questions: Vec<Question>,
    /// Pasted text breaks lines anywhere; a line break in a CSV cell was typed by somebody.
    pub pasted: bool,
}

impl Document {
    /// The columns of the table that a line belongs to.
    pub fn columns(&self, line: &Line) -> &Columns {
        &self.tables[(line.place.table as usize).saturating_sub(1)]
    }

    /// Takes up a row of headings; the lines that follow belong to it.
    pub fn begin(&mut self, columns: Columns) {
        self.ask_about(&columns);
        self.tables.push(columns);
    }

    /// Is this row of headings the one of the current table, printed again?
    pub fn repeats(&self, columns: &Columns) -> bool {
        self.tables.last().is_some_and(|table| table.meanings == columns.meanings)
    }

    /// Takes a row of cells for the headings of a table, if it can be.
    pub fn headings(&self, cells: &[String]) -> Option<Columns> {
        Columns::from_cells(cells)
            .filter(|columns| self.tables.last().is_none_or(|table| columns.can_follow(table)))
    }

    /// Adds a line to the current table.
    pub fn push(&mut self, cells: Vec<String>, page: Option<u32>, row: u32) -> Result<(), ReadError> {
        if self.lines.len() >= MAX_ROWS {
            return Err(ReadError::TooManyRows);
        }
        if cells.iter().any(|cell| cell.len() > MAX_CELL) {
            return Err(ReadError::CellTooLong { row });
        }
        let table = u32::try_from(self.tables.len()).unwrap_or(u32::MAX);
        self.lines.push(Line { cells, place: Place { page, table, row } });
        Ok(())
    }

    fn ask_about(&mut self, columns: &Columns) {
        for (at, heading) in columns.headings.iter().enumerate() {
            let meaning = columns.meanings[at];
            match meaning {
                Column::Unused(why) => self.ignored.push(Ignored::new(heading, format!("column left out: {why}"))),
                Column::Unknown if has_substance(heading) => self.questions.push(Question::new(
                    QuestionCode::ColumnNotRecognised,
                    Cell::File,
                    format!(
                        "The column \"{heading}\" has a heading that is not known; its cells were left out. Accept, or \
                         give the column one of the known headings and import again."
                    ),
                )),
                Column::Unknown => {}
                _ if meaning != Column::Theme && columns.meanings[..at].contains(&meaning) => {
                    self.questions.push(Question::new(
                        QuestionCode::ColumnRepeated,
                        Cell::File,
                        format!(
                            "The column \"{heading}\" means the same as one before it; the texts of both were put \
                             together. Accept, or rename the one that is not meant and import again."
                        ),
                    ));
                }
                _ => {}
            }
        }
        for (wanted, name) in [
            (Column::Reference, "number"),
            (Column::Aim, "aim"),
            (Column::Action, "action"),
            (Column::Lead, "lead"),
            (Column::Timeframe, "time frame"),
        ] {
            if !columns.has(wanted) {
                self.questions.push(Question::new(
                    QuestionCode::ColumnMissing,
                    Cell::File,
                    format!(
                        "No column for the {name} was found among: {}. Every row was read without it. Accept, or add the \
                         heading and import again.",
                        columns.headings.join(" | ")
                    ),
                ));
            }
        }
    }
}

/// A record of the file, with its number (from 1) and its page where pages are marked.
pub(crate) struct Record {
    pub cells: Vec<String>,
    pub number: u32,
}

/// Finds the table by trying every delimiter and taking the one under which most headings are recognised.
pub(crate) fn find(text: &str) -> Result<Document, ReadError> {
    let mut best: Option<(usize, char)> = None;
    let mut headings: Vec<String> = Vec::new();
    for delimiter in ['\t', ',', ';', '|'] {
        let kinds = if delimiter == '\t' && !is_quoted_tsv(text) {
            pasted::best_headings(text)
        } else {
            records(text, delimiter)
                .take(HEADINGS_WITHIN)
                .filter_map(|record| Columns::from_cells(&record.cells))
                .map(|columns| columns.kinds())
                .max()
        };
        if let Some(kinds) = kinds
            && best.is_none_or(|(most, _)| kinds > most)
        {
            best = Some((kinds, delimiter));
        }
        if let Some(first) = records(text, delimiter)
            .take(HEADINGS_WITHIN)
            .find(|record| record.cells.len() > 2 && record.cells.iter().all(|cell| cell.len() <= 60))
            && headings.is_empty()
        {
            headings =
                first.cells.iter().take(8).map(|cell| squash(cell).chars().take(40).collect()).collect();
        }
    }
    let Some((most, delimiter)) = best else { return Err(ReadError::NoPlan { headings }) };
    let document = if delimiter == '\t' && !is_quoted_tsv(text) {
        pasted::collect(text, most)?
    } else {
        collect(text, delimiter)?
    };
    if document.lines.is_empty() { Err(ReadError::NoRows) } else { Ok(document) }
}

/// Tab-separated text whose cells are quoted was written by a program, and is read as CSV.
fn is_quoted_tsv(text: &str) -> bool {
    let opened =
        text.matches("\t\"").count() + text.matches("\n\"").count() + usize::from(text.starts_with('"'));
    let closed =
        text.matches("\"\t").count() + text.matches("\"\n").count() + usize::from(text.ends_with('"'));
    opened > 0 && opened == closed
}

fn records(text: &str, delimiter: char) -> impl Iterator<Item = Record> + '_ {
    csv::ReaderBuilder::new()
        .delimiter(delimiter as u8)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
        .into_records()
        .map_while(Result::ok)
        .zip(1u32..)
        .map(|(record, number)| Record { cells: record.iter().map(str::to_owned).collect(), number })
}

fn collect(text: &str, delimiter: char) -> Result<Document, ReadError> {
    let mut document = Document::default();
    for Record { cells, number } in records(text, delimiter) {
        if let Some(columns) = document.headings(&cells) {
            if document.repeats(&columns) {
                document.ignored.push(Ignored::new(&squash(&cells.join(" ")), "the headings, printed again"));
            } else {
                document.begin(columns);
            }
            continue;
        }
        let joined = squash(&cells.join(" "));
        if document.tables.is_empty() {
            if has_substance(&joined) {
                document.ignored.push(Ignored::new(&joined, "stands before the table's headings"));
            }
        } else if has_substance(&joined) {
            document.push(cells, None, number)?;
        } else if !joined.is_empty() {
            document.ignored.push(Ignored::new(&joined, "only punctuation"));
        }
    }
    Ok(document)
}
