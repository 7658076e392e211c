//! An Excel workbook: its sheets, in their order, as tables of cells.

use super::super::error::ReadError;
use super::super::grid::Block;
use super::super::model::Ignored;
use super::super::tables::Found;
use super::archive::{Archive, damaged};
use super::relations::Relations;
use super::sheet::{self, Book};
use super::strings;
use super::styles::{self, Styles};
use super::xml::{Node, Walk};

/// The most sheets that are read.
const SHEETS: usize = 200;

struct Sheet {
    name: String,
    id: String,
    is_hidden: bool,
}

/// Reads all sheets that are shown; those that are not are named.
pub(crate) fn read(
    archive: &mut Archive<'_>,
    main: &str,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<(Vec<Block>, Found), ReadError> {
    let text = archive.xml(main)?.ok_or_else(|| damaged("it has no workbook"))?;
    let relations = Relations::of(archive, main)?;
    let (sheets, is_1904) = sheets(&text)?;
    let mut part = |kind: &str| match relations.of_kind(kind) {
        Some(name) => archive.xml(name),
        None => Ok(None),
    };
    let strings = part("sharedStrings")?.map(|text| strings::shared(&text)).transpose()?.unwrap_or_default();
    let theme = part("theme")?.map(|text| styles::theme(&text)).transpose()?.unwrap_or_default();
    let styles = part("styles")?.map(|text| Styles::read(&text, &theme)).transpose()?.unwrap_or_default();
    let mut book = Book::new(strings, styles, is_1904);
    let mut found = Found::default();
    let mut blocks = Vec::new();
    let count = u32::try_from(sheets.len()).unwrap_or(u32::MAX);
    for (sheet, done) in sheets.iter().zip(0..) {
        progress(done, count);
        if sheet.is_hidden {
            found.ignored.push(Ignored::new(
                &sheet.name,
                "a hidden sheet: show it in the file if it belongs to the plan",
            ));
            continue;
        }
        // A sheet of a chart alone has no cells.
        let Some(text) = relations.target(&sheet.id).map(|name| archive.xml(name)).transpose()?.flatten()
        else {
            found.ignored.push(Ignored::new(&sheet.name, "a sheet without cells"));
            continue;
        };
        blocks.push(Block::Grid(sheet::read(&text, &sheet.name, &mut book, &mut found)?));
    }
    progress(count, count);
    Ok((blocks, found))
}

/// The sheets by their names, and whether days are counted from 1904.
fn sheets(text: &str) -> Result<(Vec<Sheet>, bool), ReadError> {
    let mut sheets = Vec::new();
    let mut is_1904 = false;
    let mut walk = Walk::new(text);
    while let Some(node) = walk.next()? {
        let Node::Start(element) = node else { continue };
        match element.name.as_str() {
            "workbookPr" => is_1904 = matches!(element.get("date1904").as_deref(), Some("1" | "true")),
            "sheet" => {
                if sheets.len() >= SHEETS {
                    return Err(ReadError::TooMuch { what: format!("it has over {SHEETS} sheets") });
                }
                if let (Some(name), Some(id)) = (element.get("name"), element.get_last("id")) {
                    let is_hidden = element.get("state").is_some_and(|state| state != "visible");
                    sheets.push(Sheet { name, id, is_hidden });
                }
            }
            _ => {}
        }
    }
    Ok((sheets, is_1904))
}
