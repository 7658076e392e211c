//! A step is done, struck out, or taken up again.

use chrono::NaiveDate;
use entity::step;
use serde::Deserialize;

use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// What the payload of each shows.
const STEP_AND_ACTION: &[(&str, &str)] = &[("step", "Step"), ("action", "Action")];

/// Refuses what only a step that is still to be done allows.
fn check_open(step: &step::Model) -> Result<(), UserError> {
    let settled = match (step.done_on, step.struck_out_on) {
        (Some(on), _) => format!("This step was done on {on}: take it up again first, if that is wrong."),
        (_, Some(on)) => format!("This step was struck out on {on}: take it up again first."),
        (None, None) => return Ok(()),
    };
    Err(UserError::illegal("id", settled))
}

/// Writes a step, and what follows for its action.
async fn write(work: &mut Work, before: &step::Model, after: step::Model) -> Result<Done, Refusal> {
    let after = work.cx.update(before, after).await?;
    work.cx.refresh_standing(&[after.action_id]).await?;
    Ok(Done::with("step", after.id).and("action", after.action_id))
}

/// It is done.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StepComplete {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    done_on: Option<NaiveDate>,
}

impl Command for StepComplete {
    const OPERATION: Operation = Operation::StepComplete;
    const ABOUT: &'static str = "Says that a step is done.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = STEP_AND_ACTION;

    fn target(&self) -> Target {
        Target::existing(&["Step"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let step: step::Model = work.find(&self.id, "id").await?;
        check_open(&step)?;
        let (today, done_on) = (work.today(), self.done_on.unwrap_or(work.today()));
        if done_on > today {
            let message =
                format!("{done_on} is yet to come: give a day up to {today}, or leave it out for today.");
            return Err(UserError::invalid("doneOn", message).into());
        }
        let after = step::Model { done_on: Some(done_on), ..step.clone() };
        write(work, &step, after).await
    }
}

/// It is struck out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StepStrikeOut {
    id: GlobalId,
    expected_version: i32,
    reason: String,
}

impl Command for StepStrikeOut {
    const OPERATION: Operation = Operation::StepStrikeOut;
    const ABOUT: &'static str =
        "Strikes out a step that will not be done. It stays visible, with the reason.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = STEP_AND_ACTION;

    fn target(&self) -> Target {
        Target::existing(&["Step"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        Some(&self.reason)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let step: step::Model = work.find(&self.id, "id").await?;
        check_open(&step)?;
        let after = step::Model {
            struck_out_on: Some(work.today()),
            struck_out_reason: Some(self.reason),
            ..step.clone()
        };
        write(work, &step, after).await
    }
}

/// It is taken up again.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StepReopen {
    id: GlobalId,
    expected_version: i32,
    reason: String,
}

impl Command for StepReopen {
    const OPERATION: Operation = Operation::StepReopen;
    const ABOUT: &'static str = "Takes up again a step that was done or struck out.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = STEP_AND_ACTION;

    fn target(&self) -> Target {
        Target::existing(&["Step"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        Some(&self.reason)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let step: step::Model = work.find(&self.id, "id").await?;
        if step.done_on.is_none() && step.struck_out_on.is_none() {
            let message = "This step is still to be done: there is nothing to take up again.";
            return Err(UserError::illegal("id", message).into());
        }
        let after =
            step::Model { done_on: None, struck_out_on: None, struck_out_reason: None, ..step.clone() };
        write(work, &step, after).await
    }
}
