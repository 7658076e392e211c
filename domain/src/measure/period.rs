//! The period of a reading, and when the next one is due.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::Frequency;

/// How many days after a period its figures may take to be collected, checked and entered.
pub const GRACE_DAYS: u64 = 30;

/// A whole period of a measure, from its first day to its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    first_day: NaiveDate,
    last_day: NaiveDate,
}

/// Why two days are not a period of a measure. Each text says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodProblem {
    /// It does not begin on the first of a month.
    NotFromTheFirst,
    /// A quarter that begins in another month than January, April, July or October.
    NotAQuarter,
    /// It is longer or shorter than the measure's frequency says.
    NotWhole {
        /// How often the measure is read.
        frequency: Frequency,
        /// The last day it should have.
        last_day: NaiveDate,
    },
    /// It is beyond the calendar.
    OutOfRange,
}

impl fmt::Display for PeriodProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFromTheFirst => write!(f, "A period begins on the first day of a month."),
            Self::NotAQuarter => write!(f, "A quarter begins in January, April, July or October."),
            Self::NotWhole { frequency, last_day } => {
                write!(
                    f,
                    "The measure is {frequency}: the period that begins on this day ends on {last_day}."
                )
            }
            Self::OutOfRange => write!(f, "The period is beyond the calendar."),
        }
    }
}

impl std::error::Error for PeriodProblem {}

impl Period {
    /// The period that begins on `first_day`.
    ///
    /// Months and quarters are the calendar's, which are also those of the financial year. Six or twelve months may begin with any month: a
    /// year from January, from April (financial) or from September (school) are all in use, and which one a measure takes is seen from
    /// its first reading, because its periods may not [overlap](Self::overlaps).
    ///
    /// # Errors
    /// [`PeriodProblem`] if none begins then.
    pub fn beginning(frequency: Frequency, first_day: NaiveDate) -> Result<Self, PeriodProblem> {
        if first_day.day() != 1 {
            return Err(PeriodProblem::NotFromTheFirst);
        }
        if frequency == Frequency::Quarterly && !first_day.month0().is_multiple_of(3) {
            return Err(PeriodProblem::NotAQuarter);
        }
        let last_day = first_day
            .checked_add_months(Months::new(frequency.months()))
            .and_then(|next| next.pred_opt())
            .ok_or(PeriodProblem::OutOfRange)?;
        Ok(Self { first_day, last_day })
    }

    /// The period from `first_day` to `last_day`, if that is a whole one.
    ///
    /// # Errors
    /// [`PeriodProblem`] if it is not.
    pub fn new(
        frequency: Frequency,
        first_day: NaiveDate,
        last_day: NaiveDate,
    ) -> Result<Self, PeriodProblem> {
        let period = Self::beginning(frequency, first_day)?;
        if period.last_day == last_day {
            Ok(period)
        } else {
            Err(PeriodProblem::NotWhole { frequency, last_day: period.last_day })
        }
    }

    /// The period from `first_day` to `last_day` of a measure of any frequency.
    pub fn of_any(first_day: NaiveDate, last_day: NaiveDate) -> Option<Self> {
        Frequency::ALL.iter().find_map(|frequency| Self::new(*frequency, first_day, last_day).ok())
    }

    /// Its first day.
    pub const fn first_day(self) -> NaiveDate {
        self.first_day
    }

    /// Its last day.
    pub const fn last_day(self) -> NaiveDate {
        self.last_day
    }

    /// Whether two periods of a measure share days without being the same. A measure that had both would give away, by their difference, what
    /// the [suppression](super::suppress) of each hides; the second is refused.
    pub fn overlaps(self, other: Self) -> bool {
        self != other && self.first_day <= other.last_day && other.first_day <= self.last_day
    }
}

/// The day by which the reading after the one that ends on `last_day` is to be there: [`GRACE_DAYS`] after the end of the next
/// period. `None` only beyond the calendar.
pub fn reading_due_on(frequency: Frequency, last_day: NaiveDate) -> Option<NaiveDate> {
    let next = last_day.succ_opt()?;
    let after = next.checked_add_months(Months::new(frequency.months()))?;
    after.pred_opt()?.checked_add_days(Days::new(GRACE_DAYS))
}

/// Whether the last reading is stale on the day `today`: the next one is not there, from the day after it was due.
pub fn is_stale(frequency: Frequency, last_day: NaiveDate, today: NaiveDate) -> bool {
    reading_due_on(frequency, last_day).is_some_and(|due_on| due_on < today)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::measure::Frequency::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[rstest]
    #[case(Monthly, "2020-02-01", "2020-02-29")]
    #[case(Quarterly, "2018-10-01", "2018-12-31")]
    #[case(HalfYearly, "2018-04-01", "2018-09-30")]
    #[case(HalfYearly, "2018-01-01", "2018-06-30")]
    #[case(Annual, "2018-04-01", "2019-03-31")]
    #[case(Annual, "2018-01-01", "2018-12-31")]
    #[case(Annual, "2018-09-01", "2019-08-31")]
    fn whole_periods_are_periods(#[case] frequency: Frequency, #[case] first: &str, #[case] last: &str) {
        let period = Period::new(frequency, day(first), day(last)).unwrap();
        assert_eq!((period.first_day(), period.last_day()), (day(first), day(last)));
    }

    #[test]
    fn others_are_refused_with_what_would_be_right() {
        let refusal = |frequency, first, last| Period::new(frequency, day(first), day(last)).unwrap_err();
        assert_eq!(refusal(Monthly, "2018-09-03", "2018-09-30"), PeriodProblem::NotFromTheFirst);
        assert_eq!(refusal(Quarterly, "2018-09-01", "2018-11-30"), PeriodProblem::NotAQuarter);
        assert_eq!(
            refusal(Monthly, "2018-09-01", "2018-10-31").to_string(),
            "The measure is MONTHLY: the period that begins on this day ends on 2018-09-30."
        );
        assert_eq!(
            Period::beginning(Annual, NaiveDate::from_ymd_opt(262_142, 12, 1).unwrap()),
            Err(PeriodProblem::OutOfRange)
        );
    }

    #[test]
    fn years_from_january_and_from_april_overlap() {
        let from = |first| Period::beginning(Annual, day(first)).unwrap();
        assert!(from("2018-01-01").overlaps(from("2018-04-01")));
        assert!(!from("2018-01-01").overlaps(from("2018-01-01")));
        assert!(!from("2018-01-01").overlaps(from("2019-01-01")));
    }

    #[test]
    fn a_reading_is_stale_when_the_next_period_and_the_grace_are_over() {
        assert_eq!(reading_due_on(Monthly, day("2018-09-30")), Some(day("2018-11-30")));
        assert_eq!(reading_due_on(Annual, day("2019-03-31")), Some(day("2020-04-30")));
        assert!(!is_stale(Monthly, day("2018-09-30"), day("2018-11-30")));
        assert!(is_stale(Monthly, day("2018-09-30"), day("2018-12-01")));
        assert!(!is_stale(Annual, NaiveDate::MAX, NaiveDate::MAX));
    }

    proptest! {
        #[test]
        fn periods_of_months_and_quarters_never_overlap(a in 0u32..600, b in 0u32..600) {
            let from = |months| day("1990-01-01") + Months::new(months);
            for frequency in [Monthly, Quarterly] {
                if let (Ok(a), Ok(b)) = (Period::beginning(frequency, from(a)), Period::beginning(frequency, from(b))) {
                    prop_assert!(!a.overlaps(b));
                }
            }
        }
    }
}
