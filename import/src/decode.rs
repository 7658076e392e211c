//! Bytes to text: what encoding, and is it text at all?

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Largest file that is read, in bytes (5 MiB). A plan of a thousand rows is well under one.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// Longest cell that is read, in bytes; Excel's own limit is 32,767 characters.
pub const MAX_CELL: usize = 32 * 1024;

/// Why bytes are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoText {
    Empty,
    TooBig { bytes: usize },
    Binary { kind: &'static str, advice: &'static str },
}

/// Text, and whether its encoding was a guess.
pub(crate) struct Decoded {
    pub text: String,
    /// It is not UTF-8, and was taken for Windows-1252.
    pub is_assumed: bool,
}

const SAVE_AS: &str = "open it and save the table as CSV, or copy the table and paste it into a text file";

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
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, NoText> {
    if bytes.len() > MAX_BYTES {
        return Err(NoText::TooBig { bytes: bytes.len() });
    }
    if let Some((kind, advice)) = binary_kind(bytes) {
        return Err(NoText::Binary { kind, advice });
    }
    let (text, is_assumed) = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => (encoding.decode(bytes).0, false),
        None => match UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(text) => (text, false),
            None => (WINDOWS_1252.decode_without_bom_handling(bytes).0, true),
        },
    };
    if text.contains('\0') {
        return Err(NoText::Binary { kind: "binary (it holds NUL characters)", advice: SAVE_AS });
    }
    let controls =
        text.chars().filter(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0B' | '\x0C')).count();
    if controls > 8 && controls * 50 > text.len() {
        return Err(NoText::Binary { kind: "binary (it is full of control characters)", advice: SAVE_AS });
    }
    // Line ends in all their forms; Word pastes a vertical tab where a cell breaks its line.
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\x0B', " ");
    if text.trim().is_empty() {
        return Err(NoText::Empty);
    }
    Ok(Decoded { text, is_assumed })
}
