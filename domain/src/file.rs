//! Files of evidence: which kinds are taken, how a name and a hash must look, and when a file may be handed out.

mod name;

pub use name::{LONGEST_NAME, check_name};

/// At most so many documents on a piece of evidence.
pub const MOST_DOCUMENTS: usize = 20;
/// At most so many versions of one document.
pub const MOST_VERSIONS: i32 = 50;

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

    /// The kind of a file by the ending of its name.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        Self::ALL.iter().copied().find(|of| of.endings().iter().any(|own| own.eq_ignore_ascii_case(ending)))
    }

    /// The kind of a media type as stated: parameters such as a charset do not count.
    pub fn of_media_type(stated: &str) -> Option<Self> {
        let essence = stated.split(';').next().unwrap_or_default().trim();
        Self::ALL.iter().copied().find(|of| of.media_type().eq_ignore_ascii_case(essence))
    }
}

/// A SHA-256 as it was given, in lower case; none where it is no 64 hexadecimal digits.
pub fn check_sha256(given: &str) -> Option<String> {
    let is_one = given.len() == 64 && given.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| given.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn with_a_scanner_only_what_is_clean_is_served() {
        let served = |has_scanner| Scan::ALL.iter().copied().filter(move |scan| scan.is_served(has_scanner));

        assert_eq!(served(true).collect::<Vec<_>>(), [Scan::Clean]);
        assert_eq!(served(false).collect::<Vec<_>>(), [Scan::Unscanned, Scan::Clean]);
    }

    #[test]
    fn a_type_is_known_by_its_essence() {
        assert_eq!(FileType::of_media_type("text/csv"), Some(FileType::Csv));
        assert_eq!(FileType::of_media_type(" Text/CSV ; charset=utf-8"), Some(FileType::Csv));
        assert_eq!(FileType::of_media_type("text/html"), None);
        assert_eq!(FileType::of_media_type(""), None);
    }

    #[test]
    fn a_type_is_known_by_the_ending_of_a_name() {
        assert_eq!(FileType::of_name("Minutes.of.November.PDF"), Some(FileType::Pdf));
        assert_eq!(FileType::of_name("photo.jpeg"), Some(FileType::Jpeg));
        assert_eq!(FileType::of_name("pdf"), None);
        assert_eq!(FileType::of_name("minutes.pdf.exe"), None);
    }

    #[test]
    fn types_share_neither_a_media_type_nor_an_ending() {
        let mut types: Vec<_> = FileType::ALL.iter().map(|of| of.media_type()).collect();
        let mut endings: Vec<_> = FileType::ALL.iter().flat_map(|of| of.endings()).collect();
        let (all_types, all_endings) = (types.len(), endings.len());
        types.sort_unstable();
        types.dedup();
        endings.sort_unstable();
        endings.dedup();

        assert_eq!((types.len(), endings.len()), (all_types, all_endings));
    }

    #[test]
    fn a_hash_is_kept_in_lower_case() {
        let hash = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";

        assert_eq!(check_sha256(hash), Some(hash.to_ascii_lowercase()));
        assert_eq!(check_sha256(&hash[1..]), None);
        assert_eq!(check_sha256(&format!("{}é", &hash[2..])), None);
        assert_eq!(check_sha256(&hash.replace('F', "G")), None);
    }

    proptest! {
        #[test]
        fn a_hash_that_is_taken_is_64_lower_case_digits(given in "[0-9a-fA-F]{62,66}") {
            match check_sha256(&given) {
                Some(kept) => prop_assert!(kept.len() == 64 && kept.eq_ignore_ascii_case(&given) && kept == kept.to_ascii_lowercase()),
                None => prop_assert_ne!(given.len(), 64),
            }
        }

        #[test]
        fn no_text_makes_a_panic(text: String) {
            check_sha256(&text);
            FileType::of_media_type(&text);
        }
    }
}
