//! Word's styles of paragraphs, as far as they say that one is a heading or belongs to a list.

use std::collections::BTreeMap;

use super::super::error::ReadError;
use super::xml::{Node, Walk};

/// What a style says.
#[derive(Debug, Clone, Default)]
pub(crate) struct ParagraphStyle {
    based_on: Option<String>,
    level: Option<u8>,
    list: Option<u32>,
    list_level: Option<usize>,
}

/// The styles by their ids.
#[derive(Debug, Default)]
pub(crate) struct ParagraphStyles(BTreeMap<String, ParagraphStyle>);

/// A style stands on another, and that on another, so many times at most.
const CHAIN: usize = 12;
const MOST: usize = 20_000;

impl ParagraphStyles {
    pub fn read(text: &str) -> Result<ParagraphStyles, ReadError> {
        let mut styles = BTreeMap::new();
        let mut current: Option<String> = None;
        let mut walk = Walk::new(text);
        while let Some(node) = walk.next()? {
            let Node::Start(element) = node else { continue };
            if element.name == "style" {
                current = element.get("styleId").filter(|_| styles.len() < MOST);
                if let Some(id) = &current {
                    styles.insert(id.clone(), ParagraphStyle::default());
                }
                continue;
            }
            let Some(style) = current.as_ref().and_then(|id| styles.get_mut(id)) else { continue };
            match element.name.as_str() {
                "name" => style.level = style.level.or(heading(&element.get("val").unwrap_or_default())),
                "basedOn" => style.based_on = element.get("val"),
                "outlineLvl" => {
                    style.level =
                        style.level.or(element.number::<u8>("val").filter(|level| *level < 9).map(|l| l + 1));
                }
                "numId" => style.list = element.number("val"),
                "ilvl" => style.list_level = element.number("val"),
                _ => {}
            }
        }
        Ok(ParagraphStyles(styles))
    }

    fn chain(&self, id: &str) -> impl Iterator<Item = &ParagraphStyle> {
        let first = self.0.get(id);
        std::iter::successors(first, |style| style.based_on.as_ref().and_then(|id| self.0.get(id)))
            .take(CHAIN)
    }

    /// The level of a heading in this style; none where it is no heading's.
    pub fn level(&self, id: &str) -> Option<u8> {
        match self.0.get(id) {
            Some(_) => self.chain(id).find_map(|style| style.level),
            // A document without its part of styles still uses their usual ids.
            None => heading(id),
        }
    }

    /// The list of a paragraph in this style, and the level in it.
    pub fn list(&self, id: &str) -> Option<(u32, usize)> {
        let list = self.chain(id).find_map(|style| style.list)?;
        Some((list, self.chain(id).find_map(|style| style.list_level).unwrap_or(0)))
    }
}

/// "heading 2", in the name that every language of Word has inside.
fn heading(name: &str) -> Option<u8> {
    let name = name.to_lowercase();
    let level: u8 = name.strip_prefix("heading")?.trim().parse().ok()?;
    (1..=9).contains(&level).then_some(level)
}
