//! Why a file was refused.

use crate::decode::NoText;
pub use crate::decode::{MAX_BYTES, MAX_CELL};

/// Why a file was refused. Each text says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Nothing in it.
    #[error("the file is empty; give a CSV file or pasted text with the plan's table and its headings")]
    Empty,
    /// Over [`MAX_BYTES`].
    #[error(
        "the file has {bytes} bytes, over the limit of {MAX_BYTES}; keep only the plan's table and save it as CSV"
    )]
    TooBig {
        /// Its size.
        bytes: usize,
    },
    /// More rows than [`super::MAX_ROWS`].
    #[error(
        "the table has over {} rows; import the plan in parts, or remove what is not the plan",
        super::MAX_ROWS
    )]
    TooManyRows,
    /// A cell over [`MAX_CELL`].
    #[error(
        "a cell of row {row} of the table has over {MAX_CELL} bytes, more than a spreadsheet's can have; is a quotation mark \
         missing at its end?"
    )]
    CellTooLong {
        /// The row, counted as in [`super::Place`].
        row: u32,
    },
    /// No text file.
    #[error("the file is {kind}, not text; {advice}")]
    Binary {
        /// What it seems to be.
        kind: &'static str,
        /// What to do instead.
        advice: &'static str,
    },
    /// Text without a plan's table.
    #[error(
        "no table with a plan's headings was found{}; there must be one row of headings with an action or aim column \
         and at least one more of: number, recommendation, lead, by when, progress, RAG",
        seen(.headings)
    )]
    NoPlan {
        /// The cells of the likeliest row of headings, if any row had several cells.
        headings: Vec<String>,
    },
    /// A row of headings and nothing under it.
    #[error("the table has headings and no rows under them; give the whole table")]
    NoRows,
}

fn seen(headings: &[String]) -> String {
    if headings.is_empty() {
        String::new()
    } else {
        format!(" (the first cells are: {})", headings.join(" | "))
    }
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
