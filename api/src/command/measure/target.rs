//! A target is set, or moves: with a reason, and beside those that were.

use chrono::NaiveDate;
use entity::{measure, measure_target};
use sea_orm::ColumnTrait;
use serde::Deserialize;
use uuid::Uuid;

use super::{figure_of, party};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// A measure gets a target, or another.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MeasureSetTarget {
    id: GlobalId,
    expected_version: i32,
    value: f64,
    #[serde(default)]
    due_on: Option<NaiveDate>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    approved_by_id: Option<GlobalId>,
    #[serde(default)]
    set_on: Option<NaiveDate>,
}

impl Command for MeasureSetTarget {
    const OPERATION: Operation = Operation::MeasureSetTarget;
    const ABOUT: &'static str =
        "Sets a measure's target. It moves only with a reason, and the old ones stay visible.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("measure", "Measure")];

    fn target(&self) -> Target {
        Target::existing(&["Measure"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: measure::Model = work.find(&self.id, "id").await?;
        let value = figure_of(before.unit.as_deref(), self.value, "value")?;
        if before.target_value.is_some() && self.reason.is_none() {
            let message = "The target moves: say why. The old target and the reason stay visible.";
            return Err(UserError::invalid("reason", message).into());
        }
        let after = measure::Model { target_value: Some(value), target_on: self.due_on, ..before.clone() };
        if after == before {
            let message = "This is its target already: another has another figure or another day.";
            return Err(UserError::invalid("value", message).into());
        }
        let set_on = self.set_on.unwrap_or(work.today());
        check_day(work, &before, set_on).await?;
        let approved_by = party(work, self.approved_by_id.as_ref(), "approvedById").await?;
        let after = work.cx.update(&before, after).await?;
        keep(work, &after, Aim { reason: self.reason, approved_by, set_on }).await?;
        work.cx.refresh_measures(&[after.id]).await?;
        Ok(Done::with("measure", after.id))
    }
}

/// A target is in force from a day that has come, and not before the one that it follows.
async fn check_day(work: &Work, measure: &measure::Model, set_on: NaiveDate) -> Result<(), Refusal> {
    if set_on > work.today() {
        let message = "This day is to come: a target is in force from today at the latest.";
        return Err(UserError::invalid("setOn", message).into());
    }
    let of_measure = measure_target::Column::MeasureId.eq(measure.id);
    let last = work.cx.rows::<measure_target::Entity>(of_measure).await?;
    match last.iter().map(|target| target.set_on).max() {
        Some(last) if set_on < last => {
            let message =
                format!("The target that it has is in force from {last}: give that day or a later one.");
            Err(UserError::invalid("setOn", message).into())
        }
        _ => Ok(()),
    }
}

/// What is said about a target besides its figure and its day.
pub(super) struct Aim {
    pub reason: Option<String>,
    pub approved_by: Option<Uuid>,
    pub set_on: NaiveDate,
}

/// Keeps the target that a measure has been given, beside the measure as it was recorded.
pub(super) async fn keep(work: &mut Work, measure: &measure::Model, aim: Aim) -> Result<(), Refusal> {
    let Some(value) = measure.target_value else { return Ok(()) };
    let row = measure_target::Model {
        id: Uuid::now_v7(),
        programme_id: measure.programme_id,
        measure_id: measure.id,
        value,
        due_on: measure.target_on,
        reason: aim.reason,
        approved_by_id: aim.approved_by,
        set_on: aim.set_on,
        created_at: work.now(),
    };
    Ok(work.cx.attach(row).await?)
}
