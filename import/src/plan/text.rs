//! Small tools for text that has been through a word processor.

use regex::Regex;

/// Compiles a pattern written in this crate.
#[allow(
    clippy::expect_used,
    reason = "patterns are literals of this crate; every one is compiled in the tests"
)]
pub(crate) fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a literal pattern compiles")
}

/// Bullet marks, among them the private-use characters that Word's symbol fonts leave behind.
pub(crate) const BULLETS: &[char] =
    &['•', '·', '●', '▪', '■', '◦', '○', '‣', '►', '➢', '✓', '\u{F0B7}', '\u{F0A7}', '\u{F0D8}', '\u{F0FC}'];

/// One line: every run of white space is one space, soft hyphens are gone, typographic spaces are plain.
pub(crate) fn squash(text: &str) -> String {
    text.replace(['\u{AD}', '\u{200B}', '\u{FEFF}'], "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines squashed one by one; blank ones dropped.
pub(crate) fn squash_lines(text: &str) -> String {
    text.lines().map(squash).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Has it a letter or a digit?
pub(crate) fn has_substance(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Lower-case letters and digits of a word, for comparisons.
pub(crate) fn bare(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a text in their bare form.
pub(crate) fn bare_words(text: &str) -> Vec<String> {
    text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// Does the text start with a capital letter, behind quotation marks or brackets?
pub(crate) fn starts_upper(text: &str) -> bool {
    text.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_uppercase)
}

/// Does the text start with a small letter, behind quotation marks or brackets?
pub(crate) fn starts_lower(text: &str) -> bool {
    text.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_lowercase)
}

/// Does it end like a sentence?
pub(crate) fn ends_sentence(text: &str) -> bool {
    text.trim_end().trim_end_matches(['\'', '"', '’', '”', ')']).ends_with(['.', '!', '?'])
}
