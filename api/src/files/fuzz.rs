//! What is looked at byte by byte here: whether something is text.

use super::kind::Text;

/// A text, in pieces of a length that its first byte says: what is said of it does not depend on where it is cut.
pub(crate) fn text(data: &[u8]) {
    let whole = looked(data, data.len().max(1));
    let piece = data.first().map_or(1, |byte| usize::from(*byte) + 1);
    assert_eq!(looked(data, piece), whole);
    if std::str::from_utf8(data).is_ok() && data.iter().all(|byte| *byte >= 0x20 && *byte != 0x7f) {
        assert!(whole, "plain UTF-8 is text");
    }
    if data.contains(&0) {
        assert!(!whole, "no text holds a nought");
    }
}

fn looked(data: &[u8], piece: usize) -> bool {
    let mut text = Text::default();
    data.chunks(piece).all(|piece| text.look(piece).is_ok()) && text.end().is_ok()
}
