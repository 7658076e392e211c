//! A PDF as pages of lines: each word with its place, its size and whether it is bold. What the words mean is for others.
//!
//! A library (`hayro`, docs/adr/0024) knows the format; here are the bounds within which it may work, and the way from glyphs to
//! lines. There is no clock here: how long a reading may take is for the caller to say, who can end it.

mod bounds;
mod glyphs;
mod lines;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_syntax::{LoadPdfError, Pdf};

/// The largest file that is read.
pub const MAX_BYTES: usize = 30 << 20;
/// Most pages that are read. The longest reports have some sixty.
pub const MAX_PAGES: usize = 300;
/// Most characters that are read, pages together. A full page has three thousand.
pub const MAX_GLYPHS: usize = 1_500_000;

/// The lines of every page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// In the file's order.
    pub pages: Vec<Page>,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Counted from 1.
    pub number: u32,
    /// Its height, in points.
    pub height: f32,
    /// Its lines, from the top; side by side from the left.
    pub lines: Vec<Line>,
    /// Whether it shows a picture.
    pub has_picture: bool,
}

/// What stands on one baseline.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// How far its baseline is below the top of the page, in points.
    pub y: f32,
    /// From the left. Never empty.
    pub words: Vec<Word>,
}

/// What stands together without a space.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Word {
    /// Where it begins and ends, from the left edge of the page, in points.
    pub x: (f32, f32),
    /// Its characters; [`UNKNOWN`] for one that the file does not name.
    pub text: String,
    /// The size of its font, in points.
    pub size: f32,
    /// Whether it is bold, as far as the file tells.
    pub is_bold: bool,
    /// Small and above the line, as the mark of a footnote is.
    pub is_raised: bool,
    /// Whether it follows the word before without a space.
    pub is_glued: bool,
}

/// Stands for a character that the file draws without saying which it is.
pub const UNKNOWN: char = '\u{FFFD}';

/// Why a file is no document of lines. Each text says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// Over [`MAX_BYTES`], or it unfolds to more than can be meant.
    #[error("the file is too large: {0}")]
    TooLarge(String),
    /// Something else.
    #[error("this is no PDF file but {0}; give the report as PDF, as it was published")]
    NotPdf(&'static str),
    /// It begins as one and cannot be read as one.
    #[error(
        "the PDF file is damaged or incomplete and cannot be read; fetch it again from where it was published"
    )]
    Damaged,
    /// It needs a password.
    #[error(
        "the PDF file is encrypted and needs a password; save it without one, or give it as it was published"
    )]
    Encrypted,
    /// Pictures of pages.
    #[error(
        "the PDF file holds pictures of its pages and no text ({pages} pages), as a scanner makes them; give the file as it was \
         published, or one with its text recognised"
    )]
    Scanned {
        /// How many pages it has.
        pages: usize,
    },
    /// Pages without anything.
    #[error("the pages of the PDF file are empty; give the report as it was published")]
    Blank,
    /// Its fonts do not say which characters they draw.
    #[error(
        "the text of the PDF file cannot be read: its fonts do not say which characters they draw; give the file as it was \
         published, or save it again as PDF from the program that made it"
    )]
    NoCharacters,
}

/// Reads a file, page by page; `progress` is told how many pages are done, of how many.
///
/// # Errors
/// [`PdfError`]: it is none, cannot be read, holds no text, or is over a bound.
pub fn read(bytes: &[u8], progress: &mut dyn FnMut(u32, u32)) -> Result<Document, PdfError> {
    if bytes.len() > MAX_BYTES {
        let size = format!("it has {} bytes, {MAX_BYTES} is the limit", bytes.len());
        return Err(PdfError::TooLarge(size));
    }
    if let Some(other) = no_pdf(bytes) {
        return Err(PdfError::NotPdf(other));
    }
    if !is_whole(bytes) {
        return Err(PdfError::Damaged);
    }
    bounds::check(bytes)?;
    // The library is written not to panic. If it does all the same, that is a damaged file, not the end of the service.
    catch_unwind(AssertUnwindSafe(|| pages(bytes, progress))).unwrap_or(Err(PdfError::Damaged))
}

fn pages(bytes: &[u8], progress: &mut dyn FnMut(u32, u32)) -> Result<Document, PdfError> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => PdfError::Encrypted,
        LoadPdfError::Invalid => PdfError::Damaged,
    })?;
    let of = pdf.pages().len();
    if of > MAX_PAGES {
        return Err(PdfError::TooLarge(format!("it has {of} pages, {MAX_PAGES} is the limit")));
    }
    let mut reader = glyphs::Reader::new(&pdf);
    let mut document = Document::default();
    for (index, page) in pdf.pages().iter().enumerate() {
        let drawn = reader.read(page);
        if reader.count() > MAX_GLYPHS {
            let limit = format!("it has over {MAX_GLYPHS} characters");
            return Err(PdfError::TooLarge(limit));
        }
        let done = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        document.pages.push(Page {
            number: done,
            height: drawn.height,
            has_picture: drawn.has_picture,
            lines: lines::of(drawn.glyphs),
        });
        progress(done, u32::try_from(of).unwrap_or(u32::MAX));
    }
    check_text(&document)?;
    Ok(document)
}

/// Whether a file has its end. The library makes what it can of one that breaks off; a report without its last pages would be read
/// as a whole one then.
fn is_whole(bytes: &[u8]) -> bool {
    const NEAR: usize = 16 << 10;
    let tail = bytes.get(bytes.len().saturating_sub(NEAR)..).unwrap_or(bytes);
    tail.windows(5).any(|window| window == b"%%EOF")
}

/// What a file that does not begin as a PDF seems to be. Some programs write a few bytes before the beginning.
fn no_pdf(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    if head.windows(5).any(|window| window == b"%PDF-") {
        return None;
    }
    let is_text = |byte: &u8| !byte.is_ascii_control() || byte.is_ascii_whitespace();
    Some(match head {
        [] => "an empty file",
        [b'P', b'K', 3, 4, ..] => "a Word, Excel or other zip file",
        [0xD0, 0xCF, 0x11, 0xE0, ..] => "an old Word or Excel file",
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] => "a picture",
        [b'<', ..] => "a web page",
        _ if head.iter().all(is_text) => "a text file",
        _ => "something else",
    })
}

/// Refuses a document whose text is not there, or not to be had.
fn check_text(document: &Document) -> Result<(), PdfError> {
    // A stamp on each scanned page is no text yet.
    const A_LINE: usize = 60;
    let pages = document.pages.len();
    let (mut known, mut unknown) = (0_usize, 0_usize);
    let words = document.pages.iter().flat_map(|page| &page.lines).flat_map(|line| &line.words);
    for character in words.flat_map(|word| word.text.chars()) {
        if character == UNKNOWN { unknown += 1 } else { known += 1 }
    }
    if unknown > known / 2 && unknown > A_LINE {
        return Err(PdfError::NoCharacters);
    }
    if known >= A_LINE.saturating_mul(pages.min(3)) {
        return Ok(());
    }
    if document.pages.iter().any(|page| page.has_picture) {
        return Err(PdfError::Scanned { pages });
    }
    // Numbers of pages are no text either.
    if known < 5 * pages { Err(PdfError::Blank) } else { Ok(()) }
}
