//! Marks that stand for a word: ticks, crosses, yes and no.

use super::text::squash;

/// Does the cell say done, by a tick or a yes?
pub(crate) fn is_tick(text: &str) -> bool {
    let text = squash(text).to_lowercase();
    matches!(text.as_str(), "y" | "yes" | "true") || is_tick_mark(&text)
}

/// Is it a tick, and no letter that could stand for yes as for yellow?
pub(crate) fn is_tick_mark(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{FE0F}').collect();
    !text.is_empty()
        && text
            .chars()
            .all(|c| matches!(c, '✓' | '✔' | '☑' | '✅' | '√' | '🗸' | '🗹' | '\u{F0FC}' | '\u{F0FE}'))
}

/// Does the cell say not done?
pub(crate) fn is_cross(text: &str) -> bool {
    let text = squash(text).to_lowercase();
    let text = text.trim_end_matches('\u{FE0F}');
    matches!(text, "n" | "no" | "false" | "n/a" | "✗" | "✘" | "☒" | "☐" | "❌" | "\u{F0FB}" | "\u{F0A8}")
}

/// Does a text of no letters and digits say something all the same?
pub(crate) fn is_mark(text: &str) -> bool {
    is_tick_mark(&squash(text)) || is_cross(text) || text.chars().any(is_disc)
}

/// The coloured discs and squares among the emoji.
fn is_disc(c: char) -> bool {
    matches!(c, '🔴' | '🟠' | '🟡' | '🟢' | '🔵' | '🟣' | '🟥' | '🟧' | '🟨' | '🟩' | '🟦' | '🟪')
}

/// A text whose coloured discs are words.
pub(crate) fn spelled(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for c in text.chars() {
        match super::colour::Colour::of_word(c.encode_utf8(&mut [0; 4])).filter(|_| is_disc(c)) {
            Some(colour) => {
                spelled.push(' ');
                spelled.push_str(colour.name());
                spelled.push(' ');
            }
            None => spelled.push(c),
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_and_crosses_are_told_apart() {
        for text in ["✓", "✔\u{FE0F}", "☑", "Y", "Yes", "TRUE", "✓ ✓"] {
            assert!(is_tick(text), "{text}");
        }
        for text in ["No", "N", "✗", "☐", "n/a"] {
            assert!(is_cross(text) && !is_tick(text), "{text}");
        }
        assert!(!is_tick("Yesterday") && !is_tick("") && !is_cross(""));
        assert_eq!(spelled("🟢").trim(), "green");
    }
}
