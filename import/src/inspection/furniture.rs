//! What stands on every page and is not the text: running headers and footers, page numbers, footnotes.

use std::collections::HashMap;

use crate::pdf::{Document, Line, Page};

/// A line of the text proper.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text<'a> {
    /// Its page, from 1.
    pub page: u32,
    /// The line itself.
    pub line: &'a Line,
    /// The size that most of its letters have.
    pub size: f32,
    /// Whether its letters are bold.
    pub is_bold: bool,
}

/// A document without its furniture.
#[derive(Debug)]
pub(super) struct Body<'a> {
    /// The lines from first to last.
    pub lines: Vec<Text<'a>>,
    /// The size that most of the document has.
    pub size: f32,
}

/// The share of a page, from its top and from its bottom, in which headers and footers stand.
const MARGIN: f32 = 0.11;
/// What is smaller than this share of the text, at the bottom of a page, is a footnote.
const NOTE: f32 = 0.88;

impl<'a> Body<'a> {
    /// The document without its furniture.
    pub fn of(document: &'a Document) -> Self {
        let size = body_size(document);
        let repeated = repeated(document);
        let mut lines = Vec::new();
        for page in &document.pages {
            let mut of_page: Vec<Text<'a>> = page
                .lines
                .iter()
                .filter(|line| !is_furniture(line, page, &repeated))
                .map(|line| Text { page: page.number, line, size: size_of(line), is_bold: is_bold(line) })
                .collect();
            while of_page.last().is_some_and(|last| last.size < NOTE * size) {
                of_page.pop();
            }
            lines.extend(of_page);
        }
        Self { lines, size }
    }
}

impl Text<'_> {
    /// Where it begins.
    pub fn x(&self) -> f32 {
        self.line.words.first().map_or(0.0, |word| word.x.0)
    }

    /// Its words as they stand, the marks of footnotes included.
    pub fn printed(&self) -> String {
        printed(&self.line.words)
    }
}

/// Words as they stand.
pub(super) fn printed(words: &[crate::pdf::Word]) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() && !word.is_glued {
            text.push(' ');
        }
        text.push_str(&word.text);
    }
    text
}

/// Whether a word is the mark of a footnote: raised, and a number or a sign. The "st" of a raised 1st is none.
pub(super) fn is_mark(word: &crate::pdf::Word) -> bool {
    word.is_raised
        && word.text.chars().all(|character| character.is_ascii_digit() || "*†‡§,[]()".contains(character))
}

fn letters(line: &Line) -> impl Iterator<Item = (&crate::pdf::Word, usize)> {
    line.words.iter().filter(|word| !word.is_raised).map(|word| {
        let letters = word.text.chars().filter(|character| character.is_alphanumeric()).count();
        (word, letters)
    })
}

fn size_of(line: &Line) -> f32 {
    let mut sizes: Vec<(f32, usize)> = letters(line).map(|(word, count)| (word.size, count.max(1))).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, count)| count).sum::<usize>() / 2;
    let mut seen = 0;
    for (size, count) in sizes {
        seen += count;
        if seen > half {
            return size;
        }
    }
    line.words.first().map_or(0.0, |word| word.size)
}

fn is_bold(line: &Line) -> bool {
    let (mut bold, mut all) = (0, 0);
    for (word, count) in letters(line) {
        all += count;
        bold += if word.is_bold { count } else { 0 };
    }
    all > 0 && bold * 10 >= all * 8
}

/// The size that most letters of the document have, running headers and footers aside: in a short report those are many.
fn body_size(document: &Document) -> f32 {
    let mut counts: HashMap<i32, usize> = HashMap::new();
    for page in &document.pages {
        for line in page.lines.iter().filter(|line| !is_in_margin(line, page)) {
            for (word, count) in letters(line) {
                *counts.entry(half_points(word.size)).or_default() += count;
            }
        }
    }
    let most = counts.into_iter().max_by_key(|(size, count)| (*count, *size));
    most.map_or(12.0, |(size, _)| size as f32 / 2.0)
}

fn half_points(size: f32) -> i32 {
    (size * 2.0).round() as i32
}

/// What a line says in which page, with its numbers alike, so that "Page 3 of 12" is the same as "Page 4 of 12".
fn pattern(line: &Line) -> String {
    let text = printed(&line.words);
    text.chars().map(|character| if character.is_ascii_digit() { '0' } else { character }).collect()
}

fn is_in_margin(line: &Line, page: &Page) -> bool {
    line.y < MARGIN * page.height || line.y > (1.0 - MARGIN) * page.height
}

/// What stands in the margins of at least three pages, and of a quarter of all, at about one height.
fn repeated(document: &Document) -> HashMap<(String, i32), usize> {
    let mut seen: HashMap<(String, i32), usize> = HashMap::new();
    for page in &document.pages {
        for line in page.lines.iter().filter(|line| is_in_margin(line, page)) {
            *seen.entry((pattern(line), height(line))).or_default() += 1;
        }
    }
    let enough = (document.pages.len() / 4).max(3);
    seen.retain(|_, count| *count >= enough);
    seen
}

/// Heights of one band of some points are one.
fn height(line: &Line) -> i32 {
    (line.y / 6.0).round() as i32
}

fn is_furniture(line: &Line, page: &Page, repeated: &HashMap<(String, i32), usize>) -> bool {
    if !is_in_margin(line, page) {
        return false;
    }
    let pattern = pattern(line);
    let is_number = !pattern.is_empty()
        && pattern.chars().all(|character| character == '0' || " -–—|".contains(character))
        && pattern.chars().filter(|character| *character == '0').count() <= 4;
    let band = height(line);
    is_number
        || is_page_of(&pattern)
        || (band.saturating_sub(1)..=band.saturating_add(1))
            .any(|band| repeated.contains_key(&(pattern.clone(), band)))
}

/// "Page 3 of 12" and its like.
fn is_page_of(pattern: &str) -> bool {
    let words: Vec<String> = pattern.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_number = |word: &str| !word.is_empty() && word.chars().all(|character| character == '0');
    match words.as_slice() {
        ["page", number] => is_number(number),
        ["page", number, "of", all] => is_number(number) && is_number(all),
        [number, "of", all] => is_number(number) && is_number(all),
        _ => false,
    }
}
