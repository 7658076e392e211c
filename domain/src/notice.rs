//! Notices: what an organisation has to hear without asking. Which events they are, and from when and until when a day is news.

use chrono::{Days, NaiveDate};

use crate::{ActionStatus, PlanStatus};

crate::vocabulary! {
    /// What an organisation is told.
    NoticeKind {
        /// An action of its own will be done later than it was to be, or was not done by its day.
        ActionSlipped = "ACTION_SLIPPED",
        /// What an action of its own waits for is late, or will be there only after it is needed.
        DependencyLate = "DEPENDENCY_LATE",
        /// Evidence was shared with it by name.
        EvidenceShared = "EVIDENCE_SHARED",
        /// The day has come on which somebody is to report on an action of its own.
        UpdateDue = "UPDATE_DUE",
        /// The board has put a challenge to it.
        ChallengePut = "CHALLENGE_PUT",
    }
}

/// For how many days something that fell due is news. What lies further back when it is first seen (a plan that was loaded, or
/// agreed, late; a service that did not run) is no event any more: it stands in the lists.
pub const NEWS_DAYS: u64 = 28;

/// The first day that is still news.
pub fn news_from(today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(Days::new(NEWS_DAYS)).unwrap_or(NaiveDate::MIN)
}

fn is_news(on: NaiveDate, today: NaiveDate) -> bool {
    on >= news_from(today)
}

/// How an action stands, as far as its days can be news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How far it has come.
    pub status: ActionStatus,
    /// How far its plan has.
    pub plan_status: PlanStatus,
    /// The last day of its time frame.
    pub due_on: Option<NaiveDate>,
}

impl Standing {
    /// Whether anybody waits for it: it is unfinished, and its plan binds.
    pub fn is_awaited(&self) -> bool {
        self.status.is_open() && self.plan_status.is_binding()
    }
}

/// Whether a move makes it later. A first date is none, and neither is the last one taken away.
pub fn is_slip(was: Option<NaiveDate>, now: Option<NaiveDate>) -> bool {
    was.zip(now).is_some_and(|(was, now)| now > was)
}

/// The due date that has passed, where that is news: from the day after it.
pub fn passed(action: &Standing, today: NaiveDate) -> Option<NaiveDate> {
    action.due_on.filter(|on| action.is_awaited() && *on < today && is_news(*on, today))
}

/// The due date of `other` that has passed, where that is news to those whose action waits for it.
pub fn passed_for(waiting: &Standing, other: &Standing, today: NaiveDate) -> Option<NaiveDate> {
    passed(other, today).filter(|_| waiting.is_awaited())
}

/// Whether a move of what an action waits for comes in its way: it is to be there only after the action itself is due.
pub fn is_late_for(waiting: &Standing, was: Option<NaiveDate>, now: Option<NaiveDate>) -> bool {
    waiting.is_awaited()
        && is_slip(was, now)
        && now.zip(waiting.due_on).is_some_and(|(now, needed)| now > needed)
}

/// The day of the next report (`cadence::update_due_on`), where it has come and that is news: on the day itself, so that it can
/// still be kept.
pub fn report_due(update_due_on: Option<NaiveDate>, today: NaiveDate) -> Option<NaiveDate> {
    update_due_on.filter(|on| *on <= today && is_news(*on, today))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn due(on: &str) -> Standing {
        let due_on = Some(day(on));
        Standing { status: ActionStatus::InProgress, plan_status: PlanStatus::Published, due_on }
    }

    #[test]
    fn only_a_later_day_is_a_slip() {
        let [early, late] = ["2018-12-31", "2019-01-01"].map(|on| Some(day(on)));

        assert!(is_slip(early, late));
        assert!(!is_slip(late, early) && !is_slip(early, early));
        assert!(!is_slip(None, late) && !is_slip(early, None));
    }

    #[test]
    fn a_due_date_is_news_from_the_day_after_for_four_weeks() {
        let action = due("2018-12-10");

        assert_eq!(passed(&action, day("2018-12-10")), None);
        assert_eq!(passed(&action, day("2018-12-11")), action.due_on);
        assert_eq!(passed(&action, day("2019-01-07")), action.due_on);
        assert_eq!(passed(&action, day("2019-01-08")), None);
        assert_eq!(passed(&Standing { due_on: None, ..action }, day("2018-12-11")), None);
    }

    #[test]
    fn nobody_waits_for_what_is_finished_given_up_or_not_agreed() {
        for status in ActionStatus::ALL {
            for plan_status in PlanStatus::ALL {
                let action = Standing { status: *status, plan_status: *plan_status, ..due("2018-12-10") };
                let is_told = status.is_open() && plan_status.is_binding();
                let other = due("2018-12-10");
                let today = day("2018-12-11");

                assert_eq!(passed(&action, today).is_some(), is_told, "{status} {plan_status}");
                assert_eq!(passed_for(&action, &other, today).is_some(), is_told);
                assert_eq!(passed_for(&other, &action, today).is_some(), is_told);
                assert_eq!(is_late_for(&action, other.due_on, Some(day("2018-12-20"))), is_told);
            }
        }
    }

    #[test]
    fn a_dependency_is_late_where_it_moves_past_the_day_on_which_it_is_needed() {
        let (waiting, was) = (due("2018-12-31"), Some(day("2018-11-30")));

        assert!(!is_late_for(&waiting, was, Some(day("2018-12-31"))));
        assert!(is_late_for(&waiting, was, Some(day("2019-01-01"))));
        assert!(is_late_for(&waiting, Some(day("2019-01-01")), Some(day("2019-02-01"))), "later still");
        assert!(!is_late_for(&waiting, Some(day("2019-02-01")), Some(day("2019-01-01"))), "nearer");
        assert!(!is_late_for(&Standing { due_on: None, ..waiting }, was, Some(day("2019-01-01"))));
    }

    #[test]
    fn a_report_is_due_on_its_day() {
        let on = Some(day("2018-12-10"));

        assert_eq!(report_due(on, day("2018-12-09")), None);
        assert_eq!(report_due(on, day("2018-12-10")), on);
        assert_eq!(report_due(on, day("2019-01-07")), on);
        assert_eq!(report_due(on, day("2019-01-08")), None);
        assert_eq!(report_due(None, day("2018-12-10")), None);
    }

    proptest! {
        #[test]
        fn whoever_looks_every_day_misses_nothing(due in 0u64..400, gap in 1u64..=NEWS_DAYS) {
            // Looks that are no further apart than a day is news find every day that passes.
            let first = day("2018-01-01");
            let action = Standing { due_on: Some(first + Days::new(due)), ..super::tests::due("2018-01-01") };
            let looks = (0u64..).map(|look| first + Days::new(look * gap)).take_while(|on| *on <= first + Days::new(460));
            prop_assert!(looks.into_iter().any(|today| passed(&action, today).is_some()));
        }
    }
}
