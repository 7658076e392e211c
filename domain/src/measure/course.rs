//! How a reading stands against its target.

use chrono::NaiveDate;

use super::{Decimal, Polarity, TargetStatus};

/// A target, from the day it was set until the next one was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Where the measure is to get to.
    pub value: Decimal,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// From which day it is in force.
    pub set_on: NaiveDate,
}

/// A figure and the day it is of: a baseline, or a reading with the last day of its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The figure.
    pub value: Decimal,
    /// Its day.
    pub on: NaiveDate,
}

/// The target that was in force on the day `on`: the last that had been set by then, of several on one day the last given. A target
/// that was moved later changes nothing about how an earlier reading stood (design, rule 5).
pub fn target_in_force(targets: &[Target], on: NaiveDate) -> Option<Target> {
    targets.iter().copied().filter(|target| target.set_on <= on).max_by_key(|target| target.set_on)
}

/// How a reading stands against the target that was in force for it.
///
/// It is met when the reading is at the target or better; where closer is better, within a twentieth of the target, because no count hits a
/// number. Otherwise the way from the baseline to the target is taken to be straight: on the day of the reading, what is still lacking may be
/// so much of what lacked at the baseline as is left of the time.
pub fn target_status(
    polarity: Polarity,
    baseline: Option<Point>,
    target: Option<Target>,
    reading: Option<Point>,
) -> TargetStatus {
    let Some(target) = target else { return TargetStatus::NoTarget };
    let Some(reading) = reading else { return TargetStatus::NoReading };
    let lacking = lack(polarity, target.value, reading.value);
    if lacking <= slack(polarity, target.value) {
        return TargetStatus::Met;
    }
    match (target.due_on, baseline) {
        (Some(due_on), _) if reading.on >= due_on => TargetStatus::Missed,
        (Some(due_on), Some(baseline)) if baseline.on < due_on => {
            let lacked = i128::from(lack(polarity, target.value, baseline.value).max(0));
            let time = i128::from((due_on - baseline.on).num_days());
            let left = i128::from((due_on - reading.on).num_days()).min(time);
            if i128::from(lacking) * time <= lacked * left {
                TargetStatus::OnCourse
            } else {
                TargetStatus::OffCourse
            }
        }
        _ => TargetStatus::NotMet,
    }
}

/// How much is lacking, in thousandths; nought or less at the target.
pub(super) fn lack(polarity: Polarity, target: Decimal, value: Decimal) -> i64 {
    match polarity {
        Polarity::HigherIsBetter => target.thousandths() - value.thousandths(),
        Polarity::LowerIsBetter => value.thousandths() - target.thousandths(),
        Polarity::CloserIsBetter => target.distance(value).thousandths(),
    }
}

fn slack(polarity: Polarity, target: Decimal) -> i64 {
    if polarity == Polarity::CloserIsBetter { target.thousandths() / 20 } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::measure::{Polarity::*, TargetStatus::*};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn point(value: &str, on: &str) -> Point {
        Point { value: value.parse().unwrap(), on: day(on) }
    }

    fn target(value: &str, due_on: Option<&str>) -> Target {
        Target { value: value.parse().unwrap(), due_on: due_on.map(day), set_on: day("2018-01-01") }
    }

    #[rstest]
    #[case::better(HigherIsBetter, "81", "2018-06-30", Met)]
    #[case::at_it(HigherIsBetter, "80", "2018-06-30", Met)]
    #[case::half_way(HigherIsBetter, "60", "2018-07-02", OnCourse)]
    #[case::less_than_half_way(HigherIsBetter, "59.9", "2018-07-03", OffCourse)]
    #[case::on_the_day(HigherIsBetter, "79.9", "2018-12-31", Missed)]
    #[case::worse_than_the_baseline(HigherIsBetter, "39", "2018-01-31", OffCourse)]
    #[case::before_the_baseline(HigherIsBetter, "40", "2017-12-31", OnCourse)]
    #[case::at_or_below_it_where_less_is_better(LowerIsBetter, "80", "2018-06-30", Met)]
    #[case::above_it_where_less_is_better(LowerIsBetter, "80.1", "2018-06-30", OffCourse)]
    #[case::within_a_twentieth_from_above(CloserIsBetter, "84", "2018-12-31", Met)]
    #[case::within_a_twentieth_from_below(CloserIsBetter, "76", "2018-12-31", Met)]
    #[case::too_far_above(CloserIsBetter, "84.1", "2018-12-31", Missed)]
    #[case::nearer_than_half_way_from_above(CloserIsBetter, "95", "2018-07-02", OnCourse)]
    fn a_reading_stands_somewhere(
        #[case] polarity: Polarity,
        #[case] value: &str,
        #[case] on: &str,
        #[case] expected: TargetStatus,
    ) {
        let (baseline, target) = (point("40", "2018-01-01"), target("80", Some("2018-12-31")));
        assert_eq!(target_status(polarity, Some(baseline), Some(target), Some(point(value, on))), expected);
    }

    #[test]
    fn without_a_baseline_or_a_date_there_is_no_course() {
        let (baseline, reading) = (point("40", "2018-01-01"), point("60", "2018-06-30"));
        let status = |baseline, target, reading| target_status(HigherIsBetter, baseline, target, reading);
        let dated = target("80", Some("2018-12-31"));
        assert_eq!(status(None, Some(dated), Some(reading)), NotMet);
        assert_eq!(status(Some(baseline), Some(target("80", None)), Some(reading)), NotMet);
        assert_eq!(status(Some(point("40", "2018-12-31")), Some(dated), Some(reading)), NotMet);
        assert_eq!(status(Some(baseline), Some(dated), None), NoReading);
        assert_eq!(status(Some(baseline), None, Some(reading)), NoTarget);
    }

    #[test]
    fn a_reading_is_held_to_the_target_of_its_time() {
        let set = |value: &str, on| Target { set_on: day(on), ..target(value, None) };
        let targets = [set("80", "2018-01-01"), set("60", "2018-09-01")];
        let in_force = |on| target_in_force(&targets, day(on)).map(|target| target.value.to_string());
        assert_eq!(in_force("2017-12-31"), None);
        assert_eq!(in_force("2018-08-31").as_deref(), Some("80"));
        assert_eq!(in_force("2018-09-01").as_deref(), Some("60"));
        let twice = [set("80", "2018-01-01"), set("70", "2018-01-01")];
        assert_eq!(target_in_force(&twice, day("2018-02-01")), Some(twice[1]));
    }

    proptest! {
        #[test]
        fn a_better_reading_never_stands_worse(
            from in 0i64..100, to in 0i64..100, worse in 0i64..100, by in 0i64..50, days in 0u64..400, lower in any::<bool>(),
        ) {
            let figure = |n: i64| Decimal::from_thousandths(n * 1000).unwrap();
            let on = day("2018-01-01") + chrono::Days::new(days);
            let target = Target { value: figure(to), ..target("0", Some("2018-12-31")) };
            let baseline = Some(Point { value: figure(from), on: day("2018-01-01") });
            let (polarity, better) =
                if lower { (LowerIsBetter, (worse - by).max(0)) } else { (HigherIsBetter, worse + by) };
            let status = |n| target_status(polarity, baseline, Some(target), Some(Point { value: figure(n), on }));
            let rank = |status| [Met, OnCourse, OffCourse, Missed].iter().position(|s| *s == status);
            prop_assert!(rank(status(better)) <= rank(status(worse)));
        }
    }
}
