//! Position: how actions stood at a moment of the record, and what became of them between two.

use chrono::NaiveDate;

use crate::cadence::{self, Reporting};
use crate::standing::{self, Facts};
use crate::{ActionStatus, Health, rating};

/// What one action's standing is worked out from, as it was recorded.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// Dates, steps and what it waits for, as far as the reader may see that.
    pub facts: Facts<'a>,
    /// Since when it has its status.
    pub status_on: Option<NaiveDate>,
    /// What is known of its reports; `None` for a reader who may not read them.
    pub reported: Option<Reported>,
}

/// What is known of an action's reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported {
    /// What the next report's day is worked out from.
    pub reporting: Reporting,
    /// What the lead declared last.
    pub declared: Option<Health>,
}

/// How one action stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How far it had come.
    pub status: ActionStatus,
    /// When it was due.
    pub due_on: Option<NaiveDate>,
    /// What its lead had declared last, as far as the reader may know.
    pub declared: Option<Health>,
    /// What the service computes of what was recorded.
    pub computed: Health,
    /// The worse of the two.
    pub rating: Health,
}

/// How an action stood on the day `today`: the rules of every other day, asked about what was recorded by then.
pub fn standing(recorded: &Recorded<'_>, today: NaiveDate) -> Standing {
    let Recorded { facts, status_on, reported } = recorded;
    let update_due_on = reported.as_ref().and_then(|of| cadence::update_due_on(&of.reporting));
    let thresholds = standing::thresholds(facts);
    let computed = standing::computed_health(facts.status, *status_on, thresholds, update_due_on, today);
    let declared = reported.as_ref().and_then(|of| of.declared);
    Standing {
        status: facts.status,
        due_on: facts.due_on,
        declared,
        computed,
        rating: rating::rating(declared, computed),
    }
}

crate::vocabulary! {
    /// What can become of an action between two moments. Several can at once.
    Turn {
        /// It was not there before.
        New = "NEW",
        /// It was claimed complete, or assured.
        Done = "DONE",
        /// It is due later than it was.
        Slipped = "SLIPPED",
        /// Its rating is worse.
        Worse = "WORSE",
        /// Its rating is better.
        Better = "BETTER",
        /// It was given up.
        Withdrawn = "WITHDRAWN",
        /// It was carried over into its plan's successor.
        RolledOver = "ROLLED_OVER",
    }
}

/// Whether an action took this turn between two moments.
///
/// What ended between the two counts even if it began between them too, so that the lists account for the counts. Slipped,
/// worse and better compare: they need a before.
pub fn took(turn: Turn, before: Option<&Standing>, after: &Standing) -> bool {
    let became = |is: bool| is && before.is_none_or(|before| before.status != after.status);
    match (turn, before) {
        (Turn::New, before) => before.is_none(),
        (Turn::Done, _) => became(after.status.is_finished()),
        (Turn::Withdrawn, _) => became(after.status == ActionStatus::Withdrawn),
        (Turn::RolledOver, _) => became(after.status == ActionStatus::RolledOver),
        (Turn::Slipped, Some(before)) => {
            before.due_on.zip(after.due_on).is_some_and(|(before, after)| after > before)
        }
        (Turn::Worse, Some(before)) => after.rating.is_worse_than(before.rating),
        (Turn::Better, Some(before)) => before.rating.is_worse_than(after.rating),
        (Turn::Slipped | Turn::Worse | Turn::Better, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::PlanStatus;
    use crate::standing::Step;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn stood(status: ActionStatus, due_on: Option<&str>, rating: Health) -> Standing {
        Standing { status, due_on: due_on.map(day), declared: None, computed: rating, rating }
    }

    fn turns(before: Option<&Standing>, after: &Standing) -> Vec<Turn> {
        Turn::ALL.iter().copied().filter(|turn| took(*turn, before, after)).collect()
    }

    #[test]
    fn reports_count_only_for_who_may_read_them() {
        let steps = [Step { due_on: None, is_settled: true }];
        let facts = Facts {
            status: ActionStatus::InProgress,
            start_on: None,
            due_on: Some(day("2019-06-30")),
            steps: &steps,
            dependencies: &[],
        };
        let reporting = Reporting {
            plan_status: PlanStatus::Agreed,
            plan_live_on: Some(day("2018-10-01")),
            every_days: 42,
            status: ActionStatus::InProgress,
            start_on: None,
            last_reported_on: Some(day("2018-10-10")),
        };
        let reported = Some(Reported { reporting, declared: Some(Health::OffTrack) });
        let of = |reported, on| standing(&Recorded { facts, status_on: None, reported }, day(on));

        let reader = of(reported, "2018-12-10");
        assert_eq!((reader.declared, reader.computed), (Some(Health::OffTrack), Health::AtRisk));
        assert_eq!(reader.rating, Health::OffTrack);
        let other = of(None, "2018-12-10");
        assert_eq!((other.declared, other.computed, other.rating), (None, Health::OnTrack, Health::OnTrack));
        assert_eq!(of(reported, "2018-11-01").computed, Health::OnTrack);
    }

    #[test]
    fn what_became_done_says_so_whether_claimed_or_assured() {
        use ActionStatus::*;
        let done = |status| stood(status, None, Health::Done);
        let running = stood(InProgress, None, Health::OnTrack);
        assert_eq!(turns(Some(&running), &done(Complete)), [Turn::Done, Turn::Better]);
        assert_eq!(turns(Some(&done(Complete)), &done(Assured)), [Turn::Done]);
        assert_eq!(turns(Some(&done(Complete)), &done(Complete)), []);
        assert_eq!(turns(Some(&done(Complete)), &running), [Turn::Worse]);
        assert_eq!(turns(None, &done(Complete)), [Turn::New, Turn::Done]);
    }

    #[test]
    fn only_a_later_due_date_is_a_slip() {
        let due = |on| stood(ActionStatus::InProgress, on, Health::OnTrack);
        let slips = |before, after| took(Turn::Slipped, Some(&due(before)), &due(after));
        assert!(slips(Some("2018-12-31"), Some("2019-01-01")));
        assert!(!slips(Some("2018-12-31"), Some("2018-12-30")));
        assert!(!slips(Some("2018-12-31"), None) && !slips(None, Some("2018-12-31")));
    }

    #[test]
    fn what_was_given_up_or_carried_over_is_told_once() {
        use ActionStatus::*;
        let at_risk = |status| stood(status, None, Health::AtRisk);
        assert_eq!(turns(Some(&at_risk(InProgress)), &at_risk(Withdrawn)), [Turn::Withdrawn]);
        assert_eq!(turns(Some(&at_risk(NotStarted)), &at_risk(RolledOver)), [Turn::RolledOver]);
        assert_eq!(turns(Some(&at_risk(Withdrawn)), &at_risk(Withdrawn)), []);
    }

    fn any_standing() -> impl Strategy<Value = Standing> {
        let status = prop::sample::select(ActionStatus::ALL);
        let health = || prop::sample::select(Health::ALL);
        (status, proptest::option::of(0u64..4), proptest::option::of(health()), health()).prop_map(
            |(status, due, declared, computed)| Standing {
                status,
                due_on: due.map(|days| day("2018-12-10") + chrono::Days::new(days)),
                declared,
                computed,
                rating: rating::rating(declared, computed),
            },
        )
    }

    proptest! {
        #[test]
        fn nothing_becomes_of_what_stands_still(standing in any_standing()) {
            prop_assert_eq!(turns(Some(&standing), &standing), []);
        }

        #[test]
        fn worse_and_better_are_opposites(before in any_standing(), after in any_standing()) {
            let worse = took(Turn::Worse, Some(&before), &after);
            prop_assert_eq!(worse, took(Turn::Better, Some(&after), &before));
            prop_assert!(!worse || !took(Turn::Better, Some(&before), &after));
        }
    }
}
