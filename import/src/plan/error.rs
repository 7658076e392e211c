//! Why a file was refused.

use crate::decode::NoText;
pub use crate::decode::{MAX_BYTES, MAX_CELL};

/// Largest XLSX or DOCX that is read, in bytes (10 MiB): pictures and styles weigh more than the table.
pub const MAX_OFFICE_BYTES: usize = 10 * 1024 * 1024;

/// Why a file was refused. Each text says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Nothing in it.
    #[error("the file is empty; give the plan's table with its headings, as XLSX, DOCX, CSV or pasted text")]
    Empty,
    /// Over [`MAX_BYTES`].
    #[error(
        "the file has {bytes} bytes, over the limit of {MAX_BYTES}; keep only the plan's table and save it as CSV"
    )]
    TooBig {
        /// Its size.
        bytes: usize,
    },
    /// An office file over [`MAX_OFFICE_BYTES`].
    #[error(
        "the file has {bytes} bytes, over the limit of {MAX_OFFICE_BYTES}; take its pictures out, or keep only the plan's table"
    )]
    OfficeTooBig {
        /// Its size.
        bytes: usize,
    },
    /// An office file that holds more than any plan does.
    #[error("the file is not read: {what}; copy the plan's table into a new file and save that")]
    TooMuch {
        /// What is too much.
        what: String,
    },
    /// An office file that cannot be read.
    #[error("the file is damaged: {why}; open it, save it again as .xlsx or .docx, and import that")]
    Damaged {
        /// What is wrong with it.
        why: &'static str,
    },
    /// More rows than [`super::MAX_ROWS`].
    #[error(
        "the table has over {} rows; import the plan in parts, or remove what is not the plan",
        super::MAX_ROWS
    )]
    TooManyRows,
    /// A cell over [`MAX_CELL`].
    #[error(
        "a cell of row {row} of the table has over {MAX_CELL} bytes, more than a spreadsheet's can have; in a CSV file a quotation \
         mark may be missing at its end"
    )]
    CellTooLong {
        /// The row, counted as in [`super::Place`].
        row: u32,
    },
    /// Of a kind that is not read.
    #[error("the file is {kind}, which is not read; {advice}")]
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
