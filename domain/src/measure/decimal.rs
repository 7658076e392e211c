//! Figures with up to three decimals, exact.

use std::fmt;
use std::str::FromStr;

/// A number with up to three decimals, held as thousandths.
///
/// Both databases store a whole number of 64 bits exactly, sort it and compare it; neither SQLite's REAL nor a client's floating
/// point would keep 0.1. Three decimals are more than the Department for Education publishes of anything (it gives one). Never negative and
/// below a thousand million: nothing that is counted, timed or scored here is outside, and JSON's numbers carry all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i64);

/// A text or number that is no [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADecimal;

impl fmt::Display for NotADecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a figure is a number from 0 to {} with at most three decimals, such as 59.2", Decimal::MAX)
    }
}

impl std::error::Error for NotADecimal {}

impl Decimal {
    /// The smallest.
    pub const ZERO: Self = Self(0);
    /// The largest.
    pub const MAX: Self = Self(999_999_999_999);

    /// The number of so many thousandths, as a database keeps it.
    pub fn from_thousandths(thousandths: i64) -> Result<Self, NotADecimal> {
        if (0..=Self::MAX.0).contains(&thousandths) { Ok(Self(thousandths)) } else { Err(NotADecimal) }
    }

    /// How many thousandths it is.
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// `numerator / denominator * factor`, rounded half up; `None` if that is no figure.
    pub fn ratio(numerator: i64, denominator: i64, factor: i64) -> Option<Self> {
        if denominator <= 0 {
            return None;
        }
        let (numerator, denominator) = (i128::from(numerator), i128::from(denominator));
        let scaled = numerator.checked_mul(i128::from(factor))?.checked_mul(1000)?;
        let rounded = (2 * scaled + denominator).div_euclid(2 * denominator);
        Self::from_thousandths(i64::try_from(rounded).ok()?).ok()
    }

    /// The whole number that it is, or `None` if it has decimals.
    pub const fn whole(self) -> Option<i64> {
        if self.0 % 1000 == 0 { Some(self.0 / 1000) } else { None }
    }

    /// Whether it is `numerator / denominator * factor` as somebody may have printed it: rounded to any number of decimals.
    pub fn is_rounding_of(self, numerator: i64, denominator: i64, factor: i64) -> bool {
        let exact = i128::from(numerator) * i128::from(factor) * 1000;
        let off = (i128::from(self.0) * i128::from(denominator) - exact).abs();
        [1, 10, 100, 1000]
            .into_iter()
            .any(|step| self.0 % step == 0 && 2 * off <= i128::from(step) * i128::from(denominator))
    }

    /// How far apart two are.
    pub const fn distance(self, other: Self) -> Self {
        Self((self.0 - other.0).abs())
    }
}

impl FromStr for Decimal {
    type Err = NotADecimal;

    /// Digits, and if there is a point, one to three digits behind it. No sign, exponent or separator.
    fn from_str(text: &str) -> Result<Self, NotADecimal> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) || fraction.len() > 3 {
            return Err(NotADecimal);
        }
        let whole: i64 = whole.parse().map_err(|_| NotADecimal)?;
        let fraction: i64 = format!("{fraction:0<3}").parse().map_err(|_| NotADecimal)?;
        whole
            .checked_mul(1000)
            .and_then(|n| n.checked_add(fraction))
            .ok_or(NotADecimal)
            .and_then(Self::from_thousandths)
    }
}

impl fmt::Display for Decimal {
    /// Without noughts at the end: 59.2, not 59.200.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / 1000, self.0 % 1000);
        if fraction == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{fraction:03}").trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn figures_are_read_as_they_are_printed() {
        for text in ["0", "59", "59.2", "0.001", "999999999.999"] {
            assert_eq!(decimal(text).to_string(), text);
        }
        assert_eq!(decimal("59.20").to_string(), "59.2");
        assert_eq!(decimal("007").to_string(), "7");
        for text in
            ["", ".", "5.", ".5", "-1", "+1", "1e3", "1,000", "59%", "1.2345", "1000000000", "٣", " 1"]
        {
            assert_eq!(text.parse::<Decimal>(), Err(NotADecimal), "{text}");
        }
    }

    #[test]
    fn a_ratio_is_rounded_half_up() {
        assert_eq!(Decimal::ratio(348, 588, 100), Some(decimal("59.184")));
        assert_eq!(Decimal::ratio(1, 16, 1), Some(decimal("0.063")));
        assert_eq!(Decimal::ratio(0, 7, 100), Some(Decimal::ZERO));
        assert_eq!(Decimal::ratio(1, 0, 100), None);
        assert_eq!(Decimal::ratio(-1, 2, 100), None);
        assert_eq!(Decimal::ratio(i64::MAX, 1, 10_000), None);
    }

    #[test]
    fn a_ratio_may_be_printed_with_fewer_decimals() {
        for printed in ["59.184", "59.18", "59.2", "59"] {
            assert!(decimal(printed).is_rounding_of(348, 588, 100), "{printed}");
        }
        for printed in ["59.183", "59.1", "60", "58", "59.19"] {
            assert!(!decimal(printed).is_rounding_of(348, 588, 100), "{printed}");
        }
        // Half way: some round up, some to the even digit.
        assert!(decimal("12").is_rounding_of(1, 8, 100) && decimal("13").is_rounding_of(1, 8, 100));
    }

    proptest! {
        #[test]
        fn every_figure_reads_back(thousandths in 0..=Decimal::MAX.thousandths()) {
            let figure = Decimal::from_thousandths(thousandths).unwrap();
            prop_assert_eq!(figure.to_string().parse(), Ok(figure));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,20}") {
            let _ = text.parse::<Decimal>();
        }
    }
}
