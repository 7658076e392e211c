//! Office files: what kind a file is by its bytes, and what of it is read.

mod archive;
mod formats;
mod numbering;
mod relations;
mod sheet;
mod strings;
mod styles;
mod symbols;
mod word;
mod word_properties;
mod word_styles;
mod word_table;
mod workbook;
mod xml;

use self::archive::Archive;
use self::relations::Relations;
use super::error::{MAX_OFFICE_BYTES, ReadError};
use super::table::Document;
use super::tables;

/// The most cells that a file may have.
const MAX_CELLS: usize = 300_000;
/// The most bytes of text that all of them may hold: one text of a workbook can stand in every cell.
const MAX_TEXT: usize = 10_000_000;

/// Counts what is kept of a file, and ends the reading where that is more than any plan has.
#[derive(Debug, Default)]
struct Kept {
    cells: usize,
    bytes: usize,
}

impl Kept {
    fn cell(&mut self) -> Result<(), ReadError> {
        self.cells += 1;
        if self.cells > MAX_CELLS {
            return Err(ReadError::TooMuch { what: format!("it has over {MAX_CELLS} cells") });
        }
        Ok(())
    }

    fn text(&mut self, bytes: usize) -> Result<(), ReadError> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > MAX_TEXT {
            return Err(ReadError::TooMuch {
                what: format!("its cells and paragraphs hold over {MAX_TEXT} bytes of text"),
            });
        }
        Ok(())
    }
}

const SAVE_AS: &str = "open it and save it as .xlsx or .docx, or save the table as CSV";

/// Reads an office file; `None` where the bytes are of another kind, which may be text.
pub(crate) fn extract(
    bytes: &[u8],
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Option<Document>, ReadError> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let refused = |kind, advice| Err(ReadError::Binary { kind, advice });
    if starts(b"%PDF") {
        return refused(
            "a PDF",
            "if it is a report of Ofsted, import it by import-report; if it is a plan, import the Word or Excel file that it was \
             made from, or copy its table into a text file or save it as CSV",
        );
    }
    if starts(b"\xD0\xCF\x11\xE0") {
        // A password puts a new file into the container of the old ones.
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        return if bytes.windows(name.len()).any(|window| window == name) {
            refused("protected by a password", "open it and save it without one")
        } else {
            refused("an old Word or Excel file", SAVE_AS)
        };
    }
    if !starts(b"PK\x03\x04") && !starts(b"PK\x05\x06") {
        return Ok(None);
    }
    if bytes.len() > MAX_OFFICE_BYTES {
        return Err(ReadError::OfficeTooBig { bytes: bytes.len() });
    }
    let mut archive = match Archive::open(bytes) {
        Ok(archive) => archive,
        Err(ReadError::Damaged { .. }) => {
            return refused("a zip archive, as are .xlsx and .docx, and damaged", SAVE_AS);
        }
        Err(error) => return Err(error),
    };
    let main = Relations::of(&mut archive, "")?.of_kind("officeDocument").map(str::to_owned);
    let main = main.filter(|main| archive.has(main)).or_else(|| {
        ["xl/workbook.xml", "word/document.xml"]
            .iter()
            .find(|name| archive.has(name))
            .map(|name| (*name).to_owned())
    });
    match main {
        Some(main) if main.to_lowercase().ends_with(".bin") => refused("a binary workbook (.xlsb)", SAVE_AS),
        Some(main) if archive.has_below("xl/") => {
            let (blocks, found) = workbook::read(&mut archive, &main, progress)?;
            tables::collect(blocks, found).map(Some)
        }
        Some(main) if archive.has_below("word/") => {
            let (blocks, found) = word::read(&mut archive, &main, progress)?;
            tables::collect(blocks, found).map(Some)
        }
        Some(_) if archive.has_below("ppt/") => {
            refused("a presentation", "copy its table into a document or a sheet and import that")
        }
        _ if archive.has("content.xml") => refused("an OpenDocument file (.ods or .odt)", SAVE_AS),
        _ => refused("a zip archive, and neither .xlsx nor .docx", SAVE_AS),
    }
}
