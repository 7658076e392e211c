//! Word's own numbers and bullets, which stand in no text: they are counted as Word counts them.

use std::collections::BTreeMap;

use super::super::error::ReadError;
use super::xml::{Node, Walk};

/// A list's levels, as Word has them.
const LEVELS: usize = 9;
/// More lists than any document has.
const MOST: usize = 20_000;

#[derive(Debug, Clone, Default)]
struct Level {
    format: String,
    text: String,
    start: Option<u32>,
}

#[derive(Debug, Clone, Default)]
struct List {
    of: u32,
    /// Levels that begin anew where this list is used for the first time.
    starts: Vec<(usize, u32)>,
    is_begun: bool,
}

/// The lists of a document, and how far each has come.
#[derive(Debug, Default)]
pub(crate) struct Numbering {
    kinds: BTreeMap<u32, Vec<Level>>,
    lists: BTreeMap<u32, List>,
    counts: BTreeMap<u32, [u32; LEVELS]>,
}

/// What stands before a paragraph of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Bullet,
    Number(String),
}

impl Numbering {
    pub fn read(text: &str) -> Result<Numbering, ReadError> {
        let mut numbering = Numbering::default();
        let (mut kind, mut list, mut level) = (None, None, 0);
        let mut walk = Walk::new(text);
        while let Some(node) = walk.next()? {
            let element = match node {
                Node::Start(element) => element,
                Node::End(name) => {
                    match name.as_str() {
                        "abstractNum" => kind = None,
                        "num" => list = None,
                        _ => {}
                    }
                    continue;
                }
                Node::Text(_) => continue,
            };
            match element.name.as_str() {
                "abstractNum" if numbering.kinds.len() < MOST => {
                    kind = element.number::<u32>("abstractNumId");
                    if let Some(kind) = kind {
                        numbering.kinds.insert(kind, vec![Level::default(); LEVELS]);
                    }
                }
                "num" if numbering.lists.len() < MOST => {
                    list = element.number::<u32>("numId");
                    if let Some(list) = list {
                        numbering.lists.insert(list, List::default());
                    }
                }
                "abstractNumId" => {
                    if let Some(list) = list.and_then(|list| numbering.lists.get_mut(&list)) {
                        list.of = element.number("val").unwrap_or_default();
                    }
                }
                "lvl" | "lvlOverride" => level = element.number::<usize>("ilvl").unwrap_or(0).min(LEVELS - 1),
                "startOverride" => {
                    if let Some(list) = list.and_then(|list| numbering.lists.get_mut(&list))
                        && list.starts.len() < LEVELS
                    {
                        list.starts.push((level, element.number("val").unwrap_or(1)));
                    }
                }
                name @ ("numFmt" | "lvlText" | "start") => {
                    let Some(level) = kind
                        .filter(|_| list.is_none())
                        .and_then(|kind| numbering.kinds.get_mut(&kind))
                        .and_then(|levels| levels.get_mut(level))
                    else {
                        continue;
                    };
                    match name {
                        "numFmt" => level.format = element.get("val").unwrap_or_default(),
                        "lvlText" => level.text = element.get("val").unwrap_or_default(),
                        _ => level.start = element.number("val"),
                    }
                }
                _ => {}
            }
        }
        Ok(numbering)
    }

    /// The next paragraph of a list at a level.
    pub fn next(&mut self, list: u32, level: usize) -> Option<Label> {
        let level = level.min(LEVELS - 1);
        let known = self.lists.get_mut(&list)?;
        let levels = self.kinds.get(&known.of)?;
        let counts = self.counts.entry(known.of).or_insert([0; LEVELS]);
        if !known.is_begun {
            known.is_begun = true;
            for (level, start) in &known.starts {
                counts[*level] = start.saturating_sub(1);
            }
        }
        let begins = |level: usize| levels.get(level).and_then(|level| level.start).unwrap_or(1);
        // A level that was passed over stands at its beginning.
        for (outer, count) in counts.iter_mut().enumerate().take(level) {
            if *count == 0 {
                *count = begins(outer);
            }
        }
        counts[level] = if counts[level] == 0 { begins(level) } else { counts[level].saturating_add(1) };
        counts[level + 1..].fill(0);
        let this = levels.get(level)?;
        match this.format.as_str() {
            "bullet" => Some(Label::Bullet),
            "none" | "" => None,
            _ => {
                let mut text = this.text.clone();
                for (at, count) in counts.iter().enumerate().take(level + 1) {
                    let format = levels.get(at).map_or("decimal", |level| level.format.as_str());
                    text = text.replace(&format!("%{}", at + 1), &in_format(*count, format));
                }
                let text: String = text.trim().chars().take(40).collect();
                (!text.is_empty()).then_some(Label::Number(text))
            }
        }
    }
}

fn in_format(number: u32, format: &str) -> String {
    let letter = |first: u8| {
        let at = u8::try_from(number.saturating_sub(1) % 26).unwrap_or(0);
        let times = (number.saturating_sub(1) / 26 + 1).min(5) as usize;
        char::from(first + at).to_string().repeat(times)
    };
    match format {
        "lowerLetter" => letter(b'a'),
        "upperLetter" => letter(b'A'),
        "lowerRoman" => roman(number).to_lowercase(),
        "upperRoman" => roman(number),
        "decimalZero" => format!("{number:02}"),
        _ => number.to_string(),
    }
}

fn roman(number: u32) -> String {
    const SIGNS: [(u32, &str); 9] =
        [(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let mut rest = number.min(399);
    let mut out = String::new();
    for (value, sign) in SIGNS {
        while rest >= value {
            out.push_str(sign);
            rest -= value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &str = r#"<w:numbering xmlns:w="w">
        <w:abstractNum w:abstractNumId="0">
            <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
            <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
            <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="(%3)"/></w:lvl>
        </w:abstractNum>
        <w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/></w:lvl></w:abstractNum>
        <w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>
        <w:num w:numId="6"><w:abstractNumId w:val="1"/></w:num>
        <w:num w:numId="7"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="4"/></w:lvlOverride></w:num>
    </w:numbering>"#;

    #[test]
    fn lists_are_counted_as_word_counts_them() {
        let mut numbering = Numbering::read(LISTS).unwrap();
        let mut next = |list, level| match numbering.next(list, level) {
            Some(Label::Number(text)) => text,
            Some(Label::Bullet) => "bullet".to_owned(),
            None => String::new(),
        };
        let labels = [(5, 0), (5, 1), (5, 1), (5, 2), (5, 0), (5, 1), (6, 0), (7, 0), (7, 0), (9, 0)]
            .map(|(list, level)| next(list, level));
        assert_eq!(labels, ["1.", "1.1", "1.2", "(i)", "2.", "2.1", "bullet", "4.", "5.", ""]);
    }
}
