//! A plan goes its way: before the board, agreed, made public.

use chrono::NaiveDate;
use domain::PlanStatus;
use entity::plan;
use serde::Deserialize;

use super::particulars::refresh;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// A plan is put before the board.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanConsider {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    considered_on: Option<NaiveDate>,
}

impl Command for PlanConsider {
    const OPERATION: Operation = Operation::PlanConsider;
    const ABOUT: &'static str = "Puts a draft before the board, which can read it from then on.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("plan", "Plan")];

    fn target(&self) -> Target {
        Target::existing(&["Plan"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: plan::Model = work.find(&self.id, "id").await?;
        let on = past(self.considered_on, "consideredOn", work)?;
        let after = plan::Model { considered_on: Some(on), ..before.clone() };
        step(&before, after, PlanStatus::Considered, work).await
    }
}

/// The board agrees a plan.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanAgree {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    agreed_on: Option<NaiveDate>,
}

impl Command for PlanAgree {
    const OPERATION: Operation = Operation::PlanAgree;
    const ABOUT: &'static str =
        "Agrees a plan on behalf of the board. From then on its leads report, and partners read it.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("plan", "Plan")];

    fn target(&self) -> Target {
        Target::existing(&["Plan"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: plan::Model = work.find(&self.id, "id").await?;
        let on = past(self.agreed_on, "agreedOn", work)?;
        not_before(on, before.considered_on, "agreedOn", "was put before the board")?;
        let after = plan::Model { agreed_on: Some(on), ..before.clone() };
        step(&before, after, PlanStatus::Agreed, work).await
    }
}

/// A plan is made public.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanPublish {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    published_on: Option<NaiveDate>,
}

impl Command for PlanPublish {
    const OPERATION: Operation = Operation::PlanPublish;
    const ABOUT: &'static str =
        "Makes an agreed plan public, today or from a day to come: until then it is under embargo.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("plan", "Plan")];

    fn target(&self) -> Target {
        Target::existing(&["Plan"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: plan::Model = work.find(&self.id, "id").await?;
        let on = self.published_on.unwrap_or(work.today());
        not_before(on, before.agreed_on, "publishedOn", "was agreed")?;
        let after = plan::Model { published_on: Some(on), ..before.clone() };
        step(&before, after, PlanStatus::Published, work).await
    }
}

async fn step(
    before: &plan::Model,
    after: plan::Model,
    to: PlanStatus,
    work: &mut Work,
) -> Result<Done, Refusal> {
    let after = plan::Model { status: to.as_str().to_owned(), ..after };
    let after = work.cx.update(before, after).await?;
    refresh(after.id, work).await?;
    Ok(Done::with("plan", after.id))
}

/// The day on which something was done: today unless said otherwise, and never a day to come.
///
/// # Errors
/// The day is still to come.
pub(super) fn past(on: Option<NaiveDate>, path: &str, work: &Work) -> Result<NaiveDate, UserError> {
    let on = on.unwrap_or(work.today());
    if on > work.today() {
        let message = format!("This day is still to come: give {} or an earlier one.", work.today());
        return Err(UserError::invalid(path, message));
    }
    Ok(on)
}

/// Refuses a day before another.
///
/// # Errors
/// It is before the other.
pub(super) fn not_before(
    on: NaiveDate,
    other: Option<NaiveDate>,
    path: &str,
    what: &str,
) -> Result<(), UserError> {
    match other.filter(|other| on < *other) {
        Some(other) => {
            let message = format!("It {what} on {other}: give that day or a later one.");
            Err(UserError::invalid(path, message))
        }
        None => Ok(()),
    }
}
