//! Audits and their findings: whether a loop is open, what is overdue, which grades can be, and what of them may be shown.
//!
//! A finding of any grade, a good one too, stays open until what was to follow from it is done and somebody else has looked
//! again (the design's rule 11).

mod grades;
mod themes;
mod words;

use chrono::NaiveDate;

pub use grades::{GradeCounts, GradesProblem, Shown, check_grades, shown};
pub use themes::{Audited, Found, ThemeYear, themes};
pub use words::{AuditGrade, AuditKind, AuditRater, FindingStatus, RecheckOutcome};

/// How far a finding has come, by the day on which its follow-up was done and what the re-check after it came to.
/// A re-check that failed leaves it open, whatever was done before.
pub fn finding_status(done_on: Option<NaiveDate>, recheck: Option<RecheckOutcome>) -> FindingStatus {
    match (done_on, recheck) {
        (_, Some(RecheckOutcome::NotHeld)) | (None, _) => FindingStatus::Open,
        (Some(_), None) => FindingStatus::FollowedUp,
        (Some(_), Some(RecheckOutcome::Held)) => FindingStatus::Closed,
    }
}

/// Whether a follow-up is late: nobody has said that it is done, and its day has passed. What waits for a re-check is not: the
/// day was for the follow-up.
pub fn is_overdue(status: FindingStatus, due_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    status == FindingStatus::Open && due_on.is_some_and(|due| due < today)
}

/// Whether the loop of an audit is open: any of its findings is not closed. Without findings there is nothing to close.
pub fn is_loop_open(findings: impl IntoIterator<Item = FindingStatus>) -> bool {
    findings.into_iter().any(|status| status != FindingStatus::Closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_finding_is_closed_by_a_recheck_alone() {
        let done = Some(day("2018-11-30"));

        assert_eq!(finding_status(None, None), FindingStatus::Open);
        assert_eq!(finding_status(done, None), FindingStatus::FollowedUp);
        assert_eq!(finding_status(done, Some(RecheckOutcome::Held)), FindingStatus::Closed);
    }

    #[test]
    fn a_recheck_that_failed_opens_it_again() {
        assert_eq!(
            finding_status(Some(day("2018-11-30")), Some(RecheckOutcome::NotHeld)),
            FindingStatus::Open
        );
    }

    #[test]
    fn what_was_never_done_cannot_have_held() {
        assert_eq!(finding_status(None, Some(RecheckOutcome::Held)), FindingStatus::Open);
    }

    #[test]
    fn a_follow_up_is_late_from_the_day_after_it_was_due() {
        let due = Some(day("2018-12-10"));

        assert!(!is_overdue(FindingStatus::Open, due, day("2018-12-10")));
        assert!(is_overdue(FindingStatus::Open, due, day("2018-12-11")));
        assert!(!is_overdue(FindingStatus::FollowedUp, due, day("2018-12-11")));
        assert!(!is_overdue(FindingStatus::Closed, due, day("2018-12-11")));
        assert!(!is_overdue(FindingStatus::Open, None, day("2018-12-11")));
    }

    #[test]
    fn a_loop_is_open_while_one_finding_is() {
        use FindingStatus::{Closed, FollowedUp, Open};

        assert!(is_loop_open([Closed, Open]));
        assert!(is_loop_open([FollowedUp, Closed]));
        assert!(!is_loop_open([Closed, Closed]));
        assert!(!is_loop_open([]));
    }
}
