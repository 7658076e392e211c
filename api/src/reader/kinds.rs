//! How each kind of document is read: the one place where the process that reads meets the crate that can.

use domain::document::DocumentKind;
use domain::personal;

/// The longest that is said of what is wrong with a document, in characters.
const LONGEST: usize = 2_000;

/// What a document holds, as JSON: of a plan its tables, of an inspection report the report.
///
/// # Errors
/// Why it cannot be read, and what would be right, in a sentence.
pub(super) fn read(
    kind: DocumentKind,
    bytes: &[u8],
    progress: &mut dyn FnMut(u32, u32),
) -> Result<String, String> {
    match kind {
        DocumentKind::Plan => {
            let read =
                import::plan::extract(bytes, progress).map_err(|wrong| sentence(&wrong.to_string()))?;
            serde_json::to_string(&read).map_err(|_| unwritten())
        }
        DocumentKind::InspectionReport => {
            let read =
                import::inspection::read(bytes, progress).map_err(|wrong| sentence(&wrong.to_string()))?;
            serde_json::to_string(&read).map_err(|_| unwritten())
        }
    }
}

fn unwritten() -> String {
    "What was read of this document cannot be kept.".to_owned()
}

/// A message of a reader as a sentence for people. One that repeats a number that identifies a person is not told.
fn sentence(message: &str) -> String {
    if let Some(kind) = personal::find(message) {
        return format!(
            "This document cannot be read, and what is wrong with it cannot be shown: the place holds {}.",
            kind.name()
        );
    }
    let mut letters = message.chars().take(LONGEST);
    let mut told: String =
        letters.next().map(char::to_uppercase).into_iter().flatten().chain(letters).collect();
    if !told.ends_with(['.', '?', '!']) {
        told.push('.');
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_in_a_sentence_and_repeats_no_number_of_a_person() {
        assert_eq!(sentence("the file is empty"), "The file is empty.");
        assert_eq!(sentence(""), ".");
        let told = sentence("the first cells are: 943 476 5919 | Aim");
        assert!(!told.contains("943"), "{told}");
    }
}
