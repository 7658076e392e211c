//! Which cell of a row stands under which heading: by its place, however the cells were merged or drawn.

use super::grid::{Grid, GridRow};
use super::headings::{self, Column, Columns};

/// The headings of a table with the room that each takes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slots {
    pub columns: Columns,
    places: Vec<(u32, u32)>,
    is_sheet: bool,
}

impl Slots {
    /// The places of the headings of a row. Those that are the lower part of a cell above are none.
    pub fn of(grid: &Grid, row: &GridRow, columns: Columns) -> Slots {
        let places =
            row.cells.iter().filter(|cell| !cell.is_lower).map(|cell| (cell.start, cell.end)).collect();
        Slots { columns, places, is_sheet: grid.is_sheet }
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// All the room from the first heading to the last.
    pub fn width(&self) -> u32 {
        let start = self.places.first().map_or(0, |(start, _)| *start);
        let end = self.places.last().map_or(0, |(_, end)| *end);
        end.saturating_sub(start).max(1)
    }

    /// For each cell of a row the heading that it stands under, if any.
    pub fn of_cells(&self, row: &GridRow) -> Vec<Option<usize>> {
        // Somebody drew Word's cells by hand, each a little otherwise: as many as there are headings are those in their order.
        if !self.is_sheet && row.cells.len() == self.places.len() {
            return (0..row.cells.len()).map(Some).collect();
        }
        let place = |cell: &super::grid::GridCell| {
            let shares = self.places.iter().map(|(start, end)| cell.shares(*start, *end));
            let best = shares.enumerate().max_by_key(|(at, shared)| (*shared, std::cmp::Reverse(*at)))?;
            (best.1 > 0).then_some(best.0)
        };
        row.cells.iter().map(place).collect()
    }

    /// Takes a second row of headings, where the first has cells that go down beside others that are divided below
    /// ("Timescale" over "Start" and "End"). Says whether it was one.
    pub fn divide(&mut self, row: &GridRow, below: &GridRow) -> bool {
        let goes_down = row.cells.iter().any(|cell| cell.goes_down && !cell.is_lower && !cell.is_empty());
        let parts: Vec<_> = below.cells.iter().filter(|cell| !cell.is_lower && !cell.is_empty()).collect();
        let is_part = |part: &&super::grid::GridCell| {
            row.cells.iter().any(|cell| {
                let inside = cell.shares(part.start, part.end) == part.end - part.start;
                inside && !cell.goes_down && cell.end - cell.start > part.end - part.start
            })
        };
        let divides = parts.iter().all(is_part);
        if !goes_down || parts.is_empty() || !divides {
            return false;
        }
        let mut headings = Vec::new();
        let mut places = Vec::new();
        for (heading, (start, end)) in self.columns.headings.iter().zip(&self.places) {
            let inside: Vec<_> =
                parts.iter().filter(|part| part.start >= *start && part.end <= *end).collect();
            if inside.is_empty() {
                headings.push(heading.clone());
                places.push((*start, *end));
            }
            for part in inside {
                let own = super::text::squash(&part.text);
                let is_known = headings::recognise(&own) != Column::Unknown;
                headings.push(if is_known || heading.is_empty() { own } else { format!("{heading} {own}") });
                places.push((part.start, part.end));
            }
        }
        self.columns = Columns::from(headings);
        self.places = places;
        true
    }
}
