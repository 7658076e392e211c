//! Tables of Word in the making: their rows and cells as they come.

use super::super::colour::Colour;
use super::super::grid::GridRow;
use super::word_properties::CellProperties;

/// A table in the making.
#[derive(Default)]
pub(crate) struct Table {
    pub widths: Vec<u32>,
    pub rows: Vec<GridRow>,
    pub row: GridRow,
    /// The next column of the grid.
    pub column: usize,
    pub is_deleted: bool,
    pub cell: Option<CellDraft>,
    /// The page on which the row begins, and the last that a cell of it reaches.
    pub from_page: u32,
    pub to_page: u32,
}

#[derive(Default)]
pub(crate) struct CellDraft {
    pub properties: CellProperties,
    pub lines: Vec<String>,
    pub struck: Vec<String>,
    pub mark: Option<Colour>,
    pub ink: Option<Colour>,
}

impl Table {
    /// Where a column of the grid begins.
    pub fn place(&self, column: usize) -> u32 {
        let known: u32 = self.widths.iter().take(column).fold(0, |sum, width| sum.saturating_add(*width));
        let beyond = u32::try_from(column.saturating_sub(self.widths.len())).unwrap_or(0);
        known.saturating_add(beyond.saturating_mul(1_000))
    }
}

/// A cell that goes on below says so itself; the lower parts have its fill.
pub(crate) fn join_down(rows: &mut [GridRow]) {
    for at in 1..rows.len() {
        let (above, below) = rows.split_at_mut(at);
        let (Some(above), Some(below)) = (above.last_mut(), below.first_mut()) else { continue };
        for cell in below.cells.iter_mut().filter(|cell| cell.is_lower) {
            match above.cells.iter_mut().max_by_key(|upper| upper.shares(cell.start, cell.end)) {
                Some(upper) if upper.shares(cell.start, cell.end) > 0 => {
                    upper.goes_down = true;
                    cell.fill = cell.fill.or(upper.fill);
                }
                _ => cell.is_lower = false,
            }
        }
    }
}
