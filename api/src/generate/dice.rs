//! Choices by a seed.

use std::ops::Range;

use chrono::NaiveDate;

/// Makes all choices of one programme.
pub(super) struct Dice(fastrand::Rng);

impl Dice {
    /// The dice of the programme at a place: what is in one does not hang on what is in another.
    pub(super) fn new(seed: u64, place: usize) -> Self {
        let mut of_all = fastrand::Rng::with_seed(seed);
        let own = (0..=place).fold(0, |_, _| of_all.u64(..));
        Self(fastrand::Rng::with_seed(own))
    }

    /// One of these.
    pub(super) fn one<T: Copy, const N: usize>(&mut self, of: &[T; N]) -> T {
        const { assert!(N > 0) };
        of[self.0.usize(..N)]
    }

    /// A number of a range.
    pub(super) fn number(&mut self, range: Range<usize>) -> usize {
        self.0.usize(range)
    }

    /// True in so many of a hundred cases.
    pub(super) fn in_a_hundred(&mut self, cases: u8) -> bool {
        self.0.u8(..100) < cases
    }

    /// A day so many days after another; before it, where the number is negative.
    pub(super) fn day(&mut self, from: NaiveDate, days: Range<i64>) -> NaiveDate {
        super::after(from, self.0.i64(days))
    }
}
