//! What stands outside of the plan's tables: headings above them, names of sheets, and everything else.

use std::sync::LazyLock;

use regex::Regex;

use super::grid::{Block, Grid};
use super::model::Ignored;
use super::table::Document;
use super::tables::{headings_of, texts};
use super::text::{ends_sentence, has_substance, pattern, squash};

static NO_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:sheet|table|tab|plan|action plan|improvement plan|actions|tracker|action tracker|data)\s*\d*$",
    )
});

/// A heading that Word does not call one: short, and directly above its table.
const SHORT: usize = 12;
const PLAIN: u8 = 10;
const SHEET: u8 = 11;
/// The lines directly above a table's headings, the nearest first.
const LEAD_IN: u8 = 12;
const LEAD_INS: u8 = 4;

/// For each piece of a file the headings that stand outside of its table. One that stands over every table is the title of the
/// whole, and a heading of none.
pub(crate) fn themes(blocks: &[Block], is_plan: &[bool]) -> Vec<Vec<String>> {
    let mut of_block: Vec<Vec<(u8, String)>> = Vec::new();
    let mut outline: Vec<(u8, String)> = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let mut here = Vec::new();
        match block {
            Block::Text(paragraph) => {
                let text = squash(&paragraph.text);
                if let Some(level) = paragraph.level.filter(|_| has_substance(&text)) {
                    outline.retain(|(known, _)| *known < level);
                    outline.push((level, text));
                } else if is_plain_heading(&text) && next_is_plan(blocks, is_plan, at) {
                    outline.retain(|(known, _)| *known < PLAIN);
                    outline.push((PLAIN, text));
                }
            }
            Block::Grid(grid) if is_plan[at] => {
                here.extend(outline.iter().cloned());
                if let Some(sheet) = grid.sheet.as_ref().filter(|sheet| !NO_NAME.is_match(sheet.trim())) {
                    here.push((SHEET, sheet.clone()));
                }
                if !repeats_lead_in(grid) {
                    here.extend((LEAD_IN..).zip(lead_ins(grid)));
                }
            }
            Block::Grid(_) => {}
        }
        of_block.push(here);
    }
    let tables = of_block.iter().zip(is_plan).filter(|(_, is_plan)| **is_plan).map(|(themes, _)| themes);
    let tables: Vec<&Vec<(u8, String)>> = tables.collect();
    let mut levels: Vec<u8> = (1..LEAD_IN + LEAD_INS)
        .filter(|level| {
            let mut names: Vec<&str> = tables
                .iter()
                .flat_map(|themes| themes.iter())
                .filter(|(known, _)| known == level)
                .map(|(_, name)| name.as_str())
                .collect();
            names.sort_unstable();
            names.dedup();
            names.len() > 1
        })
        .collect();
    // Of the lines above the headings the nearest that tells tables apart is their theme; it says more than the sheet's name.
    if let Some(first) = levels.iter().find(|level| **level >= LEAD_IN).copied() {
        levels.retain(|level| *level < SHEET || *level == first);
    }
    let mut themes: Vec<Vec<String>> = of_block
        .iter()
        .map(|themes| {
            themes.iter().filter(|(level, _)| levels.contains(level)).map(|(_, name)| name.clone()).collect()
        })
        .collect();
    // A paragraph that became a heading is known by it.
    let used: Vec<String> = themes.iter().flatten().cloned().collect();
    for (at, block) in blocks.iter().enumerate() {
        if let Block::Text(paragraph) = block {
            let text = squash(&paragraph.text);
            if used.contains(&text) {
                themes[at] = vec![text];
            }
        }
    }
    themes
}

fn is_plain_heading(text: &str) -> bool {
    has_substance(text)
        && text.split(' ').count() <= SHORT
        && !ends_sentence(text)
        && !text.ends_with([':', ',', ';'])
}

fn next_is_plan(blocks: &[Block], is_plan: &[bool], at: usize) -> bool {
    let next = blocks.iter().zip(is_plan).skip(at + 1).find(|(block, _)| match block {
        Block::Text(paragraph) => has_substance(&paragraph.text),
        Block::Grid(_) => true,
    });
    next.is_some_and(|(_, is_plan)| *is_plan)
}

/// What stands alone in each of the rows directly above a table's headings, the nearest first.
fn lead_ins(grid: &Grid) -> Vec<String> {
    let headings = grid.rows.iter().position(|row| headings_of(row).is_some()).unwrap_or_default();
    (0..LEAD_INS.into()).map_while(|up| above(grid, headings.checked_sub(up)?)).collect()
}

fn above(grid: &Grid, headings: usize) -> Option<String> {
    let row = grid.rows.get(headings.checked_sub(1)?)?;
    let filled: Vec<String> =
        texts(row).iter().map(|cell| squash(cell)).filter(|cell| has_substance(cell)).collect();
    match filled.as_slice() {
        [one] if one.len() <= 200 && !ends_sentence(one) => Some(one.clone()),
        _ => None,
    }
}

/// Are the headings printed again further down, under another line that stands alone? Then so does the first.
pub(crate) fn repeats_lead_in(grid: &Grid) -> bool {
    let headings: Vec<usize> =
        (0..grid.rows.len()).filter(|at| headings_of(&grid.rows[*at]).is_some()).collect();
    headings.len() > 1 && headings.iter().all(|at| above(grid, *at).is_some())
}

/// Text outside of the tables, gathered so that one entry stands for a stretch of paragraphs.
#[derive(Default)]
pub(crate) struct Outside {
    text: String,
    paragraphs: usize,
}

impl Outside {
    pub fn add(&mut self, text: &str) {
        self.paragraphs += 1;
        if self.text.len() < 200 {
            self.text.push(' ');
            self.text.push_str(&squash(text));
        }
    }

    pub fn end(&mut self, document: &mut Document) {
        if self.paragraphs > 0 && has_substance(&self.text) {
            let where_is = if document.tables.is_empty() { "before" } else { "after" };
            let count = match self.paragraphs {
                1 => "a paragraph".to_owned(),
                many => format!("{many} paragraphs"),
            };
            document
                .ignored
                .push(Ignored::new(self.text.trim(), format!("{count} {where_is} the plan's table")));
        }
        *self = Outside::default();
    }
}
