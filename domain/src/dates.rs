//! Dates with the precision they were given in, and what falls due from them.

use chrono::{Datelike, Months, NaiveDate};

use crate::{DatePrecision, DirectionStatus};

/// The last day of the day, month, calendar quarter or calendar year in which `date` lies: what is due "in March" is
/// due by its end. The quarters of the financial year (April to March) have the same ends; a financial year has not,
/// and must be asked for as the quarter that ends it. `None` only beyond the calendar's last year.
pub fn last_day(date: NaiveDate, precision: DatePrecision) -> Option<NaiveDate> {
    let month = match precision {
        DatePrecision::Day => return Some(date),
        DatePrecision::Month => date.month(),
        DatePrecision::Quarter => date.month().div_ceil(3) * 3,
        DatePrecision::Year => 12,
    };
    let first = NaiveDate::from_ymd_opt(date.year(), month, 1)?;
    first.checked_add_months(Months::new(1))?.pred_opt()
}

/// `months` after `date`, on the same day of the month or, where that month is shorter, on its last: what a duty
/// "within six months of this direction" comes to.
pub fn months_after(date: NaiveDate, months: u32) -> Option<NaiveDate> {
    date.checked_add_months(Months::new(months))
}

/// The direction that takes another's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Successor {
    /// The day on which it was issued; one without a day counts at once.
    pub issued_on: Option<NaiveDate>,
}

/// Whether a direction binds on the day `today`. One that was lifted stays lifted whatever came after it.
pub fn direction_status(
    lifted_on: Option<NaiveDate>,
    successor: Option<Successor>,
    today: NaiveDate,
) -> DirectionStatus {
    if lifted_on.is_some_and(|day| day <= today) {
        DirectionStatus::Lifted
    } else if successor.is_some_and(|s| s.issued_on.is_none_or(|day| day <= today)) {
        DirectionStatus::Revised
    } else {
        DirectionStatus::InForce
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[rstest]
    #[case("2019-03-01", DatePrecision::Month, "2019-03-31")]
    #[case("2019-02-10", DatePrecision::Month, "2019-02-28")]
    #[case("2020-02-10", DatePrecision::Month, "2020-02-29")]
    #[case("2018-12-31", DatePrecision::Month, "2018-12-31")]
    #[case("2018-11-05", DatePrecision::Quarter, "2018-12-31")]
    #[case("2018-04-01", DatePrecision::Quarter, "2018-06-30")]
    #[case("2018-04-01", DatePrecision::Year, "2018-12-31")]
    #[case("2018-04-01", DatePrecision::Day, "2018-04-01")]
    fn imprecise_dates_mean_their_last_day(
        #[case] date: &str,
        #[case] precision: DatePrecision,
        #[case] last: &str,
    ) {
        assert_eq!(last_day(day(date), precision), Some(day(last)));
    }

    #[test]
    fn an_offset_keeps_the_day_or_takes_the_months_last() {
        assert_eq!(months_after(day("2018-07-25"), 12), Some(day("2019-07-25")));
        assert_eq!(months_after(day("2018-08-31"), 6), Some(day("2019-02-28")));
        assert_eq!(months_after(NaiveDate::MAX, 1), None);
    }

    #[test]
    fn a_direction_is_revised_or_lifted_from_the_day_itself() {
        use DirectionStatus::*;
        let (before, on) = (day("2018-12-09"), day("2018-12-10"));
        let successor = |issued_on| Some(Successor { issued_on });
        assert_eq!(direction_status(None, None, on), InForce);
        assert_eq!(direction_status(Some(on), None, before), InForce);
        assert_eq!(direction_status(Some(on), None, on), Lifted);
        assert_eq!(direction_status(None, successor(Some(on)), before), InForce);
        assert_eq!(direction_status(None, successor(Some(on)), on), Revised);
        assert_eq!(direction_status(None, successor(None), before), Revised);
        assert_eq!(direction_status(Some(on), successor(Some(before)), on), Lifted);
    }

    proptest! {
        #[test]
        fn a_last_day_is_not_before_and_is_its_own_last_day(offset in 0i64..80_000) {
            let date = day("1900-01-01") + chrono::Days::new(offset as u64);
            for precision in DatePrecision::ALL {
                let last = last_day(date, *precision).unwrap();
                prop_assert!(last >= date);
                prop_assert_eq!(last_day(last, *precision), Some(last));
            }
        }
    }
}
