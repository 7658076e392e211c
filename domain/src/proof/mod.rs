//! Proof: what a claim, an assurance and a judgement of impact need besides leave and status; how each strand stands, what it
//! says, and what is still missing.

mod missing;
mod says;
mod strands;

use std::fmt;

use chrono::{Months, NaiveDate};

pub use missing::{
    ActionFacts, Missing, ProofGap, RequirementFacts, STRANDS_UNLESS_A_PLAN_SAYS, missing_of_action,
    missing_of_requirement,
};
pub use says::{StrandVerdict, Witness, audit_says, disagree, measure_says, says};
pub use strands::{StrandProof, strands};

use crate::{ActionStatus, EvidenceStrand};

crate::vocabulary! {
    /// What has been said about a piece of evidence.
    Review {
        /// Nobody has looked at it yet.
        Submitted = "SUBMITTED",
        /// It shows what it claims.
        Accepted = "ACCEPTED",
        /// It does not.
        Refused = "REFUSED",
    }
}

crate::vocabulary! {
    /// What difference an action made for children.
    Impact {
        /// Children are better off.
        Improved = "IMPROVED",
        /// Nothing changed for them.
        NoChange = "NO_CHANGE",
        /// They are worse off.
        Worse = "WORSE",
        /// It cannot be said yet.
        TooEarly = "TOO_EARLY",
    }
}

/// The strands that prove impact. A document proves that something was done, not that it helped.
pub const STRANDS: [EvidenceStrand; 3] =
    [EvidenceStrand::PerformanceData, EvidenceStrand::QualityAssurance, EvidenceStrand::Voice];

/// A piece of evidence that belongs to an action, as far as the rules ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Which kind of proof it is.
    pub strand: EvidenceStrand,
    /// What has been said about it.
    pub review: Review,
    /// The last day on which it counts.
    pub expires_on: Option<NaiveDate>,
    /// The last day of which it speaks; where it does not say, the day it was added.
    pub speaks_of: NaiveDate,
    /// What it shows of the difference made, as far as it says.
    pub shows: Option<Impact>,
}

impl Piece {
    /// Whether it can still count: neither refused nor expired.
    pub fn stands(&self, today: NaiveDate) -> bool {
        self.review != Review::Refused && self.expires_on.is_none_or(|day| day >= today)
    }
}

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// So many steps are neither done nor struck out.
    StepsSettled(usize),
    /// There is no evidence that stands.
    Evidence,
    /// Too few strands have evidence that was accepted.
    Strands {
        /// How many the plan asks for.
        required: usize,
        /// Those that there are.
        accepted: Vec<EvidenceStrand>,
    },
    /// A judgement of impact names no evidence that could show any.
    ProofOfImpact,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StepsSettled(1) => {
                write!(
                    f,
                    "One step is neither done nor struck out: finish it, or strike it out with a reason."
                )
            }
            Self::StepsSettled(open) => write!(
                f,
                "{open} steps are neither done nor struck out: finish them, or strike them out with a reason."
            ),
            Self::Evidence => write!(
                f,
                "No evidence belongs to it that is neither refused nor expired: add what shows that it is done."
            ),
            Self::Strands { required, accepted } => {
                let there: Vec<&str> = accepted.iter().map(|strand| strand.as_str()).collect();
                let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
                write!(
                    f,
                    "Its plan asks for accepted evidence of {required} of the strands PERFORMANCE_DATA, \
                     QUALITY_ASSURANCE and VOICE; there is: {there}."
                )
            }
            Self::ProofOfImpact => write!(
                f,
                "A judgement other than TOO_EARLY rests on evidence: name at least one piece of PERFORMANCE_DATA, \
                 QUALITY_ASSURANCE or VOICE that has not expired."
            ),
        }
    }
}

/// What a claim that an action is complete still needs: all steps settled, and some evidence of whatever strand. Whether the
/// evidence proves anything is for the board to say.
pub fn claim_needs(open_steps: usize, evidence: &[Piece], today: NaiveDate) -> Vec<Need> {
    let steps = (open_steps > 0).then_some(Need::StepsSettled(open_steps));
    let proof = (!evidence.iter().any(|piece| piece.stands(today))).then_some(Need::Evidence);
    steps.into_iter().chain(proof).collect()
}

/// The strands of which there is evidence that was accepted and has not expired.
pub fn accepted_strands(evidence: &[Piece], today: NaiveDate) -> Vec<EvidenceStrand> {
    let is_proven = |strand: &EvidenceStrand| {
        let mut of_strand = evidence.iter().filter(|piece| piece.strand == *strand);
        of_strand.any(|piece| piece.review == Review::Accepted && piece.stands(today))
    };
    STRANDS.into_iter().filter(is_proven).collect()
}

/// What the board's assurance still needs: accepted evidence of as many strands as the plan asks for.
pub fn assurance_needs(required: usize, evidence: &[Piece], today: NaiveDate) -> Option<Need> {
    let accepted = accepted_strands(evidence, today);
    (accepted.len() < required).then_some(Need::Strands { required, accepted })
}

/// What a judgement of impact still needs: evidence that can show a difference, unless it is too early for one.
pub fn impact_needs(impact: Impact, evidence: &[Piece], today: NaiveDate) -> Option<Need> {
    let shows = |piece: &Piece| STRANDS.contains(&piece.strand) && piece.stands(today);
    (impact != Impact::TooEarly && !evidence.iter().any(shows)).then_some(Need::ProofOfImpact)
}

/// After so many months it is no longer too early to say what difference was made.
const TOO_EARLY_MONTHS: u32 = 6;

/// A judgement that it was too early to say stands no longer if it was given before this day.
pub fn too_early_before(today: NaiveDate) -> NaiveDate {
    today.checked_sub_months(Months::new(TOO_EARLY_MONTHS)).unwrap_or(NaiveDate::MIN)
}

/// Whether an action is said to be done while nobody says what difference it made: there is no judgement, or it was too early
/// for one half a year ago.
pub fn is_claimed_without_impact(
    status: ActionStatus,
    judgement: Option<(Impact, NaiveDate)>,
    today: NaiveDate,
) -> bool {
    let is_judged =
        judgement.is_some_and(|(impact, on)| impact != Impact::TooEarly || on >= too_early_before(today));
    status.is_finished() && !is_judged
}

/// Whether an action was assured on evidence that would have to be renewed: what was accepted was of enough strands, and what
/// of it still counts is not.
pub fn is_assured_on_expired(
    status: ActionStatus,
    required: usize,
    evidence: &[Piece],
    today: NaiveDate,
) -> bool {
    let undying: Vec<Piece> = evidence.iter().map(|piece| Piece { expires_on: None, ..*piece }).collect();
    status == ActionStatus::Assured
        && assurance_needs(required, &undying, today).is_none()
        && assurance_needs(required, evidence, today).is_some()
}

#[cfg(test)]
mod tests {
    use EvidenceStrand::*;
    use Review::*;

    use super::*;

    fn today() -> NaiveDate {
        "2018-12-10".parse().unwrap()
    }

    fn piece(strand: EvidenceStrand, review: Review) -> Piece {
        Piece { strand, review, expires_on: None, speaks_of: today(), shows: None }
    }

    fn until(piece: Piece, day: &str) -> Piece {
        Piece { expires_on: Some(day.parse().unwrap()), ..piece }
    }

    #[test]
    fn a_claim_needs_settled_steps_and_some_evidence_that_stands() {
        let submitted = piece(Document, Submitted);
        assert_eq!(claim_needs(0, &[submitted], today()), []);
        assert_eq!(claim_needs(2, &[], today()), [Need::StepsSettled(2), Need::Evidence]);
        assert_eq!(claim_needs(0, &[piece(Voice, Refused)], today()), [Need::Evidence]);
        assert_eq!(claim_needs(0, &[until(submitted, "2018-12-09")], today()), [Need::Evidence]);
        assert_eq!(claim_needs(0, &[until(submitted, "2018-12-10")], today()), []);
    }

    #[test]
    fn only_accepted_unexpired_strands_count_and_a_document_is_none() {
        let all = [
            piece(Voice, Accepted),
            piece(Voice, Accepted),
            piece(Document, Accepted),
            piece(QualityAssurance, Submitted),
            until(piece(PerformanceData, Accepted), "2018-12-01"),
        ];
        assert_eq!(accepted_strands(&all, today()), [Voice]);
        let missing = Need::Strands { required: 2, accepted: vec![Voice] };
        assert_eq!(assurance_needs(2, &all, today()), Some(missing));
        assert_eq!(assurance_needs(1, &all, today()), None);
        assert_eq!(assurance_needs(0, &[], today()), None);
    }

    #[test]
    fn a_judgement_of_impact_rests_on_evidence_unless_it_is_too_early() {
        assert_eq!(impact_needs(Impact::TooEarly, &[], today()), None);
        for impact in [Impact::Improved, Impact::NoChange, Impact::Worse] {
            assert_eq!(
                impact_needs(impact, &[piece(Document, Accepted)], today()),
                Some(Need::ProofOfImpact)
            );
            assert_eq!(impact_needs(impact, &[piece(Voice, Submitted)], today()), None);
        }
    }

    #[test]
    fn what_is_missing_is_said_in_words() {
        let strands = Need::Strands { required: 2, accepted: vec![Voice] };
        assert!(
            strands.to_string().contains("of 2 of the strands") && strands.to_string().ends_with("VOICE.")
        );
        assert!(Need::StepsSettled(1).to_string().starts_with("One step"));
        assert!(Need::StepsSettled(3).to_string().starts_with("3 steps"));
    }

    #[test]
    fn half_a_year_after_it_was_too_early_it_is_no_longer() {
        let judged = |impact, on: &str| Some((impact, on.parse().unwrap()));
        let without = |status, judgement| is_claimed_without_impact(status, judgement, today());
        for status in [ActionStatus::Complete, ActionStatus::Assured] {
            assert!(without(status, None));
            assert!(without(status, judged(Impact::TooEarly, "2018-06-09")));
            assert!(!without(status, judged(Impact::TooEarly, "2018-06-10")));
            assert!(!without(status, judged(Impact::NoChange, "2016-01-01")));
        }
        assert!(!without(ActionStatus::InProgress, None), "nobody says that it is done");
    }

    #[test]
    fn an_assurance_outlives_its_evidence_only_where_there_was_enough() {
        let on = |evidence: &[Piece]| is_assured_on_expired(ActionStatus::Assured, 2, evidence, today());
        let (voice, audit) = (piece(Voice, Accepted), piece(QualityAssurance, Accepted));
        assert!(on(&[voice, until(audit, "2018-12-09")]));
        assert!(!on(&[voice, until(audit, "2018-12-10")]), "it counts to the end of its last day");
        assert!(!on(&[voice, until(audit, "2018-12-09"), audit]), "renewed");
        assert!(!on(&[until(voice, "2018-12-09")]), "never enough");
        assert!(!on(&[voice, until(piece(QualityAssurance, Submitted), "2018-12-09")]), "never accepted");
        let claimed = [voice, until(audit, "2018-12-09")];
        assert!(!is_assured_on_expired(ActionStatus::Complete, 2, &claimed, today()));
    }
}
