//! Rounds that take turns, so that what is compared holds whatever else the machine does.

use std::time::Duration;

use anyhow::Result;

use super::client::{Load, Round};

/// What came of the rounds of one server.
#[derive(Default)]
pub(super) struct Measured {
    /// Requests per second, round by round.
    pub(super) per_second: Vec<f64>,
    /// How long each request took, shortest first.
    pub(super) taken: Vec<Duration>,
}

impl Measured {
    fn add(&mut self, round: Round) {
        self.per_second.push(round.per_second);
        self.taken.extend(round.taken);
    }

    /// How long so many of a hundred took at most.
    pub(super) fn percentile(&self, of_a_hundred: usize) -> Duration {
        let place = (self.taken.len() * of_a_hundred).div_ceil(100).saturating_sub(1);
        self.taken.get(place).copied().unwrap_or_default()
    }
}

/// Each in turn, round after round. The first round warms up and does not count.
pub(super) async fn take_turns(
    loads: &[Load],
    rounds: usize,
    duration: Duration,
    connections: usize,
) -> Result<Vec<Measured>> {
    let mut measured: Vec<Measured> = loads.iter().map(|_| Measured::default()).collect();
    for round in 0..=rounds {
        for (load, measured) in loads.iter().zip(&mut measured) {
            let came = load.drive(connections, duration).await?;
            if round > 0 {
                measured.add(came);
            }
        }
    }
    measured.iter_mut().for_each(|of| of.taken.sort_unstable());
    Ok(measured)
}

/// The middle of some figures, the least and the largest.
pub(super) fn spread(figures: impl IntoIterator<Item = f64>) -> (f64, f64, f64) {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    let at = |place: usize| figures.get(place).copied().unwrap_or(f64::NAN);
    (at(figures.len() / 2), at(0), at(figures.len().saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_time_of_a_request() {
        let of = |count: u64| Measured {
            per_second: Vec::new(),
            taken: (1..=count).map(Duration::from_millis).collect(),
        };
        let at = |count, percentile| of(count).percentile(percentile).as_millis();
        assert_eq!((at(100, 50), at(100, 99), at(1, 99), at(0, 50)), (50, 99, 1, 0));
    }

    #[test]
    fn a_spread_is_the_middle_and_the_ends() {
        assert_eq!(spread([3.0, 1.0, 2.0]), (2.0, 1.0, 3.0));
    }
}
