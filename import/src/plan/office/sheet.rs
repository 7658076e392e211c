//! One sheet of a workbook: its cells with their texts, fills and merges.

use std::collections::BTreeMap;

use super::super::error::ReadError;
use super::super::grid::{Grid, GridCell, GridRow};
use super::super::model::Ignored;
use super::super::tables::Found;
use super::Kept;
use super::formats::{self, Format};
use super::strings::{self, Rich};
use super::styles::Styles;
use super::symbols;
use super::xml::{Element, Node, Walk};

/// Fills right of this column are decoration of whole rows.
const FILLED_COLUMNS: u32 = 100;
/// The most merged areas of a sheet that are followed.
const MERGES: usize = 20_000;

/// What all sheets of a workbook share.
pub(crate) struct Book {
    strings: Vec<Rich>,
    styles: Styles,
    is_1904: bool,
    kept: Kept,
}

impl Book {
    pub fn new(strings: Vec<Rich>, styles: Styles, is_1904: bool) -> Self {
        Self { strings, styles, is_1904, kept: Kept::default() }
    }
}

/// An area of cells that are merged, its corners counted from 0.
struct Merge {
    rows: (u32, u32),
    columns: (u32, u32),
}

/// Reads a sheet. Only cells that hold something are kept, wherever the sheet says that it ends.
pub(crate) fn read(text: &str, name: &str, book: &mut Book, found: &mut Found) -> Result<Grid, ReadError> {
    let mut rows: BTreeMap<u32, GridRow> = BTreeMap::new();
    let mut merges: Vec<Merge> = Vec::new();
    let mut hidden: Vec<(u32, u32)> = Vec::new();
    let mut unvalued = 0;
    let (mut row, mut column) = (0, 0);
    let mut walk = Walk::new(text);
    while let Some(node) = walk.next()? {
        let Node::Start(element) = node else { continue };
        match element.name.as_str() {
            "col" if matches!(element.get("hidden").as_deref(), Some("1" | "true")) => {
                if let (Some(from), Some(to)) = (element.number::<u32>("min"), element.number::<u32>("max"))
                    && hidden.len() < 1_000
                {
                    hidden.push((from.saturating_sub(1), to));
                }
            }
            "row" => {
                row = element.number::<u32>("r").unwrap_or(row + 1).min(2_000_000);
                column = 0;
                if matches!(element.get("hidden").as_deref(), Some("1" | "true")) {
                    let number = row;
                    rows.entry(row).or_insert_with(|| GridRow { number, ..GridRow::default() }).is_hidden =
                        true;
                }
            }
            "c" => {
                if let Some((at, of)) = element.get("r").as_deref().and_then(address) {
                    (column, row) = (at, of);
                }
                let read = cell(&element, &mut walk, book, &mut unvalued)?;
                if let Some(mut cell) = read {
                    let decorates = cell.is_empty() && cell.struck.is_none() && column > FILLED_COLUMNS;
                    if !decorates {
                        (cell.start, cell.end) = (column, column + 1);
                        book.kept.cell()?;
                        book.kept.text(cell.text.len() + cell.struck.as_ref().map_or(0, String::len))?;
                        let number = row;
                        let known =
                            rows.entry(row).or_insert_with(|| GridRow { number, ..GridRow::default() });
                        known.cells.push(cell);
                    }
                }
                column += 1;
            }
            "mergeCell" if merges.len() < MERGES => {
                if let Some((from, to)) = element.get("ref").as_deref().and_then(|area| area.split_once(':'))
                    && let (Some(from), Some(to)) = (address(from), address(to))
                {
                    merges.push(Merge {
                        rows: (from.1.min(to.1), from.1.max(to.1)),
                        columns: (from.0.min(to.0), from.0.max(to.0) + 1),
                    });
                }
            }
            _ => {}
        }
    }
    for row in rows.values_mut() {
        row.cells.sort_by_key(|cell| cell.start);
    }
    merge(&mut rows, &merges, book)?;
    let grid_rows: Vec<GridRow> = rows.into_values().filter(|row| !row.cells.is_empty()).collect();
    let mut grid = Grid { sheet: Some(name.to_owned()), rows: grid_rows, is_sheet: true };
    leave_out(&mut grid, &hidden, found);
    if unvalued > 0 {
        found.ignored.push(Ignored::new(
            name,
            format!("{unvalued} formulas on this sheet have no value in the file: open it in Excel and save it again"),
        ));
    }
    Ok(grid)
}

/// "AB12" as its column from 0 and its row from 1.
fn address(text: &str) -> Option<(u32, u32)> {
    let text = text.replace('$', "");
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = text.split_at(letters);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters
        .bytes()
        .fold(0u32, |sum, letter| sum * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    Some((column - 1, digits.parse::<u32>().ok().filter(|row| (1..=2_000_000).contains(row))?))
}

/// Reads a cell to its end; nothing where it shows nothing.
fn cell(
    element: &Element<'_>,
    walk: &mut Walk<'_>,
    book: &Book,
    unvalued: &mut usize,
) -> Result<Option<GridCell>, ReadError> {
    let kind = element.get("t").unwrap_or_default();
    let style = book.styles.get(element.number("s").unwrap_or(0));
    let (mut value, mut rich, mut has_formula) = (None, None, false);
    let mut inside = 1;
    while inside > 0 {
        match walk.next()? {
            Some(Node::Start(inner)) => match inner.name.as_str() {
                "v" => value = Some(walk.text()?),
                "f" => {
                    has_formula = true;
                    walk.skip()?;
                }
                "is" => rich = Some(strings::rich(walk)?),
                _ => inside += 1,
            },
            Some(Node::End(_)) => inside -= 1,
            Some(Node::Text(_)) => {}
            None => break,
        }
    }
    let value = value.filter(|value| !value.is_empty());
    if has_formula && value.is_none() && kind != "str" {
        *unvalued += 1;
    }
    let rich = match (kind.as_str(), value) {
        ("inlineStr", _) => rich.unwrap_or_default(),
        ("s", Some(value)) => value
            .trim()
            .parse::<usize>()
            .ok()
            .and_then(|at| book.strings.get(at))
            .cloned()
            .unwrap_or_default(),
        ("b", Some(value)) => plain(if value.trim() == "1" { "TRUE".to_owned() } else { "FALSE".to_owned() }),
        // "#REF!" says nothing of the plan.
        ("e", _) => Rich::default(),
        ("d", Some(value)) => plain(formats::iso(&value).unwrap_or(value)),
        ("str", Some(value)) => plain(value),
        (_, Some(value)) => match value.trim().parse::<f64>() {
            Ok(number) => {
                let format = style.map_or(Format::General, |style| style.format);
                plain(format.show(number, book.is_1904))
            }
            Err(_) => plain(value),
        },
        (_, None) => Rich::default(),
    };
    let mut cell = GridCell { fill: style.and_then(|style| style.fill), ..GridCell::default() };
    let Rich { mut text, mut struck, has_runs } = rich;
    if let Some(style) = style {
        if symbols::is_symbol_font(&style.font) && !has_runs {
            text = symbols::text(&style.font, &text);
        }
        if style.is_struck && !has_runs {
            (text, struck) = (String::new(), text);
        }
        // A disc in red is red.
        if !text.trim().is_empty() && text.chars().all(|c| symbols::is_disc(c) || c.is_whitespace()) {
            cell.fill = style.ink.or(cell.fill);
            text = String::new();
        }
    }
    cell.text = text;
    cell.struck = Some(struck).filter(|struck| !struck.trim().is_empty());
    let shows = !cell.is_empty() || cell.struck.is_some() || cell.fill.is_some();
    Ok(shows.then_some(cell))
}

fn plain(text: String) -> Rich {
    Rich { text, ..Rich::default() }
}

/// Spreads merged cells over the rows that hold something.
fn merge(rows: &mut BTreeMap<u32, GridRow>, merges: &[Merge], book: &mut Book) -> Result<(), ReadError> {
    for merge in merges {
        let (first, last) = merge.rows;
        let (start, end) = merge.columns;
        let mut fill_of_first = None;
        for (number, row) in rows.range_mut(first..=last).take(super::super::table::MAX_ROWS) {
            let is_first = *number == first;
            if row.is_hidden && row.cells.is_empty() {
                continue;
            }
            let at = row.cells.partition_point(|cell| cell.start < start);
            let beyond = row.cells.partition_point(|cell| cell.start < end);
            // What lies under a merged cell is not shown.
            let own = row.cells.get(at).filter(|cell| cell.start == start).cloned();
            row.cells.drain(at..beyond);
            let mut cell = match own {
                Some(cell) if is_first => cell,
                _ => GridCell::default(),
            };
            (cell.start, cell.end) = (start, end);
            (cell.goes_down, cell.is_lower) = (*number < last, !is_first);
            if is_first {
                fill_of_first = Some(cell.fill);
            } else {
                cell.fill = fill_of_first.flatten();
            }
            row.cells.insert(at, cell);
            book.kept.cell()?;
        }
    }
    Ok(())
}

/// Leaves hidden columns out, and names them by what stands in them first.
fn leave_out(grid: &mut Grid, hidden: &[(u32, u32)], found: &mut Found) {
    if hidden.is_empty() {
        return;
    }
    let is_hidden = |cell: &GridCell| hidden.iter().any(|(from, to)| *from <= cell.start && cell.end <= *to);
    let mut named: Vec<u32> = Vec::new();
    for row in &mut grid.rows {
        for cell in row.cells.iter().filter(|cell| is_hidden(cell) && !cell.is_empty()) {
            if !named.contains(&cell.start) && named.len() < 100 {
                named.push(cell.start);
                found.ignored.push(Ignored::new(
                    &super::super::text::squash(&cell.text),
                    "a hidden column: show it in the file if it belongs to the plan",
                ));
            }
        }
        row.cells.retain(|cell| !is_hidden(cell));
    }
    grid.rows.retain(|row| !row.cells.is_empty());
}
