//! Numbers as a sheet shows them: a date where the format has one, decimals as many as it says.

use chrono::{Days, NaiveDate};

/// What a number format makes of a number, as far as a plan needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    General,
    /// A day; or a month or a year alone, as far as the format shows it.
    Date {
        day: bool,
        month: bool,
    },
    Time,
    /// So many decimals.
    Fixed(usize),
    Percent(usize),
}

impl Format {
    /// A format by its number, where Excel knows it without being told.
    pub fn built_in(id: u32) -> Format {
        match id {
            14 | 15 | 22 | 27..=31 | 34..=36 | 50..=54 | 57 | 58 => Format::Date { day: true, month: true },
            16 => Format::Date { day: true, month: true },
            17 => Format::Date { day: false, month: true },
            18..=21 | 32 | 33 | 45..=47 | 55 | 56 => Format::Time,
            1 | 3 => Format::Fixed(0),
            2 | 4 => Format::Fixed(2),
            9 => Format::Percent(0),
            10 => Format::Percent(2),
            _ => Format::General,
        }
    }

    /// A format by its code: "dd/mm/yyyy", "mmm-yy", "0.00".
    pub fn of_code(code: &str) -> Format {
        let bare = without_literals(code);
        let has = |letter: char| bare.contains(letter);
        if has('y') || has('d') {
            return Format::Date { day: has('d'), month: has('m') };
        }
        if has('h') || has('s') {
            return Format::Time;
        }
        // Minutes alone are not written; a lone m is a month.
        if has('m') {
            return Format::Date { day: false, month: true };
        }
        let decimals =
            bare.split_once('.').map_or(0, |(_, rest)| rest.chars().take_while(|c| *c == '0').count());
        if bare.contains('%') {
            Format::Percent(decimals)
        } else if !bare.is_empty() && bare.chars().all(|c| matches!(c, '0' | '.' | ',' | '#')) && has('0') {
            Format::Fixed(decimals)
        } else {
            Format::General
        }
    }

    /// The number in words.
    pub fn show(self, number: f64, is_1904: bool) -> String {
        match self {
            Format::General => plain(number),
            Format::Fixed(decimals) => format!("{number:.*}", decimals.min(12)),
            Format::Percent(decimals) => format!("{:.*}%", decimals.min(12), number * 100.0),
            Format::Time => time(number),
            Format::Date { day, month } => match date(number, is_1904) {
                Some(date) if day => date.format("%-d %B %Y").to_string(),
                Some(date) if month => date.format("%B %Y").to_string(),
                Some(date) => date.format("%Y").to_string(),
                None => plain(number),
            },
        }
    }
}

/// The code's first part, in small letters, without what it prints as it stands and without conditions and colours.
fn without_literals(code: &str) -> String {
    let mut bare = String::new();
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '"' => {
                chars.by_ref().find(|c| *c == '"');
            }
            '[' => {
                // "[h]:mm" counts hours; "[Red]" and "[$-809]" are no letters of the format.
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                if matches!(inside.to_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss") {
                    bare.push('h');
                }
            }
            '\\' | '_' | '*' => {
                chars.next();
            }
            c => bare.extend(c.to_lowercase()),
        }
    }
    let bare = bare.replace("am/pm", "h").replace("a/p", "h").replace("general", "");
    bare.trim().to_owned()
}

/// The shortest print of a number, without the crumbs of binary fractions.
fn plain(number: f64) -> String {
    let rounded = (number * 1e10).round() / 1e10;
    if rounded.is_finite() && rounded.abs() < 1e15 { format!("{rounded}") } else { format!("{number}") }
}

/// The day of a serial number: from 1900 with its day that never was, or from 1904.
fn date(number: f64, is_1904: bool) -> Option<NaiveDate> {
    if !(0.0..3_000_000.0).contains(&number) {
        return None;
    }
    let days = number as u64;
    let (first, days) = match (is_1904, days) {
        (true, days) => (NaiveDate::from_ymd_opt(1904, 1, 1)?, days),
        (false, 0 | 60) => return None,
        (false, days @ 1..=59) => (NaiveDate::from_ymd_opt(1899, 12, 31)?, days),
        (false, days) => (NaiveDate::from_ymd_opt(1899, 12, 30)?, days),
    };
    first.checked_add_days(Days::new(days))
}

fn time(number: f64) -> String {
    let minutes = (number.rem_euclid(1.0) * 24.0 * 60.0).round() as u64 % (24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A date as ISO 8601 has it, which some programs write into a sheet.
pub(crate) fn iso(text: &str) -> Option<String> {
    let day = text.get(..10)?;
    NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().map(|date| date.format("%-d %B %Y").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_codes() {
        let (day, month) =
            (Format::Date { day: true, month: true }, Format::Date { day: false, month: true });
        for (code, wanted) in [
            ("dd/mm/yyyy", day),
            ("[$-809]dd mmmm yyyy;@", day),
            ("d-mmm-yy", day),
            ("mmm-yy", month),
            ("mmmm yyyy", month),
            ("yyyy", Format::Date { day: false, month: false }),
            ("hh:mm", Format::Time),
            ("[h]:mm", Format::Time),
            ("0.00", Format::Fixed(2)),
            ("#,##0", Format::Fixed(0)),
            ("0.0%", Format::Percent(1)),
            ("General", Format::General),
            ("@", Format::General),
            ("[Red]0", Format::Fixed(0)),
            ("\"Day \"0", Format::Fixed(0)),
        ] {
            assert_eq!(Format::of_code(code), wanted, "{code}");
        }
    }

    #[test]
    fn serial_numbers_are_days() {
        let day = Format::Date { day: true, month: true };
        assert_eq!(day.show(43_555.0, false), "31 March 2019");
        assert_eq!(day.show(43_555.75, false), "31 March 2019");
        assert_eq!(day.show(42_093.0, true), "31 March 2019");
        assert_eq!(day.show(59.0, false), "28 February 1900");
        assert_eq!(day.show(61.0, false), "1 March 1900");
        assert_eq!(day.show(60.0, false), "60", "a day that never was");
        assert_eq!(day.show(-1.0, false), "-1");
        assert_eq!(Format::Date { day: false, month: true }.show(43_525.0, false), "March 2019");
        assert_eq!(Format::Fixed(2).show(1.1, false), "1.10");
        assert_eq!(Format::General.show(1.1, false), "1.1");
        assert_eq!(Format::General.show(0.1 + 0.2, false), "0.3");
        assert_eq!(Format::Percent(0).show(0.83, false), "83%");
        assert_eq!(Format::Time.show(0.5, false), "12:00");
    }
}
