//! From characters with places to lines of words.

use super::glyphs::Glyph;
use super::{Line, Word};

/// Baselines closer than this share of the font's size are one line.
const SAME_LINE: f32 = 0.2;
/// A gap wider than this share of the font's size parts two words.
const GAP: f32 = 0.17;
/// What is smaller than this share of its line's size and above it is raised.
const RAISED: f32 = 0.8;

/// The lines of a page.
pub(super) fn of(mut glyphs: Vec<Glyph>) -> Vec<Line> {
    glyphs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        match rows.last_mut() {
            Some(row) if is_same_line(row, glyph) => row.push(glyph),
            _ => rows.push(vec![glyph]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.x.0.total_cmp(&b.x.0));
    }
    let rows = with_raised(rows);
    rows.into_iter().filter_map(line).collect()
}

fn is_same_line(row: &[Glyph], glyph: Glyph) -> bool {
    row.first().is_some_and(|first| (glyph.y - first.y).abs() <= SAME_LINE * first.size.min(glyph.size))
}

/// The size that most of a row's characters have.
fn size(row: &[Glyph]) -> f32 {
    let mut sizes: Vec<f32> =
        row.iter().filter(|glyph| glyph.character != ' ').map(|glyph| glyph.size).collect();
    sizes.sort_by(f32::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(0.0)
}

/// Puts rows of small characters that stand a little above the next row, and beside what is in it, into that row.
fn with_raised(rows: Vec<Vec<Glyph>>) -> Vec<Vec<Glyph>> {
    let mut out: Vec<Vec<Glyph>> = Vec::with_capacity(rows.len());
    let mut waiting: Vec<Glyph> = Vec::new();
    for mut row in rows {
        if !waiting.is_empty() {
            if belongs(&waiting, &row) {
                row.append(&mut waiting);
                row.sort_by(|a, b| a.x.0.total_cmp(&b.x.0));
            } else {
                out.push(std::mem::take(&mut waiting));
            }
        }
        // Only a few characters can be marks; longer rows are lines by themselves.
        let characters = row.iter().filter(|glyph| glyph.character != ' ').count();
        if characters <= 12 {
            waiting = row;
        } else {
            out.push(row);
        }
    }
    if !waiting.is_empty() {
        out.push(waiting);
    }
    out
}

fn belongs(marks: &[Glyph], row: &[Glyph]) -> bool {
    let (small, large) = (size(marks), size(row));
    let (Some(mark), Some(base)) = (marks.first(), row.first()) else { return false };
    let above = base.y - mark.y;
    let is_small = small < RAISED * large && above > 0.0 && above < 0.65 * large;
    // A space may have the height of its line while the mark beside it is raised.
    let touches = |mark: &Glyph| {
        row.iter()
            .filter(|glyph| glyph.character != ' ')
            .any(|glyph| mark.x.0 < glyph.x.1 + 0.6 * large && mark.x.1 > glyph.x.0 - 0.6 * large)
    };
    is_small && marks.iter().filter(|mark| mark.character != ' ').all(touches)
}

fn line(row: Vec<Glyph>) -> Option<Line> {
    let size = size(&row);
    let row = once(row);
    let base: Vec<f32> = row
        .iter()
        .filter(|glyph| glyph.character != ' ' && glyph.size >= RAISED * size)
        .map(|glyph| glyph.y)
        .collect();
    let y = base.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut words: Vec<Word> = Vec::new();
    let mut is_apart = true;
    for glyph in row {
        if glyph.character == ' ' {
            is_apart = true;
            continue;
        }
        let is_raised = glyph.size < RAISED * size && glyph.y < y - 0.1 * size;
        let last = words.last_mut();
        let is_near = !is_apart
            && last.as_ref().is_some_and(|word| glyph.x.0 - word.x.1 <= GAP * glyph.size.min(word.size));
        match last {
            Some(word) if is_near && word.is_raised == is_raised => {
                word.text.push(glyph.character);
                word.x.1 = word.x.1.max(glyph.x.1);
                word.is_bold &= glyph.is_bold;
            }
            _ => words.push(Word {
                x: glyph.x,
                text: glyph.character.to_string(),
                size: glyph.size,
                is_bold: glyph.is_bold,
                is_raised,
                is_glued: is_near,
            }),
        }
        is_apart = false;
    }
    (!words.is_empty() && y.is_finite()).then_some(Line { y, words })
}

/// A row in which what is drawn twice at one place, to look bold, stands once and bold.
fn once(row: Vec<Glyph>) -> Vec<Glyph> {
    let mut out: Vec<Glyph> = Vec::with_capacity(row.len());
    for glyph in row {
        match out.last_mut() {
            Some(before)
                if before.character == glyph.character
                    && glyph.character != ' '
                    && (glyph.x.0 - before.x.0).abs() < 0.08 * glyph.size =>
            {
                before.is_bold = true;
            }
            _ => out.push(glyph),
        }
    }
    out
}
