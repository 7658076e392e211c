//! Cadence: when a lead's next report is due.

use chrono::{Days, NaiveDate};

use crate::{ActionStatus, PlanStatus};

/// What the next report of an action is worked out from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reporting {
    /// How far the plan has come: only agreed and published plans ask for reports.
    pub plan_status: PlanStatus,
    /// The day from which the plan binds its leads: when it was agreed or, if that is not known, published.
    pub plan_live_on: Option<NaiveDate>,
    /// How often the plan's leads report.
    pub every_days: u32,
    /// How far the action has come.
    pub status: ActionStatus,
    /// When the action is to start.
    pub start_on: Option<NaiveDate>,
    /// When its lead reported last.
    pub last_reported_on: Option<NaiveDate>,
}

/// The day by which the lead is to report, or `None` where no report is asked for.
///
/// One interval after the last report. Where there is none, one interval after the later of the plan's going live and the
/// action's start; `None` if neither is known. What has not started is not asked about before one interval after its start.
pub fn update_due_on(reporting: &Reporting) -> Option<NaiveDate> {
    if !reporting.plan_status.is_binding() || !reporting.status.is_open() {
        return None;
    }
    let never_reported = reporting.last_reported_on.is_none();
    let counts_start = never_reported || reporting.status == ActionStatus::NotStarted;
    let from = [
        reporting.last_reported_on,
        reporting.plan_live_on.filter(|_| never_reported),
        reporting.start_on.filter(|_| counts_start),
    ];
    from.into_iter().flatten().max()?.checked_add_days(Days::new(u64::from(reporting.every_days)))
}

/// Whether the report is late on the day `today`: from the day after it was due.
pub fn is_update_overdue(update_due_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    update_due_on.is_some_and(|due_on| due_on < today)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::{ActionStatus::*, PlanStatus::*};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn reporting(status: ActionStatus, live: &str, start: Option<&str>, last: Option<&str>) -> Reporting {
        Reporting {
            plan_status: Published,
            plan_live_on: Some(day(live)),
            every_days: 42,
            status,
            start_on: start.map(day),
            last_reported_on: last.map(day),
        }
    }

    #[rstest]
    #[case::after_the_last_report(InProgress, Some("2018-09-01"), Some("2018-10-29"), "2018-12-10")]
    #[case::never_reported(InProgress, None, None, "2018-11-12")]
    #[case::never_reported_and_starts_later(InProgress, Some("2018-11-01"), None, "2018-12-13")]
    #[case::never_reported_and_started_before_the_plan(InProgress, Some("2018-01-01"), None, "2018-11-12")]
    #[case::not_started_and_starts_later(NotStarted, Some("2019-01-01"), Some("2018-10-29"), "2019-02-12")]
    #[case::not_started_though_it_should(NotStarted, Some("2018-10-01"), Some("2018-10-29"), "2018-12-10")]
    #[case::reports_from_before_the_plan_count(InProgress, None, Some("2018-09-01"), "2018-10-13")]
    fn reports_are_due_one_interval_later(
        #[case] status: ActionStatus,
        #[case] start: Option<&str>,
        #[case] last: Option<&str>,
        #[case] expected: &str,
    ) {
        assert_eq!(update_due_on(&reporting(status, "2018-10-01", start, last)), Some(day(expected)));
    }

    #[test]
    fn without_any_date_nothing_can_be_due() {
        let known = reporting(InProgress, "2018-10-01", None, None);
        assert_eq!(update_due_on(&Reporting { plan_live_on: None, ..known }), None);
    }

    #[test]
    fn only_open_actions_of_binding_plans_are_reported_on() {
        let known = reporting(InProgress, "2018-10-01", None, Some("2018-10-29"));
        for plan_status in PlanStatus::ALL {
            for status in ActionStatus::ALL {
                let due = update_due_on(&Reporting { plan_status: *plan_status, status: *status, ..known });
                let is_asked =
                    matches!(plan_status, Agreed | Published) && matches!(status, NotStarted | InProgress);
                assert_eq!(due.is_some(), is_asked, "{plan_status} {status}");
            }
        }
    }

    #[test]
    fn a_report_is_late_from_the_day_after() {
        assert!(!is_update_overdue(Some(day("2018-12-10")), day("2018-12-10")));
        assert!(is_update_overdue(Some(day("2018-12-10")), day("2018-12-11")));
        assert!(!is_update_overdue(None, day("2018-12-11")));
    }

    proptest! {
        #[test]
        fn reporting_never_brings_the_next_report_nearer(
            start in prop::option::of(0u64..900), last in 0u64..900, later in 0u64..900, not_started in any::<bool>(),
        ) {
            let on = |n| day("2017-01-01") + Days::new(n);
            let with = |last| Reporting {
                plan_status: Agreed,
                plan_live_on: None,
                every_days: 42,
                status: if not_started { NotStarted } else { InProgress },
                start_on: start.map(on),
                last_reported_on: Some(on(last)),
            };
            prop_assert!(update_due_on(&with(last)) <= update_due_on(&with(last + later)));
        }
    }
}
