//! Finds the plan's table: which delimiter, which row of headings, which lines belong.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::colour::Colour;
use super::error::{MAX_CELL, ReadError};
use super::headings::{Column, Columns};
use super::key::Key;
use super::model::{Ignored, Place};
use super::pasted;
use super::question::{Cell, Question, QuestionCode};
use super::repair::Vocabulary;
use super::text::{has_substance, squash};

/// Most rows that a table may have.
pub const MAX_ROWS: usize = 5000;

/// In a CSV file the headings stand within this many records of the top.
const HEADINGS_WITHIN: usize = 30;

/// What a cell shows beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// The cell, counted from 0.
    #[serde(rename = "c")]
    pub at: usize,
    /// The colour that it is filled with.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Colour>,
    /// Text that is struck through, which is not in the cell's.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub struck: Option<String>,
}

/// One line of a table, before its cells are understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    #[serde(rename = "c")]
    pub cells: Vec<String>,
    #[serde(rename = "t")]
    pub table: u32,
    #[serde(rename = "r")]
    pub row: u32,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// One cell over most of the table's width.
    #[serde(rename = "b", default, skip_serializing_if = "is_false")]
    pub is_banner: bool,
    /// Every word of it is struck through.
    #[serde(rename = "x", default, skip_serializing_if = "is_false")]
    pub is_struck: bool,
    /// The sheet does not show it.
    #[serde(rename = "h", default, skip_serializing_if = "is_false")]
    pub is_hidden: bool,
    /// The number that it was given, where one printed number stands over several rows.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

fn is_false(is: &bool) -> bool {
    !is
}

/// A table with a plan's headings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Table {
    pub columns: Columns,
    /// The sheet that it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Headings outside of it: the name of its sheet, or what stands above it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
    /// The headings of the table before it do not hold for it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_apart: bool,
}

/// How the lines of a file came about, which decides what a line break in a cell means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Source {
    /// A line break in a cell was typed by somebody.
    #[default]
    Csv,
    /// Lines break anywhere.
    Pasted,
    /// A spreadsheet or a document, with fills, merged cells and bullets.
    Office,
}

/// What a file holds of a plan, before it is understood: the lines of all its tables that have a plan's headings.
///
/// It can be written down as JSON and read again: whoever reads files of strangers may do so in a process apart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub(crate) source: Source,
    pub(crate) tables: Vec<Table>,
    pub(crate) lines: Vec<Line>,
    pub(crate) ignored: Vec<Ignored>,
    pub(crate) questions: Vec<Question>,
    /// What the file itself says about its colours.
    #[serde(default, skip_serializing_if = "Key::is_empty")]
    pub(crate) key: Key,
    /// The words of the file, which help to mend cut ones.
    pub(crate) words: Vocabulary,
}

static NO_TABLE: LazyLock<Table> = LazyLock::new(Table::default);

impl Document {
    /// A table by its number, from 1.
    pub(crate) fn table(&self, number: u32) -> &Table {
        self.tables.get((number as usize).saturating_sub(1)).unwrap_or(&NO_TABLE)
    }

    /// The columns of the table that a line belongs to.
    pub(crate) fn columns(&self, line: &Line) -> &Columns {
        &self.table(line.table).columns
    }

    /// Where a line stands.
    pub(crate) fn place(&self, line: &Line) -> Place {
        Place {
            page: line.page,
            sheet: self.table(line.table).sheet.clone(),
            table: line.table,
            row: line.row,
        }
    }

    /// Do lines break anywhere?
    pub(crate) fn is_pasted(&self) -> bool {
        self.source == Source::Pasted
    }

    /// Takes up a row of headings; the lines that follow belong to it.
    pub(crate) fn begin(&mut self, columns: Columns) {
        self.ask_about(&columns);
        self.tables.push(Table { columns, ..Table::default() });
    }

    /// Takes up a table. What was asked about the columns of one before it is not asked again.
    pub(crate) fn begin_table(&mut self, table: Table) {
        if !self.tables.iter().any(|known| known.columns == table.columns) {
            self.ask_about(&table.columns);
        }
        self.tables.push(table);
    }

    /// Is this row of headings the one of the current table, printed again?
    pub(crate) fn repeats(&self, columns: &Columns) -> bool {
        self.tables.last().is_some_and(|table| table.columns.meanings == columns.meanings)
    }

    /// Takes a row of cells for the headings of a table, if it can be.
    pub(crate) fn headings(&self, cells: &[String]) -> Option<Columns> {
        Columns::from_cells(cells).filter(|columns| self.can_follow(columns))
    }

    /// Can these be headings after those of the current table?
    pub(crate) fn can_follow(&self, columns: &Columns) -> bool {
        self.tables.last().is_none_or(|table| columns.can_follow(&table.columns))
    }

    /// Adds a line of texts to the current table.
    pub(crate) fn push(&mut self, cells: Vec<String>, page: Option<u32>, row: u32) -> Result<(), ReadError> {
        self.push_line(Line { cells, page, row, ..Line::default() })
    }

    /// Adds a line to the current table.
    pub(crate) fn push_line(&mut self, mut line: Line) -> Result<(), ReadError> {
        if self.lines.len() >= MAX_ROWS {
            return Err(ReadError::TooManyRows);
        }
        if line.cells.iter().any(|cell| cell.len() > MAX_CELL) {
            return Err(ReadError::CellTooLong { row: line.row });
        }
        line.table = u32::try_from(self.tables.len()).unwrap_or(u32::MAX);
        self.lines.push(line);
        Ok(())
    }

    fn ask_about(&mut self, columns: &Columns) {
        for (at, heading) in columns.headings.iter().enumerate() {
            let meaning = columns.meanings[at];
            match meaning {
                Column::Measure => self.ignored.push(Ignored::new(
                    heading,
                    "column left out of what is loaded: its texts are with each row of the dry run as measures; a measure is set \
                     up with its baseline and its readings",
                )),
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
    let mut document = if delimiter == '\t' && !is_quoted_tsv(text) {
        pasted::collect(text, most)?
    } else {
        collect(text, delimiter)?
    };
    document.words = Vocabulary::of(text);
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
