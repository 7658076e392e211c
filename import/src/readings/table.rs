//! Finds the delimiter, the headings and the rows of a table of readings.

use super::columns::{self, Column};
use super::{MAX_ROWS, ReadError};
use crate::decode::MAX_CELL;
use crate::plan::text::squash;

/// A table, before its cells are understood.
pub(super) struct Table {
    pub columns: Vec<Option<Column>>,
    pub lines: Vec<Line>,
}

/// A row of cells with the line of the file on which it begins.
pub(super) struct Line {
    pub number: u64,
    pub cells: Vec<String>,
}

/// The table under the delimiter with which most headings are known.
pub(super) fn find(text: &str) -> Result<Table, ReadError> {
    let mut best = (0, ',');
    for delimiter in [',', ';', '\t', '|'] {
        let known = lines(text, delimiter).next().map_or(0, |first| columns::known(&first.cells));
        if known > best.0 {
            best = (known, delimiter);
        }
    }
    let mut all = lines(text, best.1);
    let headings = all.next().ok_or(ReadError::Empty)?;
    let columns = columns::read(&headings.cells).map_err(|wrong| ReadError::Headings { wrong })?;
    let mut table = Table { columns, lines: Vec::new() };
    for line in all {
        if table.lines.len() >= MAX_ROWS {
            return Err(ReadError::TooManyRows);
        }
        if line.cells.iter().any(|cell| cell.len() > MAX_CELL) {
            return Err(ReadError::CellTooLong { line: line.number });
        }
        table.lines.push(line);
    }
    if table.lines.is_empty() { Err(ReadError::NoRows) } else { Ok(table) }
}

/// The rows that hold anything: a spreadsheet exports empty ones below the table.
fn lines(text: &str, delimiter: char) -> impl Iterator<Item = Line> + '_ {
    csv::ReaderBuilder::new()
        .delimiter(delimiter as u8)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
        .into_records()
        .map_while(Result::ok)
        .map(|record| Line {
            number: record.position().map_or(0, csv::Position::line),
            cells: record.iter().map(str::to_owned).collect(),
        })
        .filter(|line| line.cells.iter().any(|cell| !squash(cell).is_empty()))
}
