//! Tables that are forms: one action each, its headings one below the other with what they say beside them.

use super::grid::{Block, Grid, GridCell, GridRow};
use super::headings::{self, Column};
use super::tables;
use super::text::squash;

/// A form of Word turned into a table of one row; anything else as it is.
pub(crate) fn turned(block: Block) -> Block {
    if tables::best(&block).is_some() {
        return block;
    }
    match block {
        Block::Grid(grid) if !grid.is_sheet => Block::Grid(form(&grid).unwrap_or(grid)),
        block => block,
    }
}

fn form(grid: &Grid) -> Option<Grid> {
    let mut pairs: Vec<(&GridCell, &GridCell)> = Vec::new();
    for row in &grid.rows {
        if row.cells.is_empty() || row.cells.len() % 2 > 0 {
            return None;
        }
        pairs.extend(row.cells.chunks(2).filter_map(|pair| Some((pair.first()?, pair.get(1)?))));
    }
    let label = |cell: &GridCell| headings::recognise(squash(&cell.text).trim_end_matches(':'));
    let known = pairs.iter().filter(|(cell, _)| label(cell) != Column::Unknown).count();
    let does = pairs.iter().any(|(cell, _)| matches!(label(cell), Column::Action | Column::Aim));
    if !(3..=20).contains(&pairs.len()) || known * 4 < pairs.len() * 3 || !does {
        return None;
    }
    let place = |(at, cell): (u32, &GridCell)| GridCell {
        start: at,
        end: at + 1,
        goes_down: false,
        is_lower: false,
        ..cell.clone()
    };
    let first = grid.rows.first()?;
    let row = |cells| GridRow { number: first.number, page: first.page, is_hidden: false, cells };
    let headings = (0..).zip(pairs.iter().map(|(label, _)| *label)).map(place).collect();
    let values = (0..).zip(pairs.iter().map(|(_, value)| *value)).map(place).collect();
    Some(Grid { sheet: None, rows: vec![row(headings), row(values)], is_sheet: false })
}
