//! What a message may repeat of a file.

use domain::personal::find;

/// The text; or, where it holds a number that identifies a person, a note that it does.
pub(crate) fn shown(text: String) -> String {
    match find(&text) {
        Some(kind) => format!("(not shown: it holds {})", kind.name()),
        None => text,
    }
}

/// The beginning of a text, for a message about it.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
    // Cut after the look: half a number would pass.
    shown(text.to_owned()).chars().take(LONGEST).collect()
}
