//! A Word document: its paragraphs and tables, in their order.
//!
//! The text is what would be printed if all tracked changes were accepted. What Word works out itself (numbers of lists,
//! the place of page breaks) is taken from what it has kept.

use super::super::colour::Colour;
use super::super::error::ReadError;
use super::super::grid::{Block, Grid, GridCell, GridRow, Paragraph};
use super::super::headings::Columns;
use super::super::model::Ignored;
use super::super::question::{Cell, Question, QuestionCode};
use super::super::tables::Found;
use super::super::text::squash;
use super::Kept;
use super::archive::{Archive, damaged};
use super::numbering::{Label, Numbering};
use super::relations::Relations;
use super::symbols;
use super::word_properties::{self as properties, ParagraphProperties, RunProperties};
use super::word_styles::ParagraphStyles;
use super::word_table::{CellDraft, Table, join_down};
use super::xml::{Node, Walk};

/// Tables within tables, at most.
const DEEPEST: usize = 8;

/// Reads the body of a document.
pub(crate) fn read(
    archive: &mut Archive<'_>,
    main: &str,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<(Vec<Block>, Found), ReadError> {
    let relations = Relations::of(archive, main)?;
    let mut part = |kind: &str| match relations.of_kind(kind) {
        Some(name) => archive.xml(name),
        None => Ok(None),
    };
    let styles = part("styles")?.map(|text| ParagraphStyles::read(&text)).transpose()?.unwrap_or_default();
    let numbering = part("numbering")?.map(|text| Numbering::read(&text)).transpose()?.unwrap_or_default();
    let text = archive.xml(main)?.ok_or_else(|| damaged("it has no text"))?;
    // Word keeps where pages broke when it last showed them, beside the breaks that somebody made: one of the two counts.
    let pages = if text.contains("lastRenderedPageBreak") { Pages::Kept } else { Pages::Made };
    let mut reader = Reader::new(styles, numbering, pages);
    let mut walk = Walk::new(&text);
    let mut told = 0;
    while let Some(node) = walk.next()? {
        match node {
            Node::Start(element) => reader.start(&element, &mut walk)?,
            Node::End(name) => reader.end(&name),
            Node::Text(_) => {}
        }
        let percent = walk.percent();
        if percent > told {
            told = percent;
            progress(percent, 100);
        }
    }
    progress(100, 100);
    Ok(reader.finish())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pages {
    Kept,
    Made,
}

/// A paragraph in the making.
#[derive(Default)]
struct Draft {
    properties: ParagraphProperties,
    text: String,
    struck: String,
    mark: Option<Colour>,
    ink: Option<Colour>,
}

struct Reader {
    styles: ParagraphStyles,
    numbering: Numbering,
    pages: Pages,
    has_pages: bool,
    page: u32,
    blocks: Vec<Block>,
    tables: Vec<Table>,
    paragraph: Option<Draft>,
    run: RunProperties,
    /// The state of a box to tick, for the character that shows it.
    tick_box: Option<bool>,
    kept: Kept,
    is_tracked: bool,
    found: Found,
}

impl Reader {
    fn new(styles: ParagraphStyles, numbering: Numbering, pages: Pages) -> Self {
        Self {
            styles,
            numbering,
            pages,
            has_pages: false,
            page: 1,
            blocks: Vec::new(),
            tables: Vec::new(),
            paragraph: None,
            run: RunProperties::default(),
            tick_box: None,
            kept: Kept::default(),
            is_tracked: false,
            found: Found::default(),
        }
    }

    fn start(&mut self, element: &super::xml::Element<'_>, walk: &mut Walk<'_>) -> Result<(), ReadError> {
        match element.name.as_str() {
            // Content that is gone, is shown elsewhere, or is none.
            "del" | "moveFrom" => {
                self.is_tracked = true;
                walk.skip()?;
            }
            "ins" | "moveTo" => self.is_tracked = true,
            "Fallback" | "drawing" | "pict" | "object" | "instrText" | "delText" | "delInstrText" | "rt"
            | "tblPr" | "sectPr" | "tblPrEx" | "footnoteReference" | "endnoteReference" => walk.skip()?,
            "sdtPr" => {
                let properties = properties::content_control(walk)?;
                self.tick_box = properties.tick_box;
                self.run.is_placeholder = properties.is_placeholder;
            }
            "tbl" => {
                if self.tables.len() >= DEEPEST {
                    return Err(ReadError::TooMuch {
                        what: format!("its tables are nested over {DEEPEST} deep"),
                    });
                }
                self.tables.push(Table::default());
            }
            "gridCol" => {
                if let Some(table) = self.tables.last_mut()
                    && table.widths.len() < 1_000
                {
                    table.widths.push(element.number::<u32>("w").unwrap_or(0).clamp(1, 100_000));
                }
            }
            "tblGridChange" => walk.skip()?,
            "tr" => self.begin_row(),
            "trPr" => {
                let properties = properties::row(walk)?;
                self.is_tracked |= properties.is_tracked;
                if let Some(table) = self.tables.last_mut() {
                    table.column = properties.before;
                    table.is_deleted = properties.is_deleted;
                }
            }
            "tc" => self.begin_cell()?,
            "tcPr" => {
                let properties = properties::cell(walk)?;
                if let Some(cell) = self.tables.last_mut().and_then(|table| table.cell.as_mut()) {
                    cell.properties = properties;
                }
            }
            "p" => {
                // A number before it, its end, its place in memory.
                self.kept.text(8)?;
                self.paragraph = Some(Draft::default());
            }
            "pPr" => {
                let properties = properties::paragraph(walk)?;
                if let Some(paragraph) = &mut self.paragraph {
                    paragraph.properties = properties;
                }
            }
            "r" => {
                self.run =
                    RunProperties { is_placeholder: self.run.is_placeholder, ..RunProperties::default() }
            }
            "rPr" => {
                let is_placeholder = self.run.is_placeholder;
                self.run = RunProperties { is_placeholder, ..properties::run(walk)? };
            }
            "t" => {
                let text = walk.text()?;
                self.kept.text(text.len())?;
                self.push(&symbols::text(&self.run.font.clone(), &text));
            }
            "sym" => {
                let code = element.get("char").and_then(|code| u32::from_str_radix(&code, 16).ok());
                if let Some(c) = code.and_then(char::from_u32) {
                    let font = element.get("font").unwrap_or_default();
                    self.push(&symbols::of_font(&font, c).to_string());
                }
            }
            "tab" | "ptab" => self.push(" "),
            "noBreakHyphen" => self.push("-"),
            "cr" => self.push("\n"),
            "br" => match element.get("type").as_deref() {
                Some("page") => self.turn(Pages::Made),
                _ => self.push("\n"),
            },
            "lastRenderedPageBreak" => self.turn(Pages::Kept),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" => self.end_paragraph(),
            "tc" => self.end_cell(),
            "tr" => self.end_row(),
            "tbl" => self.end_table(),
            "sdt" => {
                self.tick_box = None;
                self.run.is_placeholder = false;
            }
            _ => {}
        }
    }

    fn turn(&mut self, by: Pages) {
        if by == self.pages {
            self.has_pages = true;
            self.page = self.page.saturating_add(1);
        }
    }

    fn push(&mut self, text: &str) {
        if self.run.is_hidden || self.run.is_placeholder {
            return;
        }
        let text = match self.tick_box {
            Some(is_ticked) if text.chars().any(|c| matches!(c, '☒' | '☐' | '☑' | '✓' | '✗')) => {
                if is_ticked {
                    "☑"
                } else {
                    "☐"
                }
            }
            _ => text,
        };
        let page = self.page;
        if let Some(table) = self.tables.first_mut()
            && table.row.page.is_none()
            && !text.trim().is_empty()
        {
            table.row.page = Some(page);
        }
        let Some(paragraph) = &mut self.paragraph else { return };
        if self.run.is_struck {
            paragraph.struck.push_str(text);
        } else {
            paragraph.text.push_str(text);
            if !text.trim().is_empty() {
                paragraph.mark = paragraph.mark.or(self.run.mark);
                paragraph.ink = paragraph.ink.or(self.run.ink);
            }
        }
    }

    fn end_paragraph(&mut self) {
        let Some(draft) = self.paragraph.take() else { return };
        let style = draft.properties.style.as_deref().unwrap_or_default();
        let list = match draft.properties.list {
            // List 0 takes a paragraph out of its style's list.
            Some((0, _)) => None,
            Some(list) => Some(list),
            None => self.styles.list(style),
        };
        let label = list.and_then(|(list, level)| self.numbering.next(list, level));
        let level = draft.properties.level.or_else(|| self.styles.level(style));
        let is_empty = draft.text.trim().is_empty();
        match self.tables.last_mut().and_then(|table| table.cell.as_mut()) {
            Some(cell) => {
                let text = match label {
                    Some(Label::Bullet) if !is_empty => format!("• {}", draft.text.trim()),
                    Some(Label::Number(number)) => format!("{number} {}", draft.text.trim()),
                    _ => draft.text,
                };
                // An empty paragraph of a list is a number only where the cell has nothing else.
                if !is_empty || (!text.trim().is_empty() && draft.struck.trim().is_empty()) {
                    cell.lines.push(text.trim().to_owned());
                }
                if !draft.struck.trim().is_empty() {
                    cell.struck.push(draft.struck.trim().to_owned());
                }
                cell.mark = cell.mark.or(draft.mark);
                cell.ink = cell.ink.or(draft.ink);
            }
            None if !is_empty => self.blocks.push(Block::Text(Paragraph { text: draft.text, level })),
            None => {}
        }
    }

    fn begin_row(&mut self) {
        let page = self.page;
        if let Some(table) = self.tables.last_mut() {
            table.row = GridRow {
                number: u32::try_from(table.rows.len() + 1).unwrap_or(u32::MAX),
                ..GridRow::default()
            };
            (table.column, table.is_deleted) = (0, false);
            (table.from_page, table.to_page) = (page, page);
        }
    }

    fn begin_cell(&mut self) -> Result<(), ReadError> {
        self.kept.cell()?;
        let is_outer = self.tables.len() == 1;
        if let Some(table) = self.tables.last_mut() {
            table.cell = Some(CellDraft::default());
            // Each cell of a row that is broken over two pages has the break in it.
            if is_outer {
                self.page = table.from_page;
            }
        }
        Ok(())
    }

    fn end_cell(&mut self) {
        let page = self.page;
        let Some(table) = self.tables.last_mut() else { return };
        let Some(draft) = table.cell.take() else { return };
        table.to_page = table.to_page.max(page);
        let span = draft.properties.span.clamp(1, 500);
        let (start, end) = (table.place(table.column), table.place(table.column + span));
        table.column += span;
        let mut text = draft.lines.join("\n");
        let mut fill = draft.properties.fill;
        if !text.trim().is_empty() && text.chars().all(|c| symbols::is_disc(c) || c.is_whitespace()) {
            if draft.ink.is_some() {
                fill = draft.ink;
            }
            if fill.is_some() {
                text = String::new();
            }
        }
        if fill.is_none() && text.split_whitespace().count() <= 3 {
            fill = draft.mark;
        }
        let struck = Some(draft.struck.join(" ")).filter(|struck| !struck.is_empty());
        let is_lower = draft.properties.is_lower;
        if !is_lower
            && draft.properties.goes_left
            && let Some(left) = table.row.cells.last_mut()
        {
            left.end = end;
            return;
        }
        table.row.cells.push(GridCell { start, end, text, struck, fill, goes_down: false, is_lower });
    }

    fn end_row(&mut self) {
        let is_outer = self.tables.len() == 1;
        let Some(table) = self.tables.last_mut() else { return };
        let row = std::mem::take(&mut table.row);
        if is_outer {
            self.page = table.to_page;
        }
        if table.is_deleted {
            let text: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
            self.found
                .ignored
                .push(Ignored::new(&squash(&text.join(" ")), "a row that a tracked change deletes"));
            return;
        }
        table.rows.push(row);
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        let mut rows = table.rows;
        join_down(&mut rows);
        let is_plan = |rows: &[GridRow]| {
            rows.iter().take(30).any(|row| {
                let cells: Vec<String> = row.cells.iter().map(|cell| cell.text.clone()).collect();
                Columns::from_cells(&cells).is_some()
            })
        };
        match self.tables.last_mut().and_then(|outer| outer.cell.as_mut()) {
            // A table in a cell is the plan's where it has its headings, else it is the text of the cell.
            Some(cell) if !is_plan(&rows) => {
                for row in rows {
                    let texts: Vec<String> =
                        row.cells.into_iter().map(|cell| cell.text).filter(|text| !text.is_empty()).collect();
                    if !texts.is_empty() {
                        cell.lines.push(texts.join(" "));
                    }
                }
            }
            _ => self.blocks.push(Block::Grid(Grid { sheet: None, rows, is_sheet: false })),
        }
    }

    fn finish(mut self) -> (Vec<Block>, Found) {
        if self.is_tracked {
            self.found.questions.push(Question::new(
                QuestionCode::TrackedChanges,
                Cell::File,
                "The document holds tracked changes. It was read as if all were accepted: what is inserted was read, what is deleted \
                 was left out. Accept, or accept and reject the changes in Word and import again.",
            ));
        }
        if !self.has_pages {
            for block in &mut self.blocks {
                if let Block::Grid(grid) = block {
                    grid.rows.iter_mut().for_each(|row| row.page = None);
                }
            }
        }
        (self.blocks, self.found)
    }
}
