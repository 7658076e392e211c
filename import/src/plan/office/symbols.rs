//! Characters of symbol fonts, as characters that everybody has: a tick in Wingdings is the letter ü.

/// The character that a symbol font draws for a code; itself where it is not known.
pub(crate) fn of_font(font: &str, c: char) -> char {
    let code = match u32::from(c) {
        code @ 0xF000..=0xF0FF => code - 0xF000,
        code => code,
    };
    let font = font.trim().to_lowercase();
    let known = match font.as_str() {
        "wingdings" => match code {
            0xFC => Some('✓'),
            0xFE => Some('☑'),
            0xFB => Some('✗'),
            0xFD => Some('☒'),
            0x6F | 0xA8 => Some('☐'),
            0x6C | 0x9F => Some('●'),
            0x6E => Some('■'),
            0xA7 => Some('▪'),
            0xD8 => Some('➢'),
            0xE0 => Some('→'),
            _ => None,
        },
        "wingdings 2" => match code {
            0x50 => Some('✓'),
            0x52 => Some('☑'),
            0x4F => Some('✗'),
            0x51 | 0x54 => Some('☒'),
            0xA3 => Some('☐'),
            0x97 | 0x98 => Some('●'),
            _ => None,
        },
        "webdings" => match code {
            0x61 => Some('✓'),
            0x72 => Some('✗'),
            0x6E => Some('●'),
            0x67 => Some('■'),
            _ => None,
        },
        "symbol" => match code {
            0xB7 => Some('•'),
            0xD6 => Some('✓'),
            0xB3 => Some('≥'),
            0xA3 => Some('≤'),
            0x2D => Some('-'),
            _ => None,
        },
        _ => None,
    };
    known.unwrap_or(c)
}

/// Does a font draw symbols for letters?
pub(crate) fn is_symbol_font(font: &str) -> bool {
    matches!(font.trim().to_lowercase().as_str(), "wingdings" | "wingdings 2" | "webdings" | "symbol")
}

/// A text in a font.
pub(crate) fn text(font: &str, text: &str) -> String {
    if is_symbol_font(font) { text.chars().map(|c| of_font(font, c)).collect() } else { text.to_owned() }
}

/// Discs and squares, which say something by the colour that they are printed in.
pub(crate) fn is_disc(c: char) -> bool {
    matches!(c, '●' | '■' | '⬤' | '•' | '◼' | '▪' | '⚫' | '◆')
}
