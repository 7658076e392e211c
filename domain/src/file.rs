//! Files of evidence: which kinds are taken, how a name and a hash must look, and when a file may be handed out.

crate::vocabulary! {
    /// Whether a scanner has looked at a file for malicious content.
    Scan {
        /// Not yet, or there was none when it came.
        Unscanned = "UNSCANNED",
        /// It found nothing.
        Clean = "CLEAN",
        /// It found something.
        Infected = "INFECTED",
    }
}

impl Scan {
    /// Whether a file may be handed out. Where there is a scanner, only what it found clean; where there is none, whatever none
    /// ever found infected.
    pub fn is_served(self, has_scanner: bool) -> bool {
        match self {
            Self::Clean => true,
            Self::Unscanned => !has_scanner,
            Self::Infected => false,
        }
    }
}

/// The kinds of files that are taken as evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileType {
    /// A document as printed.
    Pdf,
    /// A picture, compressed without loss.
    Png,
    /// A photograph.
    Jpeg,
    /// A document of a word processor, Office Open XML.
    Docx,
    /// A workbook, Office Open XML.
    Xlsx,
    /// A document of a word processor, OpenDocument.
    Odt,
    /// A table as text.
    Csv,
    /// Plain text.
    Text,
}

impl FileType {
    /// Every kind.
    pub const ALL: &'static [Self] =
        &[Self::Pdf, Self::Png, Self::Jpeg, Self::Docx, Self::Xlsx, Self::Odt, Self::Csv, Self::Text];

    /// Its registered media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Csv => "text/csv",
            Self::Text => "text/plain",
        }
    }

    /// The endings that names of this kind have, in lower case, without the dot.
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Odt => &["odt"],
            Self::Csv => &["csv"],
            Self::Text => &["txt"],
        }
    }

    /// The kind of a media type as stated: parameters such as a charset do not count.
    pub fn of_media_type(stated: &str) -> Option<Self> {
        let essence = stated.split(';').next().unwrap_or_default().trim();
        Self::ALL.iter().copied().find(|of| of.media_type().eq_ignore_ascii_case(essence))
    }
}
