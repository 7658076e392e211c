//! The figures of one reading: a value, and the counts that it comes from.

use std::fmt;

use super::{Decimal, MeasureUnit};

/// The largest count: as large as a [`Decimal`] can be, and well within GraphQL's `Int`.
pub const MAX_COUNT: i64 = 999_999_999;

/// What was given for a reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many of them; the sum, where the value is an average.
    pub numerator: Option<i64>,
    /// Out of how many.
    pub denominator: Option<i64>,
    /// The figure itself; worked out from the counts if it is not given.
    pub value: Option<Decimal>,
    /// What somebody else says that the value is.
    pub disputed: Option<Decimal>,
}

/// Which of the figures is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FiguresField {
    /// The numerator.
    Numerator,
    /// The denominator.
    Denominator,
    /// The value.
    Value,
    /// The disputed value.
    Disputed,
}

/// Why figures cannot be those of a reading. Each text says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FiguresProblem {
    /// No value and nothing to work one out from.
    Nothing,
    /// One count without the other.
    OneCount(FiguresField),
    /// Counts beside a count.
    CountsOfACount,
    /// A count below nought or above [`MAX_COUNT`].
    OutOfRange(FiguresField),
    /// A denominator of nought.
    NoDenominator,
    /// More than all.
    MoreThanAll,
    /// A value over a hundred per cent.
    OverAHundred(FiguresField),
    /// A count with decimals.
    NotWhole(FiguresField),
    /// The counts give a value that is no figure.
    TooLarge,
    /// The value is not what the counts give.
    Contradiction {
        /// What they give.
        counts: Decimal,
        /// What was given.
        value: Decimal,
    },
}

impl FiguresProblem {
    /// The figure to mend.
    pub fn field(self) -> FiguresField {
        match self {
            Self::Nothing | Self::TooLarge | Self::Contradiction { .. } => FiguresField::Value,
            Self::OneCount(field)
            | Self::OutOfRange(field)
            | Self::OverAHundred(field)
            | Self::NotWhole(field) => field,
            Self::CountsOfACount | Self::MoreThanAll => FiguresField::Numerator,
            Self::NoDenominator => FiguresField::Denominator,
        }
    }
}

impl fmt::Display for FiguresProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => {
                write!(f, "Give a value, or the numerator and the denominator that it comes from.")
            }
            Self::OneCount(_) => {
                write!(f, "Numerator and denominator belong together: give both or neither.")
            }
            Self::CountsOfACount => {
                write!(
                    f,
                    "A measure in COUNT has a value only: give the number as the value, without numerator and denominator."
                )
            }
            Self::OutOfRange(_) => write!(f, "A count is a whole number from 0 to {MAX_COUNT}."),
            Self::NoDenominator => {
                write!(f, "Nothing is a share or an average of none: give a denominator of 1 or more.")
            }
            Self::MoreThanAll => {
                write!(f, "The numerator is a part of the denominator, and cannot be greater.")
            }
            Self::OverAHundred(_) => write!(f, "A percentage is 100 at most."),
            Self::NotWhole(_) => write!(f, "A count is a whole number, without decimals."),
            Self::TooLarge => write!(f, "Numerator and denominator give a value over {}.", Decimal::MAX),
            Self::Contradiction { counts, value } => write!(
                f,
                "Numerator and denominator give {counts}, not {value}: correct one of the three, or leave the value out."
            ),
        }
    }
}

impl std::error::Error for FiguresProblem {}

/// The value of a reading, if its figures agree: as it was given, else worked out from the counts.
///
/// A given value may be rounded to any number of decimals, as reports print it: 348 of 588 is 59.184, 59.18, 59.2 or 59.
///
/// # Errors
/// The first [`FiguresProblem`], if they do not.
pub fn settle(unit: MeasureUnit, given: Figures) -> Result<Decimal, FiguresProblem> {
    for (count, field) in
        [(given.numerator, FiguresField::Numerator), (given.denominator, FiguresField::Denominator)]
    {
        if count.is_some_and(|count| !(0..=MAX_COUNT).contains(&count)) {
            return Err(FiguresProblem::OutOfRange(field));
        }
    }
    for (figure, field) in [(given.value, FiguresField::Value), (given.disputed, FiguresField::Disputed)] {
        let Some(figure) = figure else { continue };
        match unit {
            MeasureUnit::Count if figure.whole().is_none() => return Err(FiguresProblem::NotWhole(field)),
            MeasureUnit::Percent if figure.thousandths() > 100_000 => {
                return Err(FiguresProblem::OverAHundred(field));
            }
            _ => {}
        }
    }
    match (given.numerator, given.denominator, unit.factor()) {
        (None, None, _) => given.value.ok_or(FiguresProblem::Nothing),
        (_, _, None) => Err(FiguresProblem::CountsOfACount),
        (Some(_), None, _) => Err(FiguresProblem::OneCount(FiguresField::Denominator)),
        (None, Some(_), _) => Err(FiguresProblem::OneCount(FiguresField::Numerator)),
        (_, Some(0), _) => Err(FiguresProblem::NoDenominator),
        (Some(numerator), Some(denominator), _) if unit.is_share() && numerator > denominator => {
            Err(FiguresProblem::MoreThanAll)
        }
        (Some(numerator), Some(denominator), Some(factor)) => {
            let counts = Decimal::ratio(numerator, denominator, factor).ok_or(FiguresProblem::TooLarge)?;
            match given.value {
                Some(value) if !value.is_rounding_of(numerator, denominator, factor) => {
                    Err(FiguresProblem::Contradiction { counts, value })
                }
                given => Ok(given.unwrap_or(counts)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::measure::MeasureUnit::*;

    fn figures(numerator: Option<i64>, denominator: Option<i64>, value: Option<&str>) -> Figures {
        Figures { numerator, denominator, value: value.map(|text| text.parse().unwrap()), disputed: None }
    }

    #[rstest]
    #[case(Percent, Some(348), Some(588), None, "59.184")]
    #[case(Percent, Some(348), Some(588), Some("59"), "59")]
    #[case(Percent, None, None, Some("32"), "32")]
    #[case(RatePer10000, Some(505), Some(123_000), None, "41.057")]
    #[case(Average, Some(171), Some(9), None, "19")]
    #[case(Days, None, None, Some("426.5"), "426.5")]
    #[case(Count, None, None, Some("634"), "634")]
    #[case(Percent, Some(0), Some(12), None, "0")]
    fn figures_that_agree_have_a_value(
        #[case] unit: MeasureUnit,
        #[case] numerator: Option<i64>,
        #[case] denominator: Option<i64>,
        #[case] value: Option<&str>,
        #[case] expected: &str,
    ) {
        assert_eq!(settle(unit, figures(numerator, denominator, value)), Ok(expected.parse().unwrap()));
    }

    #[rstest]
    #[case(Percent, None, None, None, FiguresProblem::Nothing)]
    #[case(Percent, Some(1), None, Some("5"), FiguresProblem::OneCount(FiguresField::Denominator))]
    #[case(Percent, None, Some(1), Some("5"), FiguresProblem::OneCount(FiguresField::Numerator))]
    #[case(Count, Some(3), Some(4), Some("3"), FiguresProblem::CountsOfACount)]
    #[case(Count, None, None, Some("3.5"), FiguresProblem::NotWhole(FiguresField::Value))]
    #[case(Percent, Some(-1), Some(4), None, FiguresProblem::OutOfRange(FiguresField::Numerator))]
    #[case(Percent, Some(1), Some(-4), None, FiguresProblem::OutOfRange(FiguresField::Denominator))]
    #[case(Percent, Some(0), Some(0), None, FiguresProblem::NoDenominator)]
    #[case(Percent, Some(5), Some(4), None, FiguresProblem::MoreThanAll)]
    #[case(Percent, None, None, Some("100.1"), FiguresProblem::OverAHundred(FiguresField::Value))]
    #[case(RatePer10000, Some(MAX_COUNT), Some(1), None, FiguresProblem::TooLarge)]
    fn others_are_refused_with_what_to_mend(
        #[case] unit: MeasureUnit,
        #[case] numerator: Option<i64>,
        #[case] denominator: Option<i64>,
        #[case] value: Option<&str>,
        #[case] expected: FiguresProblem,
    ) {
        assert_eq!(settle(unit, figures(numerator, denominator, value)), Err(expected));
    }

    #[test]
    fn a_value_beside_its_counts_is_what_they_give() {
        let refusal = settle(Percent, figures(Some(29), Some(48), Some("64"))).unwrap_err();
        assert_eq!(refusal.field(), FiguresField::Value);
        assert!(
            refusal.to_string().starts_with("Numerator and denominator give 60.417, not 64:"),
            "{refusal}"
        );
    }

    #[test]
    fn a_disputed_value_is_of_the_same_kind() {
        let disputed = |unit, text: &str| {
            let given = figures(None, None, Some("40"));
            settle(unit, Figures { disputed: Some(text.parse().unwrap()), ..given })
        };
        assert_eq!(disputed(Percent, "101"), Err(FiguresProblem::OverAHundred(FiguresField::Disputed)));
        assert_eq!(disputed(Count, "1.5"), Err(FiguresProblem::NotWhole(FiguresField::Disputed)));
        assert!(disputed(Days, "101.5").is_ok());
    }

    proptest! {
        #[test]
        fn counts_agree_with_the_value_they_give(numerator in 0..=MAX_COUNT, denominator in 1..=MAX_COUNT) {
            for unit in MeasureUnit::ALL {
                let given = figures(Some(numerator), Some(denominator), None);
                if let Ok(value) = settle(*unit, given) {
                    prop_assert_eq!(settle(*unit, Figures { value: Some(value), ..given }), Ok(value));
                }
            }
        }
    }
}
