//! Standing: the health that the record itself shows.
//!
//! Between two changes of an action its health only ever gets worse as days pass, and only on days that are known beforehand.
//! So the days are worked out when something changes ([`thresholds`]) and may be stored and indexed; reading then
//! compares them with "today" ([`computed_health`]). Only the lead's silence is judged at reading, because not every
//! viewer may know when somebody reported.

use chrono::{Days, NaiveDate};

use crate::{ActionStatus, Health};

/// The threshold of what holds on every day there is.
pub const ALWAYS: NaiveDate = match NaiveDate::from_ymd_opt(1, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// How many days before its due date at least half of an action's steps should be behind it.
pub const HALF_DONE_DAYS_BEFORE_DUE: u64 = 14;

/// How many days after its start date an action may still be "not started".
pub const START_GRACE_DAYS: u64 = 14;

/// One step of an action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Its own due date, where it has one.
    pub due_on: Option<NaiveDate>,
    /// Whether it is behind us: done, or struck out with a reason.
    pub is_settled: bool,
}

/// One action that must be finished first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// When it is due.
    pub due_on: Option<NaiveDate>,
    /// Whether it is complete or assured. One that was withdrawn or rolled over is not: what was waited for has not come.
    pub is_finished: bool,
}

/// What the health of an action is worked out from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// How far it has come.
    pub status: ActionStatus,
    /// When it is to start.
    pub start_on: Option<NaiveDate>,
    /// When it is due: the last day of the month, quarter or year where no day was named.
    pub due_on: Option<NaiveDate>,
    /// Its steps.
    pub steps: &'a [Step],
    /// The actions it waits for.
    pub dependencies: &'a [Dependency],
}

/// The days from which an action is at risk and off track, if nothing changes. `None`: on no day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Thresholds {
    /// The first day on which it is at risk; [`ALWAYS`] where no day comes into it.
    pub at_risk_from: Option<NaiveDate>,
    /// The first day on which it is off track. Beats `at_risk_from` where both have come.
    pub off_track_from: Option<NaiveDate>,
}

/// The days on which the action's health gets worse, from its own record. Finished actions have none.
pub fn thresholds(facts: &Facts<'_>) -> Thresholds {
    if facts.status.is_finished() {
        return Thresholds::default();
    }
    let overdue_steps =
        facts.steps.iter().filter(|step| !step.is_settled).filter_map(|step| day_after(step.due_on?));
    let at_risk_from = overdue_steps
        .chain(facts.dependencies.iter().filter_map(|dependency| held_up_from(dependency, facts.due_on)))
        .chain(too_little_done_from(facts))
        .chain(not_begun_from(facts))
        .min();
    Thresholds { at_risk_from, off_track_from: facts.due_on.and_then(day_after) }
}

/// The health that the service computes for an action on the day `today`.
///
/// `update_due_on` is the day by which its lead is to report; `None` also where the viewer may not know it. An action
/// that ended unfinished keeps the health it had on the day it ended, however long ago that is.
pub fn computed_health(
    status: ActionStatus,
    status_on: Option<NaiveDate>,
    thresholds: Thresholds,
    update_due_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Health {
    if status.is_finished() {
        return Health::Done;
    }
    let day = match status_on {
        Some(ended_on) if !status.is_live() => ended_on.min(today),
        _ => today,
    };
    let has_come = |threshold: Option<NaiveDate>| threshold.is_some_and(|from| from <= day);
    let is_silent = status.is_open() && crate::cadence::is_update_overdue(update_due_on, day);
    if has_come(thresholds.off_track_from) {
        Health::OffTrack
    } else if has_come(thresholds.at_risk_from) || is_silent {
        Health::AtRisk
    } else {
        Health::OnTrack
    }
}

fn day_after(day: NaiveDate) -> Option<NaiveDate> {
    day.succ_opt()
}

/// A dependency holds the action up from the day after it is due, and at once if it is planned to end after it.
fn held_up_from(dependency: &Dependency, due_on: Option<NaiveDate>) -> Option<NaiveDate> {
    let dependency_due_on = dependency.due_on.filter(|_| !dependency.is_finished)?;
    if due_on.is_some_and(|due_on| dependency_due_on > due_on) {
        Some(ALWAYS)
    } else {
        day_after(dependency_due_on)
    }
}

/// Close to its due date, fewer than half of its steps are settled. Not asked before the action is to start.
fn too_little_done_from(facts: &Facts<'_>) -> Option<NaiveDate> {
    let settled = facts.steps.iter().filter(|step| step.is_settled).count();
    let is_short = settled * 2 < facts.steps.len();
    let from = facts.due_on.filter(|_| is_short)?.checked_sub_days(Days::new(HALF_DONE_DAYS_BEFORE_DUE))?;
    Some(facts.start_on.map_or(from, |start_on| start_on.max(from)))
}

/// It should have started a while ago and has not.
fn not_begun_from(facts: &Facts<'_>) -> Option<NaiveDate> {
    let start_on = facts.start_on.filter(|_| facts.status == ActionStatus::NotStarted)?;
    start_on.checked_add_days(Days::new(START_GRACE_DAYS))
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
