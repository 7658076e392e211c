//! The steps of an action: what each says, whose it is, and by when.

use chrono::NaiveDate;
use entity::{action, step};
use sea_orm::ColumnTrait;
use serde::Deserialize;
use uuid::Uuid;

use super::parties::{Parties, step_lead};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::Refusal;
use crate::command::{Command, Done, Target, Work};

/// A step is added.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StepAdd {
    action_id: GlobalId,
    text: String,
    #[serde(default)]
    due_on: Option<NaiveDate>,
    #[serde(default)]
    lead_id: Option<GlobalId>,
}

impl Command for StepAdd {
    const OPERATION: Operation = Operation::StepAdd;
    const ABOUT: &'static str = "Adds a step to an action, after those that it has.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("step", "Step"), ("action", "Action")];

    fn target(&self) -> Target {
        Target::whole(&["Action"], "actionId", &self.action_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.action_id, "actionId").await?;
        let lead = step_lead(work, self.lead_id.as_ref(), "leadId").await?;
        let steps = work.cx.rows::<step::Entity>(step::Column::ActionId.eq(action.id)).await?;
        let position = steps.iter().map(|step| step.position).max().unwrap_or_default() + 1;
        let step = new_step(work, &action, position, self.text, self.due_on, lead);
        let id = step.id;
        work.cx.create(step).await?;
        lead_contributes(work, &action, lead).await?;
        work.cx.refresh_standing(&[action.id]).await?;
        Ok(Done::with("step", id).and("action", action.id))
    }
}

/// A step that nobody has worked on yet.
pub(super) fn new_step(
    work: &Work,
    action: &action::Model,
    position: i32,
    text: String,
    due_on: Option<NaiveDate>,
    lead_id: Option<Uuid>,
) -> step::Model {
    step::Model {
        id: Uuid::now_v7(),
        programme_id: action.programme_id,
        action_id: action.id,
        position,
        text,
        due_on,
        done_on: None,
        struck_out_on: None,
        struck_out_reason: None,
        lead_id,
        is_illustrative: false,
        version: 1,
        created_at: work.now(),
        updated_at: work.now(),
    }
}

/// Who leads a step contributes to its action.
async fn lead_contributes(
    work: &mut Work,
    action: &action::Model,
    lead: Option<Uuid>,
) -> Result<(), Refusal> {
    if lead.is_some() {
        Parties::of(work, action.id).await?.and(lead).write(work, action.clone()).await?;
    }
    Ok(())
}

/// The action of a step.
///
/// # Errors
/// The database does not answer.
pub(super) async fn action_of(work: &Work, step: &step::Model) -> Result<action::Model, Refusal> {
    let action = work.cx.row::<action::Model>(step.action_id).await?;
    action.ok_or_else(|| crate::command::refusal::UserError::not_found("id").into())
}

/// What a step says changes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StepUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    text: Patch<String>,
    #[serde(default)]
    due_on: Patch<NaiveDate>,
    #[serde(default)]
    lead_id: Patch<GlobalId>,
}

impl Command for StepUpdate {
    const OPERATION: Operation = Operation::StepUpdate;
    const ABOUT: &'static str = "Changes what a step says. What is left out stays; null clears.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("step", "Step"), ("action", "Action")];

    fn target(&self) -> Target {
        Target::existing(&["Step"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let step: step::Model = work.find(&self.id, "id").await?;
        let lead_id = match &self.lead_id {
            Patch::Keep => step.lead_id,
            Patch::Clear => None,
            Patch::Set(id) => step_lead(work, Some(id), "leadId").await?,
        };
        let after = step::Model {
            text: self.text.required(step.text.clone(), "text")?,
            due_on: self.due_on.over(step.due_on),
            lead_id,
            ..step.clone()
        };
        let after = work.cx.update(&step, after).await?;
        if after.lead_id != step.lead_id {
            let action = action_of(work, &after).await?;
            lead_contributes(work, &action, lead_id).await?;
        }
        work.cx.refresh_standing(&[after.action_id]).await?;
        Ok(Done::with("step", after.id).and("action", after.action_id))
    }
}
