//! What is drawn on a page: each character with its place, size and weight.

use hayro_interpret::font::{Glyph as Drawn, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, RenderContent, SoftMask, TransformExt, interpret_page,
};
use hayro_syntax::Pdf;
use hayro_syntax::page::Page;

use super::{MAX_GLYPHS, UNKNOWN};

/// One character.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    pub x: (f32, f32),
    /// Its baseline below the top of the page.
    pub y: f32,
    pub size: f32,
    pub character: char,
    pub is_bold: bool,
}

/// What a page shows.
pub(super) struct Shown {
    pub height: f32,
    pub glyphs: Vec<Glyph>,
    pub has_picture: bool,
}

/// Reads the pages of one document, which share their fonts.
pub(super) struct Reader<'a> {
    pdf: &'a Pdf,
    cache: InterpreterCache<'a>,
    count: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(pdf: &'a Pdf) -> Self {
        Self { pdf, cache: InterpreterCache::new(), count: 0 }
    }

    /// How many characters were read. Over [`MAX_GLYPHS`], further ones are left out.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn read(&mut self, page: &'a Page<'a>) -> Shown {
        let (width, height) = page.render_dimensions();
        // What is noted beside a report (comments, links, forms) is not part of it.
        let settings =
            InterpreterSettings { render_content: RenderContent::PAGE, ..InterpreterSettings::default() };
        let upright = page.initial_transform(true).to_kurbo();
        let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let mut context = Context::new(upright, area, &self.cache, self.pdf.xref(), settings);
        let mut paper = Paper { left: MAX_GLYPHS.saturating_sub(self.count) + 1, ..Paper::default() };
        interpret_page(page, &mut context, &mut paper);
        self.count += paper.glyphs.len();
        Shown { height, glyphs: paper.glyphs, has_picture: paper.has_picture }
    }
}

/// Takes down what is drawn.
#[derive(Default)]
struct Paper {
    glyphs: Vec<Glyph>,
    has_picture: bool,
    /// How many characters more it may take down.
    left: usize,
}

impl Paper {
    fn draw(&mut self, glyph: &Drawn<'_>, transform: Affine, is_bold: bool) {
        const UNITS: f64 = 1000.0;
        let origin = transform * Point::ZERO;
        let up = transform * Point::new(0.0, UNITS) - origin;
        let size = up.hypot();
        let is_upright = up.x.abs() < 0.3 * size && up.y < 0.0;
        if !size.is_finite() || !origin.is_finite() || !(0.5..=500.0).contains(&size) || !is_upright {
            return;
        }
        let advance = match glyph {
            Drawn::Outline(outline) => outline.advance_width(),
            Drawn::Type3(drawn) => drawn.advance_width(),
        };
        let width = f64::from(advance.unwrap_or(500.0)).clamp(0.0, 3.0 * UNITS) / UNITS * size;
        let text = match glyph.as_unicode() {
            Some(BfString::Char(one)) => one.to_string(),
            Some(BfString::String(several)) => several,
            None => UNKNOWN.to_string(),
        };
        let spelled: Vec<char> = text.chars().flat_map(spelled).take(8).collect();
        let share = width / spelled.len().max(1) as f64;
        for (place, character) in spelled.into_iter().enumerate() {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            let x = origin.x + share * place as f64;
            self.glyphs.push(Glyph {
                x: (x as f32, (x + share) as f32),
                y: origin.y as f32,
                size: size as f32,
                character,
                is_bold,
            });
        }
    }
}

/// A character as it is written: two letters drawn as one are two, and what is no character is none.
fn spelled(character: char) -> Vec<char> {
    match character {
        '\u{FB00}' => vec!['f', 'f'],
        '\u{FB01}' => vec!['f', 'i'],
        '\u{FB02}' => vec!['f', 'l'],
        '\u{FB03}' => vec!['f', 'f', 'i'],
        '\u{FB04}' => vec!['f', 'f', 'l'],
        '\u{FB05}' | '\u{FB06}' => vec!['s', 't'],
        '\u{200B}' | '\u{200C}' | '\u{200D}' | '\u{2060}' | '\u{FEFF}' => vec![],
        character if character.is_whitespace() || character.is_control() => vec![' '],
        character => vec![character],
    }
}

/// Whether a font is bold, by its name or its weight.
fn is_bold(glyph: &Drawn<'_>) -> bool {
    const HEAVY: u32 = 600;
    let Drawn::Outline(outline) = glyph else { return false };
    let Some(font) = outline.font_data() else { return false };
    let by_name = font.postscript_name.is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        ["bold", "black", "heavy", "demi"].iter().any(|word| name.contains(word))
    });
    by_name || font.weight.is_some_and(|weight| weight >= HEAVY)
}

impl<'a> Device<'a> for Paper {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let Some(first) = run.glyphs().first() else { return };
        // Letters whose outlines are drawn as well are made bold that way.
        let is_bold = matches!(mode, DrawMode::Stroke(_) | DrawMode::FillAndStroke(..)) || is_bold(first);
        for glyph in run.glyphs() {
            self.draw(glyph, props.transform * glyph.transform(), is_bold);
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.has_picture = true;
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
