//! The styles of a workbook's cells: how a number is shown, what colour the cell is, whether it is struck through.

use std::collections::BTreeMap;

use super::super::colour::Colour;
use super::super::error::ReadError;
use super::formats::Format;
use super::xml::{Element, Node, Walk};

/// What a style says of a cell.
#[derive(Debug, Clone)]
pub(crate) struct Style {
    pub format: Format,
    pub fill: Option<Colour>,
    pub is_struck: bool,
    /// The font, where it draws symbols.
    pub font: String,
    /// The colour of its letters.
    pub ink: Option<Colour>,
}

/// All styles, by the number that a cell has.
#[derive(Debug, Default)]
pub(crate) struct Styles(Vec<Style>);

/// More styles than Excel allows.
const MOST: usize = 70_000;

impl Styles {
    pub fn get(&self, number: usize) -> Option<&Style> {
        self.0.get(number)
    }

    /// Reads the part of the styles, with the colours of the theme.
    pub fn read(text: &str, theme: &[(u8, u8, u8)]) -> Result<Styles, ReadError> {
        let mut formats: BTreeMap<u32, Format> = BTreeMap::new();
        let mut fonts: Vec<(bool, String, Option<Colour>)> = Vec::new();
        let mut fills: Vec<Option<Colour>> = Vec::new();
        let mut styles = Vec::new();
        let mut path: Vec<String> = Vec::new();
        let mut is_pattern = false;
        let mut walk = Walk::new(text);
        while let Some(node) = walk.next()? {
            match node {
                Node::Start(element) => {
                    let within = |name: &str| path.iter().any(|step| step == name);
                    match element.name.as_str() {
                        "numFmt" if within("numFmts") && formats.len() < MOST => {
                            if let (Some(id), Some(code)) =
                                (element.number("numFmtId"), element.get("formatCode"))
                            {
                                formats.insert(id, Format::of_code(&code));
                            }
                        }
                        "font" if within("fonts") && fonts.len() < MOST => {
                            fonts.push((false, String::new(), None))
                        }
                        "strike" if within("fonts") => {
                            if let Some(font) = fonts.last_mut() {
                                font.0 = element.is_on();
                            }
                        }
                        "name" if within("fonts") => {
                            if let Some(font) = fonts.last_mut() {
                                font.1 = element.get("val").unwrap_or_default();
                            }
                        }
                        "color" if within("fonts") => {
                            if let Some(font) = fonts.last_mut() {
                                font.2 = colour(&element, theme);
                            }
                        }
                        "fill" if within("fills") && fills.len() < MOST => fills.push(None),
                        "patternFill" => {
                            is_pattern = !matches!(element.get("patternType").as_deref(), Some("none"))
                        }
                        // The colour of a solid fill is called its foreground; of a gradient the first stop is taken.
                        "fgColor" if is_pattern && within("fills") => {
                            if let Some(fill) = fills.last_mut() {
                                *fill = colour(&element, theme);
                            }
                        }
                        "color" if within("gradientFill") && within("fills") => {
                            if let Some(fill) = fills.last_mut() {
                                *fill = fill.or_else(|| colour(&element, theme));
                            }
                        }
                        "xf" if within("cellXfs") && styles.len() < MOST => {
                            let number = |name| element.number::<usize>(name).unwrap_or(0);
                            let id: u32 = element.number("numFmtId").unwrap_or(0);
                            let (is_struck, font, ink) =
                                fonts.get(number("fontId")).cloned().unwrap_or_default();
                            styles.push(Style {
                                format: formats.get(&id).copied().unwrap_or_else(|| Format::built_in(id)),
                                fill: fills.get(number("fillId")).copied().flatten(),
                                is_struck,
                                font,
                                ink,
                            });
                        }
                        _ => {}
                    }
                    path.push(element.name);
                }
                Node::End(_) => {
                    path.pop();
                }
                Node::Text(_) => {}
            }
        }
        Ok(Styles(styles))
    }
}

/// The colours of a workbook's theme, in the order in which styles number them.
pub(crate) fn theme(text: &str) -> Result<Vec<(u8, u8, u8)>, ReadError> {
    let mut colours = Vec::new();
    let mut is_scheme = false;
    let mut walk = Walk::new(text);
    while let Some(node) = walk.next()? {
        match node {
            Node::Start(element) if element.name == "clrScheme" => is_scheme = true,
            Node::Start(element) if is_scheme && colours.len() < 12 => {
                let value = match element.name.as_str() {
                    "srgbClr" => element.get("val"),
                    "sysClr" => element.get("lastClr"),
                    _ => None,
                };
                colours.extend(value.as_deref().and_then(light));
            }
            Node::End(name) if name == "clrScheme" => break,
            _ => {}
        }
    }
    // Styles count light before dark; the theme has dark first.
    if colours.len() >= 4 {
        colours.swap(0, 1);
        colours.swap(2, 3);
    }
    Ok(colours)
}

fn light(hex: &str) -> Option<(u8, u8, u8)> {
    if !hex.is_ascii() || hex.len() < 6 {
        return None;
    }
    let digits = &hex[hex.len() - 6..];
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some((part(0)?, part(2)?, part(4)?))
}

/// The first sixteen colours of the old palette, which come twice; the others are rare, and are none here.
const PALETTE: [&str; 8] = ["000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF"];
/// Those of the rest of it that rate.
const REST: &[(u32, &str)] = &[
    (16, "800000"),
    (17, "008000"),
    (18, "000080"),
    (19, "808000"),
    (20, "800080"),
    (21, "008080"),
    (40, "00CCFF"),
    (42, "CCFFCC"),
    (43, "FFFF99"),
    (44, "99CCFF"),
    (45, "FF99CC"),
    (47, "FFCC99"),
    (48, "3366FF"),
    (49, "33CCCC"),
    (50, "99CC00"),
    (51, "FFCC00"),
    (52, "FF9900"),
    (53, "FF6600"),
    (57, "339966"),
];

/// A colour in one of the ways in which a style names it. A tint makes it lighter or darker, and leaves its hue.
fn colour(element: &Element<'_>, theme: &[(u8, u8, u8)]) -> Option<Colour> {
    if let Some(hex) = element.get("rgb") {
        return Colour::of_hex(&hex);
    }
    if let Some(number) = element.number::<usize>("theme") {
        let (red, green, blue) = *theme.get(number)?;
        return Colour::of(red, green, blue);
    }
    let index = element.number::<u32>("indexed")?;
    let hex = match index {
        0..=15 => PALETTE.get((index % 8) as usize).copied(),
        _ => REST.iter().find(|(known, _)| *known == index).map(|(_, hex)| *hex),
    };
    hex.and_then(Colour::of_hex)
}
