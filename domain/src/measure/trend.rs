//! Which way a measure has been going.

use super::course::lack;
use super::{Decimal, Polarity, Trend};

/// How many of the last readings a trend looks at.
pub const TREND_OVER: usize = 6;

/// How many it needs at least.
pub const TREND_AT_LEAST: usize = 3;

/// The trend of readings, oldest first. `None` where closer is better and there is no target to be closer to.
///
/// Of the last [`TREND_OVER`] readings each is compared with every earlier one. The measure improves if the comparisons for the better are more
/// than those for the worse by half of all or more, and worsens likewise; otherwise it is steady. This is the count behind the
/// Mann-Kendall test: one month out of line changes little, where a line through the points, or the last against the one before, would turn.
/// A difference of less than a hundredth of the earlier figure counts for neither side.
pub fn trend(polarity: Polarity, target: Option<Decimal>, readings: &[Decimal]) -> Option<Trend> {
    // Only where closer is better does it matter where the target is; for the others any will do.
    let target = match (polarity, target) {
        (Polarity::CloserIsBetter, target) => target?,
        (_, target) => target.unwrap_or(Decimal::ZERO),
    };
    let last = &readings[readings.len().saturating_sub(TREND_OVER)..];
    if last.len() < TREND_AT_LEAST {
        return Some(Trend::TooFewReadings);
    }
    let better = |earlier: Decimal, later: Decimal| -> i64 {
        if earlier.distance(later).thousandths() * 100 < earlier.thousandths() {
            return 0;
        }
        (lack(polarity, target, earlier) - lack(polarity, target, later)).signum()
    };
    let balance: i64 = last
        .iter()
        .enumerate()
        .flat_map(|(at, later)| last[..at].iter().map(move |earlier| better(*earlier, *later)))
        .sum();
    let pairs = i64::try_from(last.len() * (last.len() - 1) / 2).ok()?;
    Some(if balance * 2 >= pairs {
        Trend::Improving
    } else if balance * 2 <= -pairs {
        Trend::Worsening
    } else {
        Trend::Steady
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::measure::{Polarity::*, Trend::*};

    fn figures(texts: &[&str]) -> Vec<Decimal> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[rstest]
    #[case::two(&["60", "28"], TooFewReadings)]
    #[case::three_up(&["40", "50", "60"], Improving)]
    #[case::three_down(&["60", "26", "28"], Steady)]
    #[case::all_down(&["60", "50", "40"], Worsening)]
    #[case::one_month_out_of_line(&["40", "44", "49", "30", "55", "60"], Improving)]
    #[case::back_and_forth(&["50", "60", "50", "60", "50", "60"], Steady)]
    #[case::differences_too_small_to_mean_anything(&["54", "54.1", "54.2", "54.3"], Steady)]
    #[case::only_the_last_six(&["90", "80", "10", "20", "30", "40", "50", "60"], Improving)]
    #[case::nothing_but_noughts(&["0", "0", "0"], Steady)]
    fn readings_have_a_trend(#[case] readings: &[&str], #[case] expected: Trend) {
        assert_eq!(trend(HigherIsBetter, None, &figures(readings)), Some(expected));
    }

    #[test]
    fn closer_is_better_from_both_sides() {
        let target = Some("50".parse().unwrap());
        assert_eq!(trend(CloserIsBetter, target, &figures(&["80", "70", "60"])), Some(Improving));
        assert_eq!(trend(CloserIsBetter, target, &figures(&["20", "30", "40"])), Some(Improving));
        assert_eq!(trend(CloserIsBetter, target, &figures(&["50", "40", "70"])), Some(Worsening));
        assert_eq!(trend(CloserIsBetter, None, &figures(&["20", "30", "40"])), None);
    }

    proptest! {
        #[test]
        fn the_other_polarity_turns_it_round(readings in prop::collection::vec(0i64..100_000, 0..10)) {
            let readings: Vec<_> = readings.into_iter().map(|n| Decimal::from_thousandths(n).unwrap()).collect();
            let turned = match trend(LowerIsBetter, None, &readings) {
                Some(Improving) => Some(Worsening),
                Some(Worsening) => Some(Improving),
                other => other,
            };
            prop_assert_eq!(trend(HigherIsBetter, None, &readings), turned);
        }
    }
}
