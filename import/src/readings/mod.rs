//! Reads readings of measures from a table: which measure, which period, what figures. It guesses nothing: whatever is not as
//! `docs/import.md` says is a [`Problem`], with its line, its column, and what would be right.
//!
//! What a row means for its measure (does it exist, is the period one of its own, do the figures agree) is for the caller to say, who knows
//! the measures; the rules are `domain::measure`.

mod cells;
mod columns;
mod rows;
mod table;

use std::fmt;

use domain::measure::{Figures, Period};

use crate::decode::{MAX_BYTES, MAX_CELL, NoText, decode};
pub use columns::Column;

/// Most rows that a file may have.
pub const MAX_ROWS: usize = 5000;

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readings {
    /// The rows without a problem.
    pub rows: Vec<Row>,
    /// All that is wrong, by line. A file with a problem is not to be taken up in part.
    pub problems: Vec<Problem>,
    /// The file is not UTF-8 and was read as Windows-1252; letters with accents, dashes and quotation marks may be wrong, figures not.
    pub is_encoding_assumed: bool,
}

/// One reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which it begins, from 1.
    pub line: u64,
    /// The measure, by its code or reference as printed.
    pub measure: String,
    /// The period.
    pub period: Period,
    /// The figures; whether they agree depends on the measure's unit.
    pub figures: Figures,
    /// What it breaks the total down by, and the category; neither for the total.
    pub part: Option<Part>,
    /// What is to be known about the figure.
    pub caveat: Option<String>,
    /// Who says that the value is another.
    pub disputed_by: Option<String>,
}

/// One category of a breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Part {
    /// What the total is broken down by: age, ethnicity, team.
    pub dimension: String,
    /// Which of them.
    pub category: String,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, from 1.
    pub line: u64,
    /// The column, if it is about one.
    pub column: Option<Column>,
    /// What was found.
    pub wrong: String,
    /// What would be right.
    pub right: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", {}", column.heading())?;
        }
        write!(f, ": {}; {}", self.wrong, self.right)
    }
}

/// Why a file was refused as a whole. Each text says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Nothing in it.
    #[error("the file is empty; give a CSV file with headings and a row for each reading")]
    Empty,
    /// Over the limit.
    #[error("the file has {bytes} bytes, over the limit of {MAX_BYTES}; give it in parts")]
    TooBig {
        /// Its size.
        bytes: usize,
    },
    /// No text file.
    #[error("the file is {kind}, not text; {advice}")]
    Binary {
        /// What it seems to be.
        kind: &'static str,
        /// What to do instead.
        advice: &'static str,
    },
    /// More rows than [`MAX_ROWS`].
    #[error("the file has over {MAX_ROWS} rows; give it in parts")]
    TooManyRows,
    /// A cell that is longer than a spreadsheet's can be.
    #[error(
        "a cell of the row on line {line} has over {MAX_CELL} bytes, more than a spreadsheet's can have; is a quotation mark missing at \
         its end?"
    )]
    CellTooLong {
        /// The line, from 1.
        line: u64,
    },
    /// Headings that are not those of readings.
    #[error("{wrong}; the first row holds the headings: {}", columns::expected())]
    Headings {
        /// What is wrong with them.
        wrong: String,
    },
    /// Headings and nothing under them.
    #[error("the file has headings and no rows under them; give a row for each reading")]
    NoRows,
}

impl From<NoText> for ReadError {
    fn from(why: NoText) -> Self {
        match why {
            NoText::Empty => Self::Empty,
            NoText::TooBig { bytes } => Self::TooBig { bytes },
            NoText::Binary { kind, advice } => Self::Binary { kind, advice },
        }
    }
}

/// Reads readings from the bytes of a CSV file, separated by commas, semicolons, tabs or pipes.
///
/// # Errors
/// [`ReadError`] when it is no such file.
pub fn read(bytes: &[u8]) -> Result<Readings, ReadError> {
    let decoded = decode(bytes)?;
    let table = table::find(&decoded.text)?;
    let (rows, problems) = rows::understand(&table);
    Ok(Readings { rows, problems, is_encoding_assumed: decoded.is_assumed })
}
