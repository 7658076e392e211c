//! What a spreadsheet or a document is made of, before a plan is looked for in it: texts, and tables of cells.

use super::colour::Colour;

/// A piece of a document, in its order.
#[derive(Debug)]
pub(crate) enum Block {
    Text(Paragraph),
    Grid(Grid),
}

/// A paragraph outside of any table.
#[derive(Debug)]
pub(crate) struct Paragraph {
    pub text: String,
    /// 1 is the outermost heading; none is no heading.
    pub level: Option<u8>,
}

/// A table, or a sheet.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    pub sheet: Option<String>,
    pub rows: Vec<GridRow>,
    /// Cells stand in columns of a sheet. Word's stand one after the other, each as wide as somebody drew it.
    pub is_sheet: bool,
}

/// A row of a table.
#[derive(Debug, Default)]
pub(crate) struct GridRow {
    /// From 1.
    pub number: u32,
    pub page: Option<u32>,
    pub is_hidden: bool,
    /// From left to right.
    pub cells: Vec<GridCell>,
}

/// A cell, or several that are merged into one.
#[derive(Debug, Default, Clone)]
pub(crate) struct GridCell {
    /// Where it begins and ends, in columns of the sheet or in the document's units of length.
    pub start: u32,
    pub end: u32,
    pub text: String,
    /// What is struck through in it.
    pub struck: Option<String>,
    pub fill: Option<Colour>,
    /// It goes on in the row below.
    pub goes_down: bool,
    /// It is the lower part of a cell above.
    pub is_lower: bool,
}

impl GridCell {
    /// Is there anything to read in it?
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// How much of its width lies between two others.
    pub fn shares(&self, start: u32, end: u32) -> u32 {
        self.end.min(end).saturating_sub(self.start.max(start))
    }
}
