//! Fills of cells: which colour people call them.

use serde::{Deserialize, Serialize};

/// A colour as people name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Colour {
    #[serde(rename = "r")]
    Red,
    #[serde(rename = "a")]
    Amber,
    #[serde(rename = "g")]
    Green,
    #[serde(rename = "b")]
    Blue,
    #[serde(rename = "p")]
    Purple,
}

/// Less colour than this, of 255, is a shade of grey.
const GREY: u8 = 18;

impl Colour {
    /// The colour of six hexadecimal digits, alpha before them or not. Black, white and grey are none.
    pub fn of_hex(hex: &str) -> Option<Colour> {
        let hex = hex.trim().trim_start_matches('#');
        if !hex.is_ascii() || hex.len() < 6 {
            return None;
        }
        let digits = &hex[hex.len() - 6..];
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Colour::of(part(0)?, part(2)?, part(4)?)
    }

    /// The colour of red, green and blue light, by its hue.
    pub fn of(red: u8, green: u8, blue: u8) -> Option<Colour> {
        let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
        if most - least < GREY {
            return None;
        }
        let range = f64::from(most - least);
        let (red, green, blue) = (f64::from(red), f64::from(green), f64::from(blue));
        let most = f64::from(most);
        let sixth = if most <= red {
            ((green - blue) / range).rem_euclid(6.0)
        } else if most <= green {
            (blue - red) / range + 2.0
        } else {
            (red - green) / range + 4.0
        };
        Some(match sixth * 60.0 {
            hue if hue < 14.0 => Colour::Red,
            hue if hue < 68.0 => Colour::Amber,
            hue if hue < 170.0 => Colour::Green,
            hue if hue < 255.0 => Colour::Blue,
            hue if hue < 325.0 => Colour::Purple,
            _ => Colour::Red,
        })
    }

    /// The colour that a word or a letter of a rating names.
    pub fn of_word(word: &str) -> Option<Colour> {
        Some(match word {
            "r" | "red" | "🔴" | "🟥" => Colour::Red,
            "a" | "amber" | "yellow" | "orange" | "🟠" | "🟡" | "🟧" | "🟨" => Colour::Amber,
            "g" | "green" | "🟢" | "🟩" => Colour::Green,
            "b" | "blue" | "🔵" | "🟦" => Colour::Blue,
            "p" | "purple" | "🟣" | "🟪" => Colour::Purple,
            _ => return None,
        })
    }

    /// Word's names for the colours of its marker pen.
    pub fn of_highlight(name: &str) -> Option<Colour> {
        Some(match name {
            "red" | "darkRed" => Colour::Red,
            "yellow" | "darkYellow" => Colour::Amber,
            "green" | "darkGreen" => Colour::Green,
            "blue" | "cyan" | "darkBlue" | "darkCyan" => Colour::Blue,
            "magenta" | "darkMagenta" => Colour::Purple,
            _ => return None,
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Colour::Red => "red",
            Colour::Amber => "amber",
            Colour::Green => "green",
            Colour::Blue => "blue",
            Colour::Purple => "purple",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_of_office_programs_are_named_as_people_name_them() {
        for (hex, wanted) in [
            ("FFFF0000", Some(Colour::Red)),
            ("C00000", Some(Colour::Red)),
            ("FFC7CE", Some(Colour::Red)),
            ("FFC000", Some(Colour::Amber)),
            ("FFFF00", Some(Colour::Amber)),
            ("ED7D31", Some(Colour::Amber)),
            ("FFEB9C", Some(Colour::Amber)),
            ("92D050", Some(Colour::Green)),
            ("00B050", Some(Colour::Green)),
            ("C6EFCE", Some(Colour::Green)),
            ("0070C0", Some(Colour::Blue)),
            ("00B0F0", Some(Colour::Blue)),
            ("4472C4", Some(Colour::Blue)),
            ("7030A0", Some(Colour::Purple)),
            ("FFFFFF", None),
            ("000000", None),
            ("D9D9D9", None),
            ("auto", None),
            ("", None),
        ] {
            assert_eq!(Colour::of_hex(hex), wanted, "{hex}");
        }
    }
}
