//! What a message may repeat of a file.

use domain::personal::find;

/// The text; or, where it holds a number that identifies a person, a note that it does.
pub(crate) fn shown(text: String) -> String {
    match find(&text) {
        Some(kind) => format!("(not shown: it holds {})", kind.name()),
        None => text,
    }
}
