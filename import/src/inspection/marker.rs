//! What an item of a list begins with: a number, a letter, or a bullet of any shape.

use super::furniture::{Text, is_mark};
use crate::pdf::{UNKNOWN, Word};

/// The beginning of an item.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Marker {
    pub kind: Kind,
    /// Where the mark stands.
    pub x: f32,
    /// Where the words after it begin.
    pub text_x: f32,
    /// The words after it.
    pub rest: Vec<Word>,
}

impl Marker {
    /// Whether its words begin in a column of their own, and not a space behind it.
    pub fn is_set_off(&self) -> bool {
        self.rest.first().is_some_and(|word| self.text_x - self.x > 1.1 * word.size)
    }
}

/// Its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// "12." or "12)".
    Number(u32),
    /// "a)" or "iv.".
    Letter,
    /// A dot, a square, an arrow.
    Bullet,
    /// A dash, which can also be part of a sentence.
    Dash,
}

/// Whether a character is drawn as a bullet. Fonts of symbols have theirs in the area for private use, or do not say which they are.
fn is_bullet(character: char) -> bool {
    const BULLETS: &str = "•·●○◦■□▪▫◼◻▬►▶▸▹➢➤➔→✓✔★❖◆◇∙⁃‣⦁*";
    BULLETS.contains(character)
        || ('\u{E000}'..='\u{F8FF}').contains(&character)
        || character == UNKNOWN
        || character == '\u{7F}'
}

fn is_dash(text: &str) -> bool {
    ["-", "–", "—", "−", "‒", "‐"].contains(&text)
}

/// The mark that a line begins with.
pub(super) fn of(text: &Text<'_>) -> Option<Marker> {
    let words: Vec<Word> = text.line.words.iter().filter(|word| !is_mark(word)).cloned().collect();
    let (first, rest) = words.split_first()?;
    let gap = rest.first().map_or(0.0, |next| next.x.0 - first.x.1);
    let with = |kind: Kind, rest: Vec<Word>| {
        let text_x = rest.first().map_or(first.x.1, |word| word.x.0);
        Some(Marker { kind, x: first.x.0, text_x, rest })
    };
    let mut characters = first.text.chars();
    let begin = characters.next()?;
    if is_bullet(begin) {
        let after: String = characters.collect();
        let mut words = rest.to_vec();
        if !after.is_empty() {
            words.insert(0, Word { text: after, is_glued: false, ..first.clone() });
        }
        return with(Kind::Bullet, words);
    }
    if rest.is_empty() {
        // A number alone on its line is a mark only with its stop: its words follow, a hair lower.
        return number(&first.text).and_then(|(number, after)| {
            after.is_empty().then(|| with(Kind::Number(number), Vec::new())).flatten()
        });
    }
    if is_dash(&first.text) {
        return with(Kind::Dash, rest.to_vec());
    }
    if first.text == "o" && gap >= 0.45 * first.size {
        return with(Kind::Bullet, rest.to_vec());
    }
    if let Some((number, after)) = number(&first.text) {
        let mut words = rest.to_vec();
        if !after.is_empty() {
            words.insert(0, Word { text: after, is_glued: false, ..first.clone() });
        }
        return with(Kind::Number(number), words);
    }
    let is_bare = first.text.len() <= 3 && first.text.chars().all(|character| character.is_ascii_digit());
    let begins = rest.first().and_then(|word| word.text.chars().next()).is_some_and(char::is_uppercase);
    if is_bare && gap >= 0.6 * first.size && begins {
        return with(Kind::Number(first.text.parse().ok()?), rest.to_vec());
    }
    is_letter(&first.text).then(|| with(Kind::Letter, rest.to_vec())).flatten()
}

/// "12." or "12)", and what is printed right after it.
fn number(word: &str) -> Option<(u32, String)> {
    let word = word.strip_prefix('(').unwrap_or(word);
    let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
    let after = word.get(digits.len()..)?;
    let after = after.strip_prefix(['.', ')'])?;
    let is_word = after.is_empty() || after.chars().next().is_some_and(char::is_alphabetic);
    ((1..=3).contains(&digits.len()) && is_word)
        .then(|| Some((digits.parse().ok()?, after.to_owned())))
        .flatten()
}

fn is_letter(word: &str) -> bool {
    let Some(inner) = word.strip_suffix(['.', ')']) else { return false };
    let inner = inner.strip_prefix('(').unwrap_or(inner);
    let is_one = inner.len() == 1 && inner.chars().all(|character| character.is_ascii_lowercase());
    is_one
        || (!inner.is_empty() && inner.len() <= 4 && inner.chars().all(|character| "ivx".contains(character)))
}
