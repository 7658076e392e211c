//! Grades as counts: how many of a sample were found to be how good. Counts only, never cases.

use std::fmt;

use super::AuditRater;
use crate::measure::{Cell, Decimal, MAX_COUNT, MeasureUnit, suppress};

/// How many of the sample got which grade from one rater, in the order of [`AuditGrade::ALL`](super::AuditGrade::ALL). A
/// grade that was not given to anybody, or is not used, can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GradeCounts {
    /// Who gave them.
    pub rater: AuditRater,
    /// How many of each.
    pub counts: [Option<i64>; 4],
}

/// Why grades cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradesProblem {
    /// The sample's size is no count.
    Sample,
    /// A count is none.
    Count,
    /// They are counted, and nobody has said of how many.
    NoSample,
    /// They come to more than the sample.
    MoreThanSample {
        /// What they come to.
        sum: i64,
        /// How many were looked at.
        sample: i64,
    },
    /// Nothing is counted.
    Nothing,
}

impl fmt::Display for GradesProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sample => write!(f, "A sample is a whole number from 1 to {MAX_COUNT}."),
            Self::Count => write!(f, "A count is a whole number from 0 to {MAX_COUNT}."),
            Self::NoSample => f.write_str("Grades are counted, and the sample is not: give its size too."),
            Self::MoreThanSample { sum, sample } => {
                write!(f, "The grades come to {sum}, and the sample to {sample}: each is counted once.")
            }
            Self::Nothing => {
                f.write_str("No grade is counted: give one count at least, or leave the rater out.")
            }
        }
    }
}

/// Whether the counts of one rater can be those of a sample.
///
/// # Errors
/// They cannot.
pub fn check_grades(sample: Option<i64>, counts: &[Option<i64>; 4]) -> Result<(), GradesProblem> {
    if sample.is_some_and(|sample| !(1..=MAX_COUNT).contains(&sample)) {
        return Err(GradesProblem::Sample);
    }
    if counts.iter().flatten().any(|count| !(0..=MAX_COUNT).contains(count)) {
        return Err(GradesProblem::Count);
    }
    if counts.iter().all(Option::is_none) {
        return Err(GradesProblem::Nothing);
    }
    let sample = sample.ok_or(GradesProblem::NoSample)?;
    let sum = counts.iter().flatten().sum();
    if sum > sample { Err(GradesProblem::MoreThanSample { sum, sample }) } else { Ok(()) }
}

/// What of an audit's figures partners are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The size of the sample.
    pub sample: bool,
    /// The grades, all of them or none.
    pub grades: bool,
}

/// What partners are shown, by the rule for readings ([`suppress`]): the sample is the total, and each rater's grades are a
/// breakdown of it. Where anything of the grades would be hidden, all of them are: several raters grade the same
/// sample, so that what is hidden in one breakdown could be worked out from another.
pub fn shown(sample: Option<i64>, grades: &[GradeCounts]) -> Shown {
    let cell = |dimension, count: i64| {
        let value = Decimal::from_thousandths(count.saturating_mul(1000)).ok()?;
        Some(Cell { dimension, numerator: None, denominator: None, value, disputed: None })
    };
    let parts = grades.iter().flat_map(|of| {
        let rater = Some(of.rater.as_str());
        of.counts.iter().flatten().map(move |count| cell(rater, *count))
    });
    let cells: Option<Vec<_>> = sample.map(|sample| cell(None, sample)).into_iter().chain(parts).collect();
    // What is no count at all is told to nobody.
    let Some(cells) = cells else { return Shown { sample: false, grades: false } };
    let hidden = suppress(MeasureUnit::Count, &cells);
    let is_hidden = |of_total: bool| {
        cells.iter().zip(&hidden).any(|(cell, hidden)| cell.dimension.is_none() == of_total && hidden.reading)
    };
    Shown { sample: !is_hidden(true), grades: !is_hidden(true) && !is_hidden(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rater: AuditRater, counts: [i64; 4]) -> GradeCounts {
        // A nought stands for what is left out.
        GradeCounts { rater, counts: counts.map(|count| (count > 0).then_some(count)) }
    }

    #[test]
    fn grades_come_to_the_sample_at_most() {
        let counts = [None, Some(5), Some(10), Some(6)];

        assert_eq!(check_grades(Some(21), &counts), Ok(()));
        assert_eq!(check_grades(Some(30), &counts), Ok(()));
        assert_eq!(
            check_grades(Some(20), &counts),
            Err(GradesProblem::MoreThanSample { sum: 21, sample: 20 })
        );
        assert_eq!(check_grades(None, &counts), Err(GradesProblem::NoSample));
    }

    #[test]
    fn what_is_no_count_is_refused() {
        assert_eq!(check_grades(Some(0), &[Some(0), None, None, None]), Err(GradesProblem::Sample));
        assert_eq!(check_grades(Some(5), &[Some(-1), None, None, None]), Err(GradesProblem::Count));
        assert_eq!(check_grades(Some(5), &[None; 4]), Err(GradesProblem::Nothing));
    }

    #[test]
    fn a_small_sample_is_hidden_with_all_its_grades() {
        let small = shown(Some(4), &[of(AuditRater::Own, [0, 4, 0, 0])]);
        assert_eq!(small, Shown { sample: false, grades: false });
        assert_eq!(shown(Some(4), &[]), Shown { sample: false, grades: false });
        assert_eq!(shown(None, &[]), Shown { sample: true, grades: true });
    }

    #[test]
    fn one_small_grade_hides_the_grades_of_every_rater() {
        let large = of(AuditRater::Own, [0, 10, 20, 10]);
        let small = of(AuditRater::Independent, [0, 8, 30, 2]);

        assert_eq!(shown(Some(40), &[large]), Shown { sample: true, grades: true });
        assert_eq!(shown(Some(40), &[large, small]), Shown { sample: true, grades: false });
    }

    #[test]
    fn a_small_rest_that_nobody_graded_hides_them_too() {
        let grades = [of(AuditRater::Own, [0, 10, 20, 7])];

        assert_eq!(shown(Some(40), &grades), Shown { sample: true, grades: false });
        assert_eq!(shown(Some(50), &grades), Shown { sample: true, grades: true });
    }

    #[test]
    fn a_nought_that_is_counted_is_small() {
        let counts = GradeCounts { rater: AuditRater::Own, counts: [Some(0), Some(10), None, None] };
        assert!(!shown(Some(10), &[counts]).grades);
    }
}
