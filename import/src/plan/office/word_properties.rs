//! The properties of Word's paragraphs, runs, rows and cells, as far as they change what is read.

use super::super::colour::Colour;
use super::super::error::ReadError;
use super::xml::{Element, Node, Walk};

#[derive(Debug, Clone, Default)]
pub(crate) struct ParagraphProperties {
    pub style: Option<String>,
    /// The list, and the level in it.
    pub list: Option<(u32, usize)>,
    /// The level of a heading.
    pub level: Option<u8>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct RunProperties {
    pub is_struck: bool,
    pub is_hidden: bool,
    /// "Click here to enter text".
    pub is_placeholder: bool,
    pub font: String,
    /// The marker pen, or the ground behind the letters.
    pub mark: Option<Colour>,
    pub ink: Option<Colour>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RowProperties {
    /// Columns of the grid that the row leaves out at its beginning.
    pub before: usize,
    pub is_deleted: bool,
    pub is_tracked: bool,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CellProperties {
    pub span: usize,
    pub fill: Option<Colour>,
    pub is_lower: bool,
    /// The old way of merging: it belongs to the cell on its left.
    pub goes_left: bool,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ControlProperties {
    pub tick_box: Option<bool>,
    pub is_placeholder: bool,
}

/// Calls for each element below the one that was just begun, to its end. What a tracked change has replaced is passed over.
fn each(walk: &mut Walk<'_>, mut take: impl FnMut(&Element<'_>)) -> Result<(), ReadError> {
    let mut inside = 1;
    while inside > 0 {
        match walk.next()? {
            Some(Node::Start(element)) if element.name.ends_with("Change") => walk.skip()?,
            Some(Node::Start(element)) => {
                take(&element);
                inside += 1;
            }
            Some(Node::End(_)) => inside -= 1,
            Some(Node::Text(_)) => {}
            None => break,
        }
    }
    Ok(())
}

pub(crate) fn paragraph(walk: &mut Walk<'_>) -> Result<ParagraphProperties, ReadError> {
    let mut properties = ParagraphProperties::default();
    let (mut list, mut list_level) = (None, 0);
    each(walk, |element| match element.name.as_str() {
        "pStyle" => properties.style = element.get("val"),
        "numId" => list = element.number::<u32>("val"),
        "ilvl" => list_level = element.number::<usize>("val").unwrap_or(0),
        "outlineLvl" => {
            properties.level = element.number::<u8>("val").filter(|level| *level < 9).map(|level| level + 1);
        }
        _ => {}
    })?;
    properties.list = list.map(|list| (list, list_level));
    Ok(properties)
}

pub(crate) fn run(walk: &mut Walk<'_>) -> Result<RunProperties, ReadError> {
    let mut properties = RunProperties::default();
    each(walk, |element| match element.name.as_str() {
        "strike" | "dstrike" => properties.is_struck |= element.is_on(),
        "vanish" => properties.is_hidden = element.is_on(),
        "rFonts" => {
            properties.font = element.get("ascii").or_else(|| element.get("hAnsi")).unwrap_or_default()
        }
        "highlight" => properties.mark = element.get("val").as_deref().and_then(Colour::of_highlight),
        "shd" => properties.mark = properties.mark.or(ground(element)),
        "color" => properties.ink = element.get("val").as_deref().and_then(Colour::of_hex),
        _ => {}
    })?;
    Ok(properties)
}

pub(crate) fn row(walk: &mut Walk<'_>) -> Result<RowProperties, ReadError> {
    let mut properties = RowProperties::default();
    each(walk, |element| match element.name.as_str() {
        "gridBefore" => properties.before = element.number::<usize>("val").unwrap_or(0).min(500),
        "del" => (properties.is_deleted, properties.is_tracked) = (true, true),
        "ins" => properties.is_tracked = true,
        _ => {}
    })?;
    Ok(properties)
}

pub(crate) fn cell(walk: &mut Walk<'_>) -> Result<CellProperties, ReadError> {
    let mut properties = CellProperties::default();
    each(walk, |element| match element.name.as_str() {
        "gridSpan" => properties.span = element.number("val").unwrap_or(1),
        "vMerge" => properties.is_lower = element.get("val").is_none_or(|val| val != "restart"),
        "hMerge" => properties.goes_left = element.get("val").is_none_or(|val| val != "restart"),
        "shd" => properties.fill = ground(element),
        _ => {}
    })?;
    Ok(properties)
}

pub(crate) fn content_control(walk: &mut Walk<'_>) -> Result<ControlProperties, ReadError> {
    let mut properties = ControlProperties::default();
    each(walk, |element| match element.name.as_str() {
        "checked" => properties.tick_box = Some(element.is_on()),
        "showingPlcHdr" => properties.is_placeholder = element.is_on(),
        _ => {}
    })?;
    Ok(properties)
}

/// The colour behind: the fill, or the colour of a pattern that covers it.
fn ground(element: &Element<'_>) -> Option<Colour> {
    let name = if element.get("val").as_deref() == Some("solid") { "color" } else { "fill" };
    element.get(name).as_deref().and_then(Colour::of_hex)
}
