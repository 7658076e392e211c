//! From rows of a table to lines of a plan: what merged cells stand beside, what is struck through, what rates by its colour.

use super::error::ReadError;
use super::grid::{GridCell, GridRow};
use super::headings::Column;
use super::model::Ignored;
use super::reference;
use super::slots::Slots;
use super::table::{Document, Line, Mark};
use super::tables::first;
use super::text::{has_substance, squash};
use super::ticks;

/// Lines of one table whose merged cells have not been shared out yet.
#[derive(Default)]
pub(crate) struct Lines {
    pending: Vec<Pending>,
    /// What stands under none of the headings.
    outside: Vec<String>,
}

/// The most bytes of a table once its merged cells are shared out.
const MAX_SHARED: usize = 20_000_000;

/// So many texts are named one by one.
const NAMED: usize = 20;

#[derive(Default)]
struct Pending {
    line: Line,
    /// For each cell whether it is the lower part of one above.
    lower: Vec<bool>,
}

impl Pending {
    fn is_lower(&self, at: Option<usize>) -> bool {
        at.is_some_and(|at| self.lower.get(at).copied().unwrap_or(false))
    }

    fn says(&self, at: usize) -> bool {
        !self.is_lower(Some(at)) && self.line.cells.get(at).is_some_and(|cell| has_substance(cell))
    }
}

impl Lines {
    /// Takes up a row under the table's headings.
    pub fn add(&mut self, slots: &Slots, row: &GridRow) {
        let mut line = Line {
            cells: vec![String::new(); slots.len()],
            row: row.number,
            page: row.page,
            ..Line::default()
        };
        line.is_hidden = row.is_hidden;
        let mut lower = vec![false; slots.len()];
        let filled =
            row.cells.iter().filter(|cell| !cell.is_lower && (!cell.is_empty() || cell.struck.is_some()));
        let places = slots.of_cells(row);
        let is_wide =
            |cell: &GridCell| cell.end.saturating_sub(cell.start) * 5 >= slots.width() * 3 && slots.len() > 2;
        // A banner can have its number in a cell before it; numbers of sections are dropped.
        let number = first(&slots.columns, Column::Reference);
        let is_number = |at: usize| number.is_some() && places.get(at).copied().flatten() == number;
        let numbered = filled.clone().count() == 2
            && row
                .cells
                .iter()
                .enumerate()
                .any(|(at, cell)| is_number(at) && !cell.is_lower && !cell.is_empty())
            && filled.clone().any(is_wide);
        let alone = numbered || filled.clone().count() == 1;
        // A row all of whose words are struck through is read as it stands, and asked about.
        line.is_struck = filled.clone().next().is_some() && filled.clone().all(|cell| cell.is_empty());
        for (cell, place) in row.cells.iter().zip(places.iter().copied()) {
            let text = if line.is_struck { cell.struck.as_ref().unwrap_or(&cell.text) } else { &cell.text };
            let text = text.trim();
            let shown = has_substance(text) || ticks::is_mark(text);
            let place = match place {
                // What stands alone in its row is a heading, wherever it begins.
                _ if alone && shown && is_wide(cell) => {
                    line.is_banner = true;
                    line.cells[0].clear();
                    Some(0)
                }
                _ if alone && numbered && shown => continue,
                None if alone && shown => Some(0),
                place => place,
            };
            let Some(at) = place else {
                if shown {
                    self.outside.push(squash(text));
                }
                continue;
            };
            lower[at] |= cell.is_lower;
            if !text.is_empty() {
                if !line.cells[at].is_empty() {
                    line.cells[at].push('\n');
                }
                line.cells[at].push_str(text);
            }
            let struck = cell.struck.clone().filter(|_| !line.is_struck);
            if cell.fill.is_some() || struck.is_some() {
                line.marks.push(Mark { at, fill: cell.fill, struck });
            }
        }
        self.pending.push(Pending { line, lower });
    }

    /// Shares out the merged cells, and passes the lines on.
    pub fn end(&mut self, document: &mut Document, slots: Option<&Slots>) -> Result<(), ReadError> {
        let Some(slots) = slots else { return Ok(()) };
        let mut pending = std::mem::take(&mut self.pending);
        let number = first(&slots.columns, Column::Reference);
        let (mut from, mut bytes) = (0, 0);
        while from < pending.len() {
            let mut to = from + 1;
            while to < pending.len() && pending[to].is_lower(number) {
                to += 1;
            }
            share(&mut pending, from, to, slots, number);
            let texts = pending[from..to].iter().flat_map(|row| &row.line.cells);
            bytes += texts.map(String::len).sum::<usize>();
            if bytes > MAX_SHARED {
                return Err(ReadError::TooMuch {
                    what: format!("its merged cells stand for over {MAX_SHARED} bytes of text"),
                });
            }
            from = to;
        }
        let outside = std::mem::take(&mut self.outside);
        for text in outside.iter().take(NAMED) {
            document.ignored.push(Ignored::new(text, "stands under no heading"));
        }
        if let Some(more) = outside.len().checked_sub(NAMED).filter(|more| *more > 0) {
            let text = format!("and {more} further cells");
            document.ignored.push(Ignored::new(&text, "stand under no heading"));
        }
        for Pending { mut line, .. } in pending {
            let joined = squash(&line.cells.join(" "));
            if has_substance(&joined) || line.cells.iter().any(|cell| ticks::is_mark(cell)) {
                // Fills beside nothing but fills are decoration; so are those that cannot rate.
                line.marks.retain(|mark| mark.fill.is_some() || mark.struck.is_some());
                document.push_line(line)?;
            } else if !joined.is_empty() {
                document.ignored.push(Ignored::new(&joined, "only punctuation"));
            }
        }
        Ok(())
    }
}

/// Gives the rows of one number what merged cells above say for them too. Several rows under one merged number that each have an
/// action and somebody or some day for it are rows of their own, and are told apart by letters.
fn share(pending: &mut [Pending], from: usize, to: usize, slots: &Slots, number: Option<usize>) {
    let columns = &slots.columns;
    let action = first(columns, Column::Action);
    let beside = [Column::Lead, Column::Timeframe].map(|column| first(columns, column));
    let is_whole = |row: &Pending| {
        action.is_some_and(|at| row.says(at)) && beside.iter().flatten().any(|at| row.says(*at))
    };
    let whole: Vec<usize> = (from..to).filter(|at| is_whole(&pending[*at])).collect();
    let apart = number.is_some() && to - from > 1 && whole.len() > 1;
    if apart && let Some(at) = number {
        let printed =
            reference::row_number(&squash(&pending[from].line.cells[at])).map(|(printed, _)| printed);
        if let Some(printed) = printed.filter(|printed| printed.ends_with(|c: char| c.is_ascii_digit())) {
            for (row, letter) in whole.iter().zip('a'..='z') {
                pending[*row].line.number = Some(format!("{printed}{letter}"));
            }
        }
    }
    for at in from..to {
        // A row without a number of its own goes on with the row above it, and needs nothing said again.
        let begins = match number {
            Some(_) if at > from => apart && whole.contains(&at),
            Some(number) => pending[at].says(number),
            None => true,
        };
        if !begins || at == 0 {
            continue;
        }
        let (above, below) = pending.split_at_mut(at);
        let Some(row) = below.first_mut() else { continue };
        for slot in 0..row.lower.len() {
            if row.lower[slot] && row.line.cells[slot].is_empty() {
                let has_it = |upper: &&Pending| !upper.lower[slot] || !upper.line.cells[slot].is_empty();
                let upper = above.iter().rev().find(has_it);
                row.line.cells[slot] = upper.map(|upper| upper.line.cells[slot].clone()).unwrap_or_default();
            }
        }
    }
    if number.is_none() {
        go_on(pending, from, &columns_of_own(columns));
    }
}

fn columns_of_own(columns: &super::headings::Columns) -> Vec<usize> {
    let used = [Column::Aim, Column::Lead, Column::Timeframe];
    used.iter().filter_map(|column| first(columns, *column)).collect()
}

/// Without numbers a row all of whose other cells are merged with those above holds one more action of the row above.
fn go_on(pending: &mut [Pending], at: usize, others: &[usize]) {
    let is_rest = |row: &Pending| others.len() > 1 && others.iter().all(|other| row.is_lower(Some(*other)));
    if at == 0 || !is_rest(&pending[at]) {
        return;
    }
    let Some(upper) = (0..at).rev().find(|upper| !is_rest(&pending[*upper])) else { return };
    let row = std::mem::take(&mut pending[at].line);
    for (slot, text) in row.cells.iter().enumerate() {
        if pending[at].lower.get(slot) == Some(&false) && !text.is_empty() {
            let known = &mut pending[upper].line.cells[slot];
            if !known.is_empty() {
                known.push('\n');
            }
            known.push_str(text);
        }
    }
}
