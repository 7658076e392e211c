//! What a file is, by its bytes: whether it is of the kind that its sender says.
//!
//! A library tells by the first bytes; what it cannot tell is looked at here: documents that are archives must hold what makes
//! them documents, within bounds, and texts must be text from the first byte to the last.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use domain::file::FileType;
use rawzip::{RECOMMENDED_BUFFER_SIZE, ReaderAt, ZipArchive};

/// The most entries of an archive.
const ENTRIES: u64 = 1_000;
/// The most bytes that it unpacks to.
const UNPACKED: u64 = 100_000_000;
/// The most that it may grow by being unpacked.
const RATIO: u64 = 100;
/// As much of the beginning as the library needs: a signature of tar stands at 257.
const BEGINNING: usize = 8192;

/// Why a file is not what its sender says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// It is something else; what.
    IsOther(String),
    /// It says that it is a text, and is none; what is in it.
    NoText(&'static str),
    /// It is an archive that holds more than a document does; what is too much.
    TooMuch(String),
    /// It is a document with macros.
    Macros,
}

impl Mismatch {
    /// What to tell the sender, who announced a file of this kind.
    pub(super) fn message(&self, announced: FileType) -> String {
        let announced = announced.media_type();
        match self {
            Self::IsOther(found) => format!("The file was announced as {announced}, and it is {found}."),
            Self::NoText(why) => format!(
                "The file was announced as {announced}, and it is no text: it has {why}. Text is UTF-8, or Windows-1252."
            ),
            Self::TooMuch(what) => format!("The file is an archive that is not taken: it {what}."),
            Self::Macros => "The file holds macros: save it without them.".to_owned(),
        }
    }
}

/// Whether a file is of a kind. It blocks, and reads as much as it needs to.
///
/// # Errors
/// Where the file cannot be read.
pub(super) fn check(file: &mut File, announced: FileType) -> io::Result<Result<(), Mismatch>> {
    let beginning = beginning(file)?;
    let outcome = match announced {
        FileType::Pdf | FileType::Png | FileType::Jpeg => {
            let is_it =
                infer::get(&beginning).is_some_and(|found| found.mime_type() == announced.media_type());
            if is_it { Ok(()) } else { Err(Mismatch::IsOther(named(&beginning))) }
        }
        FileType::Csv | FileType::Text => text(file, &beginning)?,
        FileType::Docx | FileType::Xlsx | FileType::Odt => {
            let size = file.metadata()?.len();
            archive(file.try_clone()?, size, &beginning, announced)
        }
    };
    file.seek(SeekFrom::Start(0))?;
    Ok(outcome)
}

fn beginning(file: &mut File) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::with_capacity(BEGINNING);
    file.seek(SeekFrom::Start(0))?;
    file.take(BEGINNING as u64).read_to_end(&mut beginning)?;
    Ok(beginning)
}

/// What the bytes look like, for a message.
fn named(beginning: &[u8]) -> String {
    match infer::get(beginning) {
        Some(found) => found.mime_type().to_owned(),
        None if beginning.iter().all(|byte| !is_control(*byte)) => "text".to_owned(),
        None => "of no kind that is known here".to_owned(),
    }
}

/// What begins with printable characters and is no plain text all the same.
const WRITTEN: [&str; 6] = [
    "application/pdf",
    "application/postscript",
    "application/rtf",
    "text/html",
    "text/xml",
    "text/x-shellscript",
];

fn text(file: &mut File, beginning: &[u8]) -> io::Result<Result<(), Mismatch>> {
    // By the first two bytes alone a text that begins with BM is a picture: only what says more than that is believed.
    if let Some(found) = infer::get(beginning).filter(|found| WRITTEN.contains(&found.mime_type())) {
        return Ok(Err(Mismatch::IsOther(found.mime_type().to_owned())));
    }
    let mut looked = Text::default();
    let mut buffer = vec![0; 64 * 1024];
    file.seek(SeekFrom::Start(0))?;
    loop {
        let read = file.read(&mut buffer)?;
        let bytes = buffer.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(looked.end());
        }
        if let Err(why) = looked.look(bytes) {
            return Ok(Err(why));
        }
    }
}

/// A text as far as it has been looked at: it may come in pieces, and a piece may end inside a character.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// The beginning of a character whose end has not come.
    open: Vec<u8>,
    is_no_utf8: bool,
    is_no_windows: bool,
}

impl Text {
    /// Looks at the next piece.
    pub(super) fn look(&mut self, bytes: &[u8]) -> Result<(), Mismatch> {
        if bytes.contains(&0) {
            return Err(Mismatch::NoText("bytes that are nought"));
        }
        if bytes.iter().any(|byte| is_control(*byte)) {
            return Err(Mismatch::NoText("control characters"));
        }
        // Those five mean nothing in Windows-1252.
        self.is_no_windows |= bytes.iter().any(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
        if !self.is_no_utf8 {
            let mut all = std::mem::take(&mut self.open);
            all.extend_from_slice(bytes);
            if let Err(error) = std::str::from_utf8(&all) {
                match error.error_len() {
                    Some(_) => self.is_no_utf8 = true,
                    None => self.open = all.get(error.valid_up_to()..).unwrap_or_default().to_vec(),
                }
            }
        }
        self.verdict()
    }

    /// There is no more.
    pub(super) fn end(mut self) -> Result<(), Mismatch> {
        self.is_no_utf8 |= !self.open.is_empty();
        self.verdict()
    }

    fn verdict(&self) -> Result<(), Mismatch> {
        match self.is_no_utf8 && self.is_no_windows {
            true => Err(Mismatch::NoText("bytes that are no characters")),
            false => Ok(()),
        }
    }
}

/// What no text has: all that steers a terminal or a printer, but for tabs, ends of lines, and ends of pages.
fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1f | 0x7f)
}

/// What an archive holds, as far as it matters.
#[derive(Debug, Default)]
struct Held {
    has_content_types: bool,
    has_word: bool,
    has_sheet: bool,
    has_slides: bool,
    has_content: bool,
    has_macros: bool,
}

impl Held {
    fn note(&mut self, name: &[u8]) {
        let is_xml = name.ends_with(b".xml");
        match name {
            b"[Content_Types].xml" => self.has_content_types = true,
            b"content.xml" => self.has_content = true,
            _ if name.ends_with(b"vbaProject.bin") => self.has_macros = true,
            _ if is_xml && name.starts_with(b"word/") => self.has_word = true,
            _ if is_xml && name.starts_with(b"xl/") => self.has_sheet = true,
            _ if is_xml && name.starts_with(b"ppt/") => self.has_slides = true,
            _ => {}
        }
    }

    /// The kind of document that it is, if it is one of ours.
    fn kind(&self, beginning: &[u8]) -> Result<FileType, &'static str> {
        let is_office = self.has_content_types;
        match infer::get(beginning).map(|found| found.mime_type()) {
            Some(found) if found == FileType::Odt.media_type() && self.has_content => Ok(FileType::Odt),
            _ if is_office && self.has_word => Ok(FileType::Docx),
            _ if is_office && self.has_sheet => Ok(FileType::Xlsx),
            _ if is_office && self.has_slides => Err("a presentation"),
            Some(found) if found != "application/zip" => Err(found),
            _ => Err("an archive, and no document"),
        }
    }
}

/// Looks through the directory of an archive, entry by entry: how much it claims to hold does not decide how much we do.
fn archive(file: File, size: u64, beginning: &[u8], announced: FileType) -> Result<(), Mismatch> {
    let broken = || Mismatch::IsOther(format!("{}, or damaged", named(beginning)));
    if !beginning.starts_with(b"PK\x03\x04") {
        return Err(Mismatch::IsOther(named(beginning)));
    }
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = ZipArchive::from_file(file, &mut buffer).map_err(|_| broken())?;
    let held = held(&archive, size, &mut buffer)?.ok_or_else(broken)?;
    if held.has_macros {
        return Err(Mismatch::Macros);
    }
    match held.kind(beginning) {
        Ok(found) if found == announced => Ok(()),
        Ok(found) => Err(Mismatch::IsOther(found.media_type().to_owned())),
        Err(found) => Err(Mismatch::IsOther(found.to_owned())),
    }
}

/// None where the directory cannot be read to its end.
fn held<R: ReaderAt>(
    archive: &ZipArchive<R>,
    size: u64,
    buffer: &mut [u8],
) -> Result<Option<Held>, Mismatch> {
    let (mut held, mut count, mut unpacked) = (Held::default(), 0_u64, 0_u64);
    let mut entries = archive.entries(buffer);
    loop {
        let entry = match entries.next_entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => return Ok((count == archive.entries_hint()).then_some(held)),
            Err(_) => return Ok(None),
        };
        count += 1;
        unpacked = unpacked.saturating_add(entry.uncompressed_size_hint());
        if count > ENTRIES {
            return Err(Mismatch::TooMuch(format!("has over {ENTRIES} entries")));
        }
        if unpacked > UNPACKED {
            return Err(Mismatch::TooMuch(format!("unpacks to over {UNPACKED} bytes")));
        }
        if unpacked > size.saturating_mul(RATIO) {
            return Err(Mismatch::TooMuch(format!("unpacks to over {RATIO} times its size")));
        }
        held.note(entry.file_path().as_bytes());
    }
}

#[cfg(test)]
#[path = "kind_tests.rs"]
mod tests;
