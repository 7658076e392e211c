//! Bytes to text: what encoding, and is it text at all?

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::question::{Cell, Question, QuestionCode};

/// Largest file that is read, in bytes (5 MiB). A plan of a thousand rows is well under one.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// Longest cell that is read, in bytes; Excel's own limit is 32,767 characters.
pub const MAX_CELL: usize = 32 * 1024;

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

/// Text with what has to be asked about its encoding.
pub(crate) struct Decoded {
    pub text: String,
    pub question: Option<Question>,
}

const SAVE_AS: &str =
    "open it and save the plan's table as CSV, or copy the table and paste it into a text file";

fn binary_kind(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if starts(b"%PDF") {
        Some(("a PDF", SAVE_AS))
    } else if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        Some(("a zip archive, as are .xlsx and .docx", SAVE_AS))
    } else if starts(b"\xD0\xCF\x11\xE0") {
        Some(("an old Word or Excel file", SAVE_AS))
    } else if starts(b"{\\rtf") {
        Some(("rich text", SAVE_AS))
    } else if starts(b"\x89PNG") || starts(b"\xFF\xD8\xFF") || starts(b"GIF8") {
        Some(("a picture", "a picture has no text to read; type or export the table"))
    } else {
        None
    }
}

/// Decodes UTF-8 (with or without a byte order mark), UTF-16 with one, or Windows-1252.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooBig { bytes: bytes.len() });
    }
    if let Some((kind, advice)) = binary_kind(bytes) {
        return Err(ReadError::Binary { kind, advice });
    }
    let (text, question) = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => (encoding.decode(bytes).0, None),
        None => match UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(text) => (text, None),
            None => (WINDOWS_1252.decode_without_bom_handling(bytes).0, Some(encoding_question())),
        },
    };
    if text.contains('\0') {
        return Err(ReadError::Binary { kind: "binary (it holds NUL characters)", advice: SAVE_AS });
    }
    let controls =
        text.chars().filter(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0B' | '\x0C')).count();
    if controls > 8 && controls * 50 > text.len() {
        return Err(ReadError::Binary { kind: "binary (it is full of control characters)", advice: SAVE_AS });
    }
    // Line ends in all their forms; Word pastes a vertical tab where a cell breaks its line.
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\x0B', " ");
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(Decoded { text, question })
}

fn encoding_question() -> Question {
    Question::new(
        QuestionCode::EncodingAssumed,
        Cell::File,
        "The file is not UTF-8. It was read as Windows-1252, as older spreadsheets save it. Accept if names, dashes and \
         quotation marks look right in this report; otherwise save the file again as CSV UTF-8.",
    )
}
