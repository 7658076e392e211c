//! What is still missing: before the board can assure an action, and before a demand can be said to be met.
//!
//! For an action these are the needs of the write path, asked of the same functions; what they add is why a strand is
//! missing. For a requirement they are advice: whoever made it may confirm it on whatever grounds they have.

use chrono::NaiveDate;

use super::{Need, Piece, Review, STRANDS, accepted_strands, assurance_needs, claim_needs};
use crate::workflow::{Act, apply};
use crate::{ActionStatus, Coverage, EvidenceStrand, PlanStatus};

/// How many strands show that a demand is met where no plan that answers it says how many it asks for.
pub const STRANDS_UNLESS_A_PLAN_SAYS: usize = 2;

crate::vocabulary! {
    /// What is missing.
    ProofGap {
        /// The action was given up or carried over: nothing can be assured any more.
        Ended = "ENDED",
        /// Its plan is not agreed yet, or is closed.
        PlanNotRunning = "PLAN_NOT_RUNNING",
        /// Work has not begun.
        NotStarted = "NOT_STARTED",
        /// Nobody has claimed that it is complete.
        NotClaimed = "NOT_CLAIMED",
        /// Steps are neither done nor struck out.
        StepsOpen = "STEPS_OPEN",
        /// There is no evidence that is neither refused nor expired.
        NoEvidence = "NO_EVIDENCE",
        /// Too few strands have evidence that was accepted and still counts.
        StrandsMissing = "STRANDS_MISSING",
        /// One reason for that: there is evidence that waits for a review.
        EvidenceNotReviewed = "EVIDENCE_NOT_REVIEWED",
        /// Another: what was accepted has expired.
        EvidenceExpired = "EVIDENCE_EXPIRED",
        /// The council has not said what it makes of the recommendation.
        NotAnswered = "NOT_ANSWERED",
        /// No action answers the demand.
        Uncovered = "UNCOVERED",
        /// Actions answer a part of it only.
        PartlyCovered = "PARTLY_COVERED",
        /// Actions that answer it are not assured.
        ActionsNotAssured = "ACTIONS_NOT_ASSURED",
    }
}

/// One thing that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What kind of thing.
    pub gap: ProofGap,
    /// The strands that would fill it.
    pub strands: Vec<EvidenceStrand>,
    /// The same in a sentence, with what would be right.
    pub message: String,
}

/// An action, as far as its proof asks.
#[derive(Clone, Copy, Debug)]
pub struct ActionFacts<'a> {
    /// How far it has come.
    pub status: ActionStatus,
    /// How far its plan has.
    pub plan: PlanStatus,
    /// How many steps are neither done nor struck out.
    pub open_steps: usize,
    /// How many strands the plan asks for.
    pub required: usize,
    /// Its evidence.
    pub evidence: &'a [Piece],
}

/// What is missing before the board can assure an action; nothing where it can, or has.
pub fn missing_of_action(of: &ActionFacts<'_>, today: NaiveDate) -> Vec<Missing> {
    if of.status == ActionStatus::Assured {
        return Vec::new();
    }
    if !of.status.is_live() {
        let message = "It was given up or carried over, so that there is nothing to assure.";
        return vec![plain(ProofGap::Ended, message)];
    }
    let mut missing = Vec::new();
    if !of.plan.is_binding() {
        let message = "Its plan is not agreed yet, or is closed: the board assures actions of plans that it has agreed.";
        missing.push(plain(ProofGap::PlanNotRunning, message));
    }
    if apply(of.status, Act::Assure).is_err() {
        if apply(of.status, Act::ClaimComplete).is_err() {
            missing.push(plain(ProofGap::NotStarted, "Work on it has not begun."));
        }
        missing.push(plain(ProofGap::NotClaimed, "Nobody has claimed that it is complete."));
        missing.extend(claim_needs(of.open_steps, of.evidence, today).iter().map(met_by));
    }
    missing.extend(missing_strands(of.required, of.evidence, today));
    missing
}

/// A demand, as far as its proof asks.
#[derive(Clone, Copy, Debug)]
pub struct RequirementFacts<'a> {
    /// Whether it is confirmed as implemented.
    pub is_confirmed: bool,
    /// Whether the council still owes an answer to it.
    pub awaits_answer: bool,
    /// How far actions answer it.
    pub coverage: Coverage,
    /// How many live actions that answer it are not assured.
    pub not_assured: usize,
    /// How many strands the most demanding of their plans asks for.
    pub required: usize,
    /// Its evidence, and that of the actions that answer it.
    pub evidence: &'a [Piece],
}

/// What is missing before a demand can be said to be met; nothing where that was confirmed.
pub fn missing_of_requirement(of: &RequirementFacts<'_>, today: NaiveDate) -> Vec<Missing> {
    if of.is_confirmed {
        return Vec::new();
    }
    let mut missing = Vec::new();
    if of.awaits_answer {
        missing.push(plain(ProofGap::NotAnswered, "The council has not answered it."));
    }
    match of.coverage {
        Coverage::Covered => {}
        Coverage::Partial => {
            missing.push(plain(ProofGap::PartlyCovered, "Actions answer a part of it only."));
        }
        Coverage::Uncovered => missing.push(plain(ProofGap::Uncovered, "No action answers it.")),
    }
    let not_assured = match of.not_assured {
        0 => None,
        1 => Some("One action that answers it is not assured.".to_owned()),
        several => Some(format!("{several} actions that answer it are not assured.")),
    };
    missing.extend(not_assured.map(|message| plain(ProofGap::ActionsNotAssured, message)));
    let strands = missing_strands(of.required, of.evidence, today);
    missing.extend(strands.into_iter().map(|strand| match strand.gap {
        ProofGap::StrandsMissing => Missing { message: too_few_strands(of.required), ..strand },
        _ => strand,
    }));
    missing
}

/// A demand has no plan that asks for anything.
fn too_few_strands(required: usize) -> String {
    let strands = if required == 1 { "one strand".to_owned() } else { format!("{required} strands") };
    format!("That it is met is shown by accepted evidence of {strands}: there is less.")
}

fn plain(gap: ProofGap, message: impl Into<String>) -> Missing {
    Missing { gap, strands: Vec::new(), message: message.into() }
}

/// What a need of the write path is called here, in its own words.
fn met_by(need: &Need) -> Missing {
    let gap = match need {
        Need::StepsSettled(_) => ProofGap::StepsOpen,
        Need::Evidence => ProofGap::NoEvidence,
        Need::Strands { .. } | Need::ProofOfImpact => ProofGap::StrandsMissing,
    };
    let strands = match need {
        Need::StepsSettled(_) => Vec::new(),
        Need::Evidence => EvidenceStrand::ALL.to_vec(),
        Need::Strands { accepted, .. } => others(accepted),
        Need::ProofOfImpact => STRANDS.to_vec(),
    };
    Missing { gap, strands, message: need.to_string() }
}

fn others(than: &[EvidenceStrand]) -> Vec<EvidenceStrand> {
    STRANDS.into_iter().filter(|strand| !than.contains(strand)).collect()
}

/// The strands that are missing, and why: what waits for a review, what has expired.
fn missing_strands(required: usize, evidence: &[Piece], today: NaiveDate) -> Vec<Missing> {
    let Some(need) = assurance_needs(required, evidence, today) else { return Vec::new() };
    let open = others(&accepted_strands(evidence, today));
    let with = |fits: &dyn Fn(&Piece) -> bool| -> Vec<EvidenceStrand> {
        let has =
            |strand: &EvidenceStrand| evidence.iter().any(|piece| piece.strand == *strand && fits(piece));
        open.iter().copied().filter(has).collect()
    };
    let waiting = with(&|piece| piece.review == Review::Submitted && piece.stands(today));
    let expired = with(&|piece| piece.review == Review::Accepted && !piece.stands(today));
    let because = [
        (ProofGap::EvidenceNotReviewed, waiting, "Evidence waits for a review"),
        (ProofGap::EvidenceExpired, expired, "What was accepted has expired"),
    ];
    let because = because.into_iter().filter(|(_, strands, _)| !strands.is_empty());
    let because = because.map(|(gap, strands, what)| {
        let names: Vec<&str> = strands.iter().map(|strand| strand.as_str()).collect();
        Missing { gap, message: format!("{what}: {}.", names.join(", ")), strands }
    });
    std::iter::once(met_by(&need)).chain(because).collect()
}

#[cfg(test)]
mod tests {
    use ActionStatus::*;
    use EvidenceStrand::*;
    use Review::*;

    use super::*;

    fn today() -> NaiveDate {
        "2018-12-10".parse().unwrap()
    }

    fn piece(strand: EvidenceStrand, review: Review) -> Piece {
        Piece { strand, review, expires_on: None, speaks_of: today(), shows: None }
    }

    fn expired(piece: Piece) -> Piece {
        Piece { expires_on: today().pred_opt(), ..piece }
    }

    fn facts(status: ActionStatus, evidence: &[Piece]) -> ActionFacts<'_> {
        ActionFacts { status, plan: PlanStatus::Published, open_steps: 0, required: 2, evidence }
    }

    fn gaps(missing: &[Missing]) -> Vec<ProofGap> {
        missing.iter().map(|of| of.gap).collect()
    }

    #[test]
    fn everything_is_said_at_once_in_the_order_in_which_it_is_mended() {
        let of = ActionFacts { plan: PlanStatus::Draft, open_steps: 2, ..facts(NotStarted, &[]) };
        let missing = missing_of_action(&of, today());
        assert_eq!(
            gaps(&missing),
            [
                ProofGap::PlanNotRunning,
                ProofGap::NotStarted,
                ProofGap::NotClaimed,
                ProofGap::StepsOpen,
                ProofGap::NoEvidence,
                ProofGap::StrandsMissing
            ]
        );
        assert_eq!(missing[5].strands, STRANDS);
        assert!(missing.iter().all(|of| of.message.ends_with('.')));
    }

    #[test]
    fn what_would_fill_a_strand_is_named() {
        let all = [
            piece(QualityAssurance, Accepted),
            piece(Voice, Submitted),
            expired(piece(PerformanceData, Accepted)),
            piece(Document, Submitted),
        ];
        let missing = missing_of_action(&facts(Complete, &all), today());
        assert_eq!(
            gaps(&missing),
            [ProofGap::StrandsMissing, ProofGap::EvidenceNotReviewed, ProofGap::EvidenceExpired]
        );
        assert_eq!(missing[0].strands, [PerformanceData, Voice]);
        assert_eq!(
            (&missing[1].strands[..], &missing[2].strands[..]),
            (&[Voice][..], &[PerformanceData][..])
        );
        assert_eq!(missing[1].message, "Evidence waits for a review: VOICE.");
    }

    #[test]
    fn nothing_is_missing_where_the_board_can_assure_or_has() {
        let enough =
            [piece(Voice, Accepted), piece(QualityAssurance, Accepted), piece(PerformanceData, Submitted)];
        assert_eq!(missing_of_action(&facts(Complete, &enough), today()), []);
        assert_eq!(missing_of_action(&facts(Assured, &[]), today()), []);
        for ended in [Withdrawn, RolledOver] {
            assert_eq!(gaps(&missing_of_action(&facts(ended, &enough), today())), [ProofGap::Ended]);
        }
    }

    #[test]
    fn nothing_is_missing_exactly_when_the_write_path_needs_nothing() {
        for status in ActionStatus::ALL.iter().filter(|status| **status != Assured) {
            for plan in PlanStatus::ALL {
                for evidence in [vec![], vec![piece(Voice, Accepted), piece(PerformanceData, Accepted)]] {
                    let of = ActionFacts { plan: *plan, open_steps: 1, ..facts(*status, &evidence) };
                    let allowed = plan.is_binding()
                        && apply(*status, Act::Assure).is_ok()
                        && assurance_needs(2, &evidence, today()).is_none();
                    assert_eq!(missing_of_action(&of, today()).is_empty(), allowed, "{status} {plan}");
                }
            }
        }
    }

    #[test]
    fn a_demand_lacks_answer_cover_assurance_and_strands_until_it_is_confirmed() {
        let of = RequirementFacts {
            is_confirmed: false,
            awaits_answer: true,
            coverage: Coverage::Partial,
            not_assured: 3,
            required: STRANDS_UNLESS_A_PLAN_SAYS,
            evidence: &[],
        };
        let missing = missing_of_requirement(&of, today());
        assert_eq!(
            gaps(&missing),
            [
                ProofGap::NotAnswered,
                ProofGap::PartlyCovered,
                ProofGap::ActionsNotAssured,
                ProofGap::StrandsMissing
            ]
        );
        assert_eq!(missing[2].message, "3 actions that answer it are not assured.");
        assert!(missing[3].message.contains("of 2 strands"), "{}", missing[3].message);
        let uncovered = RequirementFacts { coverage: Coverage::Uncovered, not_assured: 0, ..of };
        assert_eq!(gaps(&missing_of_requirement(&uncovered, today()))[1], ProofGap::Uncovered);
        assert_eq!(missing_of_requirement(&RequirementFacts { is_confirmed: true, ..of }, today()), []);
        let proven = [piece(Voice, Accepted), piece(QualityAssurance, Accepted)];
        let met = RequirementFacts {
            awaits_answer: false,
            coverage: Coverage::Covered,
            not_assured: 0,
            evidence: &proven,
            ..of
        };
        assert_eq!(missing_of_requirement(&met, today()), []);
    }
}
