use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::ActionStatus::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn some(text: &str) -> Option<NaiveDate> {
    Some(day(text))
}

const NOTHING: Facts<'static> =
    Facts { status: InProgress, start_on: None, due_on: None, steps: &[], dependencies: &[] };

fn at_risk_from(facts: Facts<'_>) -> Option<NaiveDate> {
    thresholds(&facts).at_risk_from
}

#[test]
fn an_action_of_which_nothing_is_known_never_gets_worse() {
    assert_eq!(thresholds(&NOTHING), Thresholds::default());
}

#[test]
fn off_track_from_the_day_after_it_was_due() {
    let thresholds = thresholds(&Facts { due_on: some("2018-12-10"), ..NOTHING });
    assert_eq!(thresholds, Thresholds { at_risk_from: None, off_track_from: some("2018-12-11") });
    let on = |today| computed_health(InProgress, None, thresholds, None, day(today));
    assert_eq!(on("2018-12-10"), Health::OnTrack);
    assert_eq!(on("2018-12-11"), Health::OffTrack);
}

#[test]
fn at_risk_from_the_day_after_an_open_step_was_due() {
    let step = |due_on, is_settled| Step { due_on, is_settled };
    let steps = [
        step(some("2018-09-01"), true),
        step(some("2018-11-30"), false),
        step(some("2018-12-31"), false),
        step(None, false),
    ];
    assert_eq!(at_risk_from(Facts { steps: &steps, ..NOTHING }), some("2018-12-01"));
}

#[rstest]
#[case::none_of_two(0, 2, Some("2018-12-17"))]
#[case::half_is_enough(1, 2, None)]
#[case::one_of_three(1, 3, Some("2018-12-17"))]
#[case::no_steps(0, 0, None)]
fn at_risk_two_weeks_before_the_end_with_too_little_done(
    #[case] settled: usize,
    #[case] all: usize,
    #[case] expected: Option<&str>,
) {
    let steps: Vec<_> = (0..all).map(|i| Step { due_on: None, is_settled: i < settled }).collect();
    let facts = Facts { due_on: some("2018-12-31"), steps: &steps, ..NOTHING };
    assert_eq!(at_risk_from(facts), expected.map(day));
}

#[test]
fn little_done_is_not_asked_before_the_start() {
    let steps = [Step::default()];
    let facts = Facts { start_on: some("2018-12-28"), due_on: some("2018-12-31"), steps: &steps, ..NOTHING };
    assert_eq!(at_risk_from(facts), some("2018-12-28"));
}

#[test]
fn at_risk_two_weeks_after_a_start_that_did_not_come() {
    let facts = Facts { start_on: some("2018-12-01"), ..NOTHING };
    assert_eq!(at_risk_from(Facts { status: NotStarted, ..facts }), some("2018-12-15"));
    assert_eq!(at_risk_from(facts), None);
}

#[rstest]
#[case::late(Some("2018-10-31"), false, Some("2018-11-01"))]
#[case::finished(Some("2018-10-31"), true, None)]
#[case::no_date(None, false, None)]
#[case::planned_to_end_later(Some("2019-01-01"), false, Some("0001-01-01"))]
#[case::ends_with_it(Some("2018-12-31"), false, Some("2019-01-01"))]
fn at_risk_from_what_it_waits_for(
    #[case] due_on: Option<&str>,
    #[case] is_finished: bool,
    #[case] expected: Option<&str>,
) {
    let dependencies = [Dependency { due_on: due_on.map(day), is_finished }];
    let facts = Facts { due_on: some("2018-12-31"), dependencies: &dependencies, ..NOTHING };
    assert_eq!(at_risk_from(facts), expected.map(day));
}

#[test]
fn the_sentinel_is_the_first_day_of_the_calendar() {
    assert_eq!(ALWAYS, day("0001-01-01"));
}

#[test]
fn a_silent_lead_puts_the_action_at_risk_for_those_who_may_know() {
    let on = |status, update_due_on, today| {
        computed_health(status, None, Thresholds::default(), update_due_on, day(today))
    };
    assert_eq!(on(InProgress, some("2018-12-10"), "2018-12-10"), Health::OnTrack);
    assert_eq!(on(InProgress, some("2018-12-10"), "2018-12-11"), Health::AtRisk);
    assert_eq!(on(InProgress, None, "2018-12-11"), Health::OnTrack);
    assert_eq!(on(Withdrawn, some("2018-12-10"), "2018-12-11"), Health::OnTrack);
}

#[test]
fn an_action_that_ended_unfinished_keeps_the_health_it_had() {
    let thresholds = Thresholds { at_risk_from: some("2018-06-01"), off_track_from: some("2018-09-01") };
    let on = |status, status_on, today| computed_health(status, status_on, thresholds, None, day(today));
    assert_eq!(on(Withdrawn, some("2018-05-31"), "2020-01-01"), Health::OnTrack);
    assert_eq!(on(RolledOver, some("2018-06-01"), "2020-01-01"), Health::AtRisk);
    assert_eq!(on(RolledOver, some("2018-09-01"), "2020-01-01"), Health::OffTrack);
    assert_eq!(on(RolledOver, some("2018-09-01"), "2018-05-01"), Health::OnTrack, "asked for an earlier day");
    assert_eq!(on(RolledOver, None, "2018-09-01"), Health::OffTrack, "the day it ended is not known");
}

#[test]
fn finished_actions_are_done_and_have_no_thresholds() {
    for status in [Complete, Assured] {
        let late = Thresholds { at_risk_from: Some(ALWAYS), off_track_from: Some(ALWAYS) };
        assert_eq!(computed_health(status, None, late, Some(ALWAYS), day("2018-12-10")), Health::Done);
        let facts = Facts { status, due_on: some("2018-01-01"), ..NOTHING };
        assert_eq!(thresholds(&facts), Thresholds::default());
    }
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..1500).prop_map(|n| day("2017-01-01") + Days::new(n))
}

fn any_step() -> impl Strategy<Value = Step> {
    (prop::option::of(any_day()), any::<bool>()).prop_map(|(due_on, is_settled)| Step { due_on, is_settled })
}

fn any_dependency() -> impl Strategy<Value = Dependency> {
    (prop::option::of(any_day()), any::<bool>())
        .prop_map(|(due_on, is_finished)| Dependency { due_on, is_finished })
}

prop_compose! {
    fn any_open()(
        status in prop::sample::select(vec![NotStarted, InProgress]),
        start_on in prop::option::of(any_day()),
        due_on in prop::option::of(any_day()),
        steps in prop::collection::vec(any_step(), 0..6),
        dependencies in prop::collection::vec(any_dependency(), 0..4),
    ) -> (ActionStatus, Option<NaiveDate>, Option<NaiveDate>, Vec<Step>, Vec<Dependency>) {
        (status, start_on, due_on, steps, dependencies)
    }
}

/// The rules as a board would apply them on one day, without thresholds.
fn by_hand(facts: &Facts<'_>, today: NaiveDate) -> Health {
    let passed = |date: Option<NaiveDate>| date.is_some_and(|date| date < today);
    if passed(facts.due_on) {
        return Health::OffTrack;
    }
    let settled = facts.steps.iter().filter(|s| s.is_settled).count();
    let is_close = facts.due_on.is_some_and(|due_on| (due_on - today).num_days() <= 14);
    let is_to_have_started = facts.start_on.is_none_or(|start_on| start_on <= today);
    let at_risk = [
        facts.steps.iter().any(|s| !s.is_settled && passed(s.due_on)),
        is_close && is_to_have_started && settled * 2 < facts.steps.len(),
        facts.status == NotStarted && facts.start_on.is_some_and(|s| (today - s).num_days() >= 14),
        facts.dependencies.iter().any(|d| !d.is_finished && passed(d.due_on)),
        facts.dependencies.iter().any(|d| {
            !d.is_finished && d.due_on.zip(facts.due_on).is_some_and(|(theirs, ours)| theirs > ours)
        }),
    ];
    if at_risk.contains(&true) { Health::AtRisk } else { Health::OnTrack }
}

proptest! {
    #[test]
    fn thresholds_say_the_same_as_the_rules_applied_on_the_day(open in any_open(), today in any_day()) {
        let (status, start_on, due_on, steps, dependencies) = open;
        let facts = Facts { status, start_on, due_on, steps: &steps, dependencies: &dependencies };
        let computed = computed_health(status, None, thresholds(&facts), None, today);
        prop_assert_eq!(computed, by_hand(&facts, today));
    }

    #[test]
    fn health_never_gets_better_by_waiting(open in any_open(), a in any_day(), b in any_day(), update in prop::option::of(any_day())) {
        let (status, start_on, due_on, steps, dependencies) = open;
        let thresholds = thresholds(&Facts { status, start_on, due_on, steps: &steps, dependencies: &dependencies });
        let on = |today| computed_health(status, None, thresholds, update, today);
        prop_assert!(!on(a.min(b)).is_worse_than(on(a.max(b))));
    }

    #[test]
    fn settling_a_step_never_makes_it_worse(open in any_open(), which in any::<prop::sample::Index>(), today in any_day()) {
        let (status, start_on, due_on, mut steps, dependencies) = open;
        prop_assume!(!steps.is_empty());
        let health = |steps: &[Step]| {
            let facts = Facts { status, start_on, due_on, steps, dependencies: &dependencies };
            computed_health(status, None, thresholds(&facts), None, today)
        };
        let before = health(&steps);
        let at = which.index(steps.len());
        steps[at].is_settled = true;
        prop_assert!(!health(&steps).is_worse_than(before));
    }
}
