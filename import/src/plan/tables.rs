//! Finds the plan's tables among the sheets and tables of an office file: by their headings, wherever they stand.

use super::colour::Colour;
use super::error::ReadError;
use super::forms;
use super::grid::{Block, Grid, GridCell, GridRow};
use super::headings::{Column, Columns};
use super::key;
use super::lines::Lines;
use super::model::Ignored;
use super::outside::{self, Outside};
use super::question::{Cell, Question, QuestionCode};
use super::slots::Slots;
use super::table::{Document, Source, Table};
use super::text::{has_substance, squash};

/// In a table the headings stand within this many rows of its top.
const HEADINGS_WITHIN: usize = 60;

/// What was found of a file before a plan was looked for.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub ignored: Vec<Ignored>,
    pub questions: Vec<Question>,
}

/// Gathers the lines of all tables that have a plan's headings; everything else is named as ignored.
pub(crate) fn collect(blocks: Vec<Block>, found: Found) -> Result<Document, ReadError> {
    let mut document = Document {
        source: Source::Office,
        ignored: found.ignored,
        questions: found.questions,
        ..Document::default()
    };
    let blocks: Vec<Block> = blocks.into_iter().map(forms::turned).collect();
    let most =
        blocks.iter().filter_map(best).max().ok_or_else(|| ReadError::NoPlan { headings: seen(&blocks) })?;
    let is_plan: Vec<bool> =
        blocks.iter().map(|block| best(block).is_some_and(|kinds| kinds * 2 > most)).collect();
    for (block, is_plan) in blocks.iter().zip(&is_plan) {
        take_words(block, *is_plan, &mut document);
    }
    let themes = outside::themes(&blocks, &is_plan);
    let mut texts = Outside::default();
    let mut before: Option<Slots> = None;
    for ((block, is_plan), themes) in blocks.into_iter().zip(is_plan).zip(themes) {
        match block {
            Block::Text(paragraph) => {
                if !themes_hold(&themes, &paragraph.text) {
                    texts.add(&paragraph.text);
                    if has_substance(&paragraph.text) {
                        before = None;
                    }
                }
            }
            Block::Grid(grid) if is_plan => {
                texts.end(&mut document);
                before = Some(plan(&mut document, &grid, most, &themes)?);
            }
            Block::Grid(grid) => {
                texts.end(&mut document);
                match before.take() {
                    Some(slots) if goes_on(&grid, &slots) => {
                        continued(&mut document, &grid, &slots)?;
                        before = Some(slots);
                    }
                    _ => leave(&mut document, &grid),
                }
            }
        }
    }
    texts.end(&mut document);
    if document.lines.is_empty() { Err(ReadError::NoRows) } else { Ok(document) }
}

/// A paragraph that became a heading is used.
fn themes_hold(themes: &[String], text: &str) -> bool {
    themes.iter().any(|theme| *theme == squash(text))
}

/// The cells of a row as texts, but for those that are part of one above.
pub(crate) fn texts(row: &GridRow) -> Vec<String> {
    row.cells.iter().filter(|cell| !cell.is_lower).map(|cell| cell.text.clone()).collect()
}

/// More columns than a plan's table has.
const MAX_COLUMNS: usize = 200;

/// The headings that a row is, if it is one of headings.
pub(crate) fn headings_of(row: &GridRow) -> Option<Columns> {
    if row.cells.len() > MAX_COLUMNS { None } else { Columns::from_cells(&texts(row)) }
}

/// The most headings recognised on one row.
pub(crate) fn best(block: &Block) -> Option<usize> {
    let Block::Grid(grid) = block else { return None };
    let rows = grid.rows.iter().take(HEADINGS_WITHIN);
    rows.filter_map(headings_of).map(|columns| columns.kinds()).max()
}

/// The first cells of a file without a plan, for the message.
fn seen(blocks: &[Block]) -> Vec<String> {
    let grids = blocks.iter().filter_map(|block| match block {
        Block::Grid(grid) => Some(grid),
        Block::Text(_) => None,
    });
    let mut rows = grids.flat_map(|grid| grid.rows.iter().take(HEADINGS_WITHIN)).map(texts);
    let likeliest = rows.find(|cells| cells.iter().filter(|cell| has_substance(cell)).count() > 2);
    let cells = likeliest.unwrap_or_default();
    cells
        .iter()
        .filter(|cell| has_substance(cell))
        .take(8)
        .map(|cell| squash(cell).chars().take(40).collect())
        .collect()
}

/// The words of a plan's tables, and what it says about its colours.
fn take_words(block: &Block, is_plan: bool, document: &mut Document) {
    match block {
        Block::Text(paragraph) => {
            take_key(document, key::of_text(&paragraph.text));
        }
        Block::Grid(grid) => {
            for cell in grid.rows.iter().flat_map(|row| &row.cells).filter(|_| is_plan) {
                document.words.add(&cell.text);
            }
            for run in key_rows(grid) {
                take_key(document, run.colours);
            }
        }
    }
}

fn take_key(document: &mut Document, colours: Vec<(Colour, String)>) {
    for (colour, words) in colours {
        document.key.add(colour, &words);
    }
}

/// Rows next to each other that explain colours and say nothing else.
pub(crate) struct KeyRows {
    pub from: usize,
    pub to: usize,
    colours: Vec<(Colour, String)>,
}

/// Finds the keys of a table: two colours or more, each with its meaning, under a word such as "key" or plainly explained.
pub(crate) fn key_rows(grid: &Grid) -> Vec<KeyRows> {
    let mut runs = Vec::new();
    let mut run: Option<(KeyRows, bool)> = None;
    let mut rows = grid.rows.iter().enumerate().peekable();
    while let Some((at, row)) = rows.next() {
        // The colours in one row, and what each means in the row below.
        if let Some(colours) = rows.peek().and_then(|(_, below)| over_each_other(row, below)) {
            rows.next();
            let (run, _) = run.get_or_insert((KeyRows { from: at, to: at, colours: Vec::new() }, false));
            run.to = at + 2;
            run.colours.extend(colours);
            continue;
        }
        match explained(row).filter(|_| headings_of(row).is_none()) {
            Some((colours, is_titled)) => {
                let (run, titled) =
                    run.get_or_insert((KeyRows { from: at, to: at, colours: Vec::new() }, false));
                run.to = at + 1;
                run.colours.extend(colours);
                *titled |= is_titled;
            }
            None => runs.extend(run.take()),
        }
    }
    runs.extend(run);
    let is_key = |(run, is_titled): &(KeyRows, bool)| {
        let mut colours: Vec<Colour> = run.colours.iter().map(|(colour, _)| *colour).collect();
        colours.sort_unstable();
        colours.dedup();
        let plain = run.colours.iter().filter(|(_, words)| key::explains(words)).count();
        colours.len() > 1 && (*is_titled || plain * 2 >= run.colours.len())
    };
    runs.into_iter().filter(is_key).map(|(run, _)| run).collect()
}

fn over_each_other(row: &GridRow, below: &GridRow) -> Option<Vec<(Colour, String)>> {
    if row.cells.len() < 2 || row.cells.len() != below.cells.len() {
        return None;
    }
    let colour = |cell: &GridCell| match squash(&cell.text) {
        text if text.is_empty() => cell.fill,
        text => Colour::of_word(&text.to_lowercase()),
    };
    let colours: Vec<Colour> = row.cells.iter().filter_map(colour).collect();
    let words: Vec<String> =
        below.cells.iter().map(|cell| squash(&cell.text)).filter(|text| has_substance(text)).collect();
    let is_key = colours.len() == row.cells.len() && words.len() == colours.len();
    is_key.then(|| colours.into_iter().zip(words).collect())
}

/// What a row explains, if it does nothing but explain colours, or is the title of such rows.
fn explained(row: &GridRow) -> Option<(Vec<(Colour, String)>, bool)> {
    let cells: Vec<&GridCell> = row
        .cells
        .iter()
        .filter(|cell| !cell.is_lower && (has_substance(&cell.text) || cell.fill.is_some()))
        .collect();
    let mut colours = Vec::new();
    let mut is_titled = false;
    let mut waiting: Option<Colour> = None;
    for cell in &cells {
        let text = squash(&cell.text);
        let words = key::of_text(&text);
        let named = Colour::of_word(text.to_lowercase().trim_end_matches([':', '-', '–', '=', ' ']));
        if !words.is_empty() {
            colours.extend(words);
        } else if named.is_some() || (text.is_empty() && cell.fill.is_some()) {
            if waiting.is_some() {
                return None;
            }
            waiting = named.or(cell.fill);
        } else if let Some(colour) = waiting.take() {
            colours.push((colour, text));
        } else if key::is_title(&text) {
            is_titled = true;
        } else if let Some((colour, words)) = key::of_one(&text) {
            colours.push((colour, words));
        } else if let Some(fill) = cell.fill.filter(|_| text.split(' ').count() <= 20) {
            colours.push((fill, text));
        } else {
            return None;
        }
    }
    // One colour for several things is decoration.
    let is_twice =
        |at: usize| colours[..at].iter().any(|(known, _): &(Colour, String)| *known == colours[at].0);
    let decorates = (0..colours.len()).any(is_twice);
    (waiting.is_none() && !decorates && (is_titled || !colours.is_empty())).then_some((colours, is_titled))
}

/// Takes up a table with a plan's headings.
fn plan(document: &mut Document, grid: &Grid, most: usize, themes: &[String]) -> Result<Slots, ReadError> {
    let keys = key_rows(grid);
    let mut slots: Option<Slots> = None;
    let mut lines = Lines::default();
    let mut lead_in = None;
    let leads_in = outside::repeats_lead_in(grid);
    let mut rows = grid.rows.iter().enumerate().peekable();
    while let Some((at, row)) = rows.next() {
        if keys.iter().any(|key| key.from <= at && at < key.to) {
            document.ignored.push(Ignored::new(&squash(&texts(row).join(" ")), "the key to the colours"));
            continue;
        }
        let cells = texts(row);
        let is_first = slots.is_none();
        let columns = headings_of(row).filter(|columns| is_first || document.can_follow(columns));
        if let Some(columns) = columns.filter(|columns| !is_first || columns.kinds() * 2 > most) {
            let mut of_row = Slots::of(grid, row, columns);
            // Headings over two rows: the second divides those of the first.
            if let Some((_, below)) = rows.peek()
                && of_row.divide(row, below)
            {
                rows.next();
            }
            if !is_first && document.repeats(&of_row.columns) {
                document.ignored.push(Ignored::new(&squash(&cells.join(" ")), "the headings, printed again"));
                continue;
            }
            lines.end(document, slots.as_ref())?;
            let is_apart = is_first && (grid.sheet.is_some() || !themes.is_empty());
            document.begin_table(Table {
                columns: of_row.columns.clone(),
                sheet: grid.sheet.clone(),
                themes: if is_first { themes.to_vec() } else { Vec::new() },
                is_apart,
            });
            // The first theme stands above the headings, as each further one does.
            if let Some(row) = lead_in.take() {
                lines.add(&of_row, row);
            }
            slots = Some(of_row);
            continue;
        }
        match &slots {
            None => {
                let joined = squash(&cells.join(" "));
                let next = grid.rows.get(at + 1).and_then(headings_of);
                if leads_in && next.is_some() {
                    lead_in = Some(row);
                } else if has_substance(&joined) && !themes_hold(themes, &joined) {
                    document.ignored.push(Ignored::new(&joined, "stands before the table's headings"));
                }
            }
            Some(slots) => lines.add(slots, row),
        }
    }
    lines.end(document, slots.as_ref())?;
    Ok(slots.unwrap_or_default())
}

/// Can a table without headings be the rest of the one before it? It must be as wide, and begin with nothing of its own.
fn goes_on(grid: &Grid, slots: &Slots) -> bool {
    let wide = grid.rows.iter().filter(|row| row.cells.len() == slots.len()).count();
    !grid.is_sheet && slots.len() > 2 && key_rows(grid).is_empty() && wide * 2 > grid.rows.len()
}

fn continued(document: &mut Document, grid: &Grid, slots: &Slots) -> Result<(), ReadError> {
    document.begin_table(Table { columns: slots.columns.clone(), ..Table::default() });
    document.questions.push(Question::new(
        QuestionCode::TableContinued,
        Cell::File,
        format!(
            "Table {} has no headings; it was read under those of the table before it, which it follows directly. Accept, or add the \
             headings and import again.",
            document.tables.len()
        ),
    ));
    let mut lines = Lines::default();
    for row in &grid.rows {
        lines.add(slots, row);
    }
    lines.end(document, Some(slots))
}

/// Names a table that is no part of the plan.
fn leave(document: &mut Document, grid: &Grid) {
    let text: Vec<String> = grid.rows.iter().take(8).flat_map(texts).collect();
    let text = squash(&text.join(" "));
    match &grid.sheet {
        Some(sheet) => document.ignored.push(Ignored::new(sheet, "a sheet without a plan's headings")),
        None if !key_rows(grid).is_empty() => {
            document.ignored.push(Ignored::new(&text, "the key to the colours"))
        }
        None if has_substance(&text) => {
            document.ignored.push(Ignored::new(&text, "a table without a plan's headings"));
        }
        None => {}
    }
}

/// Is there a column of this meaning, and which is the first?
pub(crate) fn first(columns: &Columns, wanted: Column) -> Option<usize> {
    columns.positions(wanted).next()
}
