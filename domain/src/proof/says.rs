//! What each strand says of whether children are better off, and whether the strands agree.
//!
//! Levels and directions are brought down to one question, because a board asks one: does it say that things are better, or
//! that they are not? Whatever cannot answer it says nothing.

use chrono::NaiveDate;

use super::{Impact, Piece, Review, STRANDS};
use crate::EvidenceStrand;
use crate::measure::{TargetStatus, Trend};

crate::vocabulary! {
    /// What a strand says of whether children are better off.
    StrandVerdict {
        /// All that says anything says that they are.
        Better = "BETTER",
        /// All that says anything says that they are not: nothing changed for them, or they are worse off.
        NotBetter = "NOT_BETTER",
        /// Some of it says the one, some the other.
        Divided = "DIVIDED",
    }
}

/// One thing that says whether children are better off, and in which strand it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The strand.
    pub strand: EvidenceStrand,
    /// Whether it says that they are.
    pub is_better: bool,
}

impl Piece {
    /// What a piece of evidence says, where it was accepted, still counts and shows a difference or that there is none. A document
    /// says nothing, whatever stands in it.
    pub fn says(&self, today: NaiveDate) -> Option<bool> {
        let speaks = STRANDS.contains(&self.strand) && self.review == Review::Accepted && self.stands(today);
        match self.shows.filter(|_| speaks)? {
            Impact::Improved => Some(true),
            Impact::NoChange | Impact::Worse => Some(false),
            Impact::TooEarly => None,
        }
    }
}

/// What a measure says that is not out of date: by its trend; where that is steady, by whether it is where it should be.
pub fn measure_says(trend: Trend, status: TargetStatus) -> Option<bool> {
    match trend {
        Trend::Improving => Some(true),
        Trend::Worsening => Some(false),
        Trend::Steady => Some(matches!(status, TargetStatus::Met | TargetStatus::OnCourse)),
        Trend::TooFewReadings => None,
    }
}

/// What an audit says: a finding of inadequate practice that is not closed says that children are not better off, whatever else was
/// found; without one the grades do that somebody else gave than those whose work it is, from outstanding to inadequate: more
/// good than not, or fewer.
pub fn audit_says(is_inadequate_open: bool, grades: [u32; 4]) -> Option<bool> {
    if is_inadequate_open {
        return Some(false);
    }
    let [outstanding, good, requires_improvement, inadequate] = grades.map(u64::from);
    let (for_it, against_it) = (outstanding + good, requires_improvement + inadequate);
    (for_it != against_it).then_some(for_it > against_it)
}

/// What a strand says. Nothing where nothing of it does.
pub fn says(strand: EvidenceStrand, witnesses: &[Witness]) -> Option<StrandVerdict> {
    let mut of_strand = witnesses.iter().filter(|witness| witness.strand == strand);
    let first = of_strand.next()?.is_better;
    Some(match (of_strand.all(|witness| witness.is_better == first), first) {
        (false, _) => StrandVerdict::Divided,
        (true, true) => StrandVerdict::Better,
        (true, false) => StrandVerdict::NotBetter,
    })
}

/// Whether strands disagree: something in one says that children are better off, and something in another that they are not.
/// What is divided in itself only is for those who gathered it to mend.
pub fn disagree(witnesses: &[Witness]) -> bool {
    let denies = |of: &Witness| witnesses.iter().any(|other| other.strand != of.strand && !other.is_better);
    witnesses.iter().any(|witness| witness.is_better && denies(witness))
}

#[cfg(test)]
mod tests {
    use EvidenceStrand::*;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn today() -> NaiveDate {
        "2018-12-10".parse().unwrap()
    }

    fn piece(strand: EvidenceStrand, shows: Option<Impact>) -> Piece {
        Piece { strand, review: Review::Accepted, expires_on: None, speaks_of: today(), shows }
    }

    #[test]
    fn a_piece_says_what_it_shows_while_it_is_accepted_and_counts() {
        assert_eq!(piece(Voice, Some(Impact::Improved)).says(today()), Some(true));
        for shows in [Impact::NoChange, Impact::Worse] {
            assert_eq!(piece(Voice, Some(shows)).says(today()), Some(false));
        }
        let improved = piece(PerformanceData, Some(Impact::Improved));
        for silent in [
            piece(Voice, None),
            piece(Voice, Some(Impact::TooEarly)),
            piece(Document, Some(Impact::Improved)),
            Piece { review: Review::Submitted, ..improved },
            Piece { review: Review::Refused, ..improved },
            Piece { expires_on: today().pred_opt(), ..improved },
        ] {
            assert_eq!(silent.says(today()), None, "{silent:?}");
        }
    }

    #[rstest]
    #[case(Trend::Improving, TargetStatus::Missed, Some(true))]
    #[case(Trend::Worsening, TargetStatus::Met, Some(false))]
    #[case(Trend::Steady, TargetStatus::Met, Some(true))]
    #[case(Trend::Steady, TargetStatus::OnCourse, Some(true))]
    #[case(Trend::Steady, TargetStatus::OffCourse, Some(false))]
    #[case(Trend::Steady, TargetStatus::NoTarget, Some(false))]
    #[case(Trend::TooFewReadings, TargetStatus::Met, None)]
    fn a_measure_says_where_it_goes_and_if_nowhere_whether_it_is_there(
        #[case] trend: Trend,
        #[case] status: TargetStatus,
        #[case] expected: Option<bool>,
    ) {
        assert_eq!(measure_says(trend, status), expected);
    }

    #[rstest]
    #[case(false, [0, 9, 20, 1], Some(false))]
    #[case(false, [2, 19, 20, 0], Some(true))]
    #[case(false, [0, 5, 5, 0], None)]
    #[case(false, [0; 4], None)]
    #[case(true, [9, 0, 0, 0], Some(false))]
    fn an_audit_says_what_is_open_and_then_what_it_graded(
        #[case] is_inadequate_open: bool,
        #[case] grades: [u32; 4],
        #[case] expected: Option<bool>,
    ) {
        assert_eq!(audit_says(is_inadequate_open, grades), expected);
    }

    const fn says_better(strand: EvidenceStrand) -> Witness {
        Witness { strand, is_better: true }
    }

    const fn denies(strand: EvidenceStrand) -> Witness {
        Witness { strand, is_better: false }
    }

    #[test]
    fn a_strand_says_what_all_of_it_says() {
        let all = [says_better(Voice), says_better(Voice), denies(QualityAssurance)];
        assert_eq!(says(Voice, &all), Some(StrandVerdict::Better));
        assert_eq!(says(QualityAssurance, &all), Some(StrandVerdict::NotBetter));
        assert_eq!(says(PerformanceData, &all), None);
        assert_eq!(says(Voice, &[says_better(Voice), denies(Voice)]), Some(StrandVerdict::Divided));
    }

    #[test]
    fn strands_disagree_where_one_says_better_and_another_not() {
        assert!(disagree(&[says_better(PerformanceData), denies(Voice)]));
        assert!(!disagree(&[says_better(PerformanceData), says_better(Voice)]));
        assert!(!disagree(&[denies(PerformanceData), denies(Voice)]));
        assert!(!disagree(&[says_better(Voice), denies(Voice)]), "divided in itself alone");
        assert!(disagree(&[says_better(Voice), denies(Voice), says_better(PerformanceData)]));
    }

    proptest! {
        /// The database counts: it has no pairs to look at.
        #[test]
        fn to_disagree_is_both_answers_and_more_than_one_strand(
            all in prop::collection::vec((prop::sample::select(STRANDS.to_vec()), any::<bool>()), 0..6)
        ) {
            let all: Vec<Witness> = all.into_iter().map(|(strand, is_better)| Witness { strand, is_better }).collect();
            let both = all.iter().any(|of| of.is_better) && all.iter().any(|of| !of.is_better);
            let several = STRANDS.iter().filter(|strand| says(**strand, &all).is_some()).count() > 1;
            prop_assert_eq!(disagree(&all), both && several);
        }
    }
}
