//! Workflow: the only ways from one status of an action to another.

use std::fmt;

use crate::ActionStatus::{self, *};

crate::vocabulary! {
    /// What can be done to an action that changes its status. Who may do it is a matter of policy, not of this table.
    Act {
        /// Begin the work.
        Start = "START",
        /// A lead says that it is done. Needs every step settled, and evidence.
        ClaimComplete = "CLAIM_COMPLETE",
        /// The board accepts the claim. Needs accepted strands of evidence and somebody else than the claimant.
        Assure = "ASSURE",
        /// The board does not accept the claim. Needs a reason.
        Refuse = "REFUSE",
        /// Give the action up. Needs a reason.
        Withdraw = "WITHDRAW",
        /// Carry the unfinished action over into the successor of its plan.
        RollOver = "ROLL_OVER",
    }
}

/// Every transition there is: from which status, by which act, to which. What is not listed is refused.
pub const TRANSITIONS: &[(ActionStatus, Act, ActionStatus)] = &[
    (NotStarted, Act::Start, InProgress),
    (InProgress, Act::ClaimComplete, Complete),
    (Complete, Act::Assure, Assured),
    (Complete, Act::Refuse, InProgress),
    (NotStarted, Act::Withdraw, Withdrawn),
    (InProgress, Act::Withdraw, Withdrawn),
    (NotStarted, Act::RollOver, RolledOver),
    (InProgress, Act::RollOver, RolledOver),
];

/// An act that the action's status does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IllegalTransition {
    /// The status the action is in.
    pub from: ActionStatus,
    /// What was to be done.
    pub act: Act,
}

impl fmt::Display for IllegalTransition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an action that is {} does not allow {}", self.from, self.act)
    }
}

impl std::error::Error for IllegalTransition {}

/// The status that an act leads to.
pub fn apply(from: ActionStatus, act: Act) -> Result<ActionStatus, IllegalTransition> {
    let transition = TRANSITIONS.iter().find(|(f, a, _)| (*f, *a) == (from, act));
    transition.map(|(_, _, to)| *to).ok_or(IllegalTransition { from, act })
}

/// The acts that an action's status allows, in the order of the table.
pub fn acts_from(from: ActionStatus) -> impl Iterator<Item = Act> {
    TRANSITIONS.iter().filter(move |(f, _, _)| *f == from).map(|(_, act, _)| *act)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_allows_exactly_these_acts() {
        let allowed = |from| acts_from(from).collect::<Vec<_>>();
        assert_eq!(allowed(NotStarted), [Act::Start, Act::Withdraw, Act::RollOver]);
        assert_eq!(allowed(InProgress), [Act::ClaimComplete, Act::Withdraw, Act::RollOver]);
        assert_eq!(allowed(Complete), [Act::Assure, Act::Refuse]);
        for end in [Assured, RolledOver, Withdrawn] {
            assert_eq!(allowed(end), [], "{end} is an end");
        }
    }

    #[test]
    fn a_refusal_puts_the_action_back_to_work() {
        assert_eq!(apply(Complete, Act::Refuse), Ok(InProgress));
    }

    #[test]
    fn what_is_not_listed_is_refused_and_says_so() {
        for from in ActionStatus::ALL {
            for act in Act::ALL {
                let is_listed = acts_from(*from).any(|a| a == *act);
                assert_eq!(apply(*from, *act).is_ok(), is_listed, "{from} {act}");
            }
        }
        let refusal = apply(NotStarted, Act::ClaimComplete).unwrap_err();
        assert_eq!(refusal.to_string(), "an action that is NOT_STARTED does not allow CLAIM_COMPLETE");
    }

    #[test]
    fn an_act_leads_to_one_status_only() {
        for (at, (from, act, _)) in TRANSITIONS.iter().enumerate() {
            assert!(TRANSITIONS[..at].iter().all(|(f, a, _)| (f, a) != (from, act)), "{from} {act} twice");
        }
    }
}
