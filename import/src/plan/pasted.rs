//! Finds the plan's table in pasted text: whole documents with page marks, other tables and prose around it.

use std::sync::LazyLock;

use regex::Regex;

use super::error::ReadError;
use super::headings::Columns;
use super::model::Ignored;
use super::table::{Document, Source};
use super::text::{has_substance, pattern, squash};

/// A table goes on over a page break if its next line comes within this many lines.
const PAGE_BREAK_LINES: usize = 8;

static PAGE_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:page\s*)?[-–—_.\s]*(?:\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?)?[-–—_.\s]*$")
});
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*\d{1,3}\.\d{1,3}\b"));

/// A page number, a rule, or nothing but punctuation.
fn is_page_mark(line: &str) -> bool {
    PAGE_WORDS.is_match(line) || !has_substance(line)
}

fn cells(line: &str) -> Vec<String> {
    line.split('\t').map(str::to_owned).collect()
}

/// The most headings recognised on one line, if any line is a row of headings.
pub(crate) fn best_headings(text: &str) -> Option<usize> {
    text.lines()
        .filter(|line| line.contains('\t'))
        .filter_map(|line| Columns::from_cells(&cells(line)))
        .map(|columns| columns.kinds())
        .max()
}

/// Text outside the table, gathered so that one entry stands for a stretch of lines.
#[derive(Default)]
struct Outside {
    text: String,
    lines: usize,
}

impl Outside {
    fn add(&mut self, line: &str) {
        self.lines += 1;
        if self.text.len() < 200 {
            self.text.push(' ');
            self.text.push_str(&squash(line));
        }
    }

    fn end(&mut self, document: &mut Document) {
        if self.lines > 0 {
            let where_is = if document.tables.is_empty() { "before" } else { "after" };
            let why = format!("{} lines {where_is} the plan's table", self.lines);
            document.ignored.push(Ignored::new(self.text.trim(), why));
        }
        *self = Outside::default();
    }
}

/// Gathers the lines of the plan's tables and names everything else as ignored. `most` is the number of headings that
/// the best row of headings has: a table with less than half of them (a meeting's action log) is no part of the plan.
pub(crate) fn collect(text: &str, most: usize) -> Result<Document, ReadError> {
    let mut document = Document { source: Source::Pasted, ..Document::default() };
    let lines: Vec<&str> = text.lines().collect();
    let pages = text.contains('\x0C');
    let mut page = 1;
    let mut inside = false;
    let mut number = 0;
    let mut outside = Outside::default();
    for (at, line) in lines.iter().enumerate() {
        page += u32::try_from(line.matches('\x0C').count()).unwrap_or(0);
        let line = line.replace('\x0C', "");
        if line.trim().is_empty() {
            continue;
        }
        number += 1;
        let row = cells(&line);
        if let Some(columns) = document.headings(&row).filter(|columns| columns.kinds() * 2 > most) {
            if inside && document.repeats(&columns) {
                document.ignored.push(Ignored::new(&squash(&line), "the headings, printed again"));
            } else {
                outside.end(&mut document);
                document.begin(columns);
                inside = true;
                number = 1;
            }
        } else if !inside {
            outside.add(&line);
        } else if row.len() > 1 {
            document.push(row, pages.then_some(page), number)?;
        } else {
            match judge(&lines, at) {
                Loose::End => {
                    inside = false;
                    outside.add(&line);
                }
                Loose::PageMark => document.ignored.push(Ignored::new(&squash(&line), "a page mark")),
                Loose::Between => {
                    document.ignored.push(Ignored::new(&squash(&line), "text between two pages of the table"))
                }
                Loose::Part => document.push(row, pages.then_some(page), number)?,
            }
        }
    }
    outside.end(&mut document);
    Ok(document)
}

/// What a line without tabs is, inside a table.
enum Loose {
    /// The table has ended.
    End,
    PageMark,
    /// A running head or foot.
    Between,
    /// A part of the table that lost its empty cells.
    Part,
}

fn judge(lines: &[&str], at: usize) -> Loose {
    let goes_on = lines[at + 1..]
        .iter()
        .filter(|line| !line.trim().is_empty())
        .take(PAGE_BREAK_LINES)
        .any(|line| line.contains('\t'));
    let line = lines[at];
    let attached = at > 0 && lines[at - 1].contains('\t');
    if is_page_mark(line) {
        if goes_on { Loose::PageMark } else { Loose::End }
    } else if NUMBERED.is_match(line) || (attached && (goes_on || at + 1 == lines.len())) {
        Loose::Part
    } else if goes_on {
        Loose::Between
    } else {
        Loose::End
    }
}
