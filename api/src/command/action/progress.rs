//! Work on an action begins, and its leads report.

use domain::workflow::{self, Act};
use domain::{ActionStatus, Health};
use entity::{action, progress_update};
use serde::Deserialize;
use uuid::Uuid;

use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};
use crate::store::table::Table;

/// Work begins.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionStart {
    id: GlobalId,
    expected_version: i32,
}

impl Command for ActionStart {
    const OPERATION: Operation = Operation::ActionStart;
    const ABOUT: &'static str = "Says that work on an action has begun.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("action", "Action")];

    fn target(&self) -> Target {
        Target::existing(&["Action"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.id, "id").await?;
        let started = moved(&action, Act::Start, work)?;
        write(work, &action, started).await
    }
}

/// The action in the status that an act leads to.
///
/// # Errors
/// Its status does not allow the act.
pub(super) fn moved(action: &action::Model, act: Act, work: &Work) -> Result<action::Model, Refusal> {
    let from: ActionStatus = action.status.parse()?;
    let to = workflow::apply(from, act).map_err(|refusal| UserError::illegal("id", refusal.to_string()))?;
    Ok(action::Model { status: to.as_str().to_owned(), status_on: Some(work.today()), ..action.clone() })
}

/// Writes an action, and what follows from it.
///
/// # Errors
/// It could not be written.
pub(super) async fn write(
    work: &mut Work,
    before: &action::Model,
    after: action::Model,
) -> Result<Done, Refusal> {
    work.cx.update(before, after).await?;
    work.cx.refresh_standing(&[before.id]).await?;
    Ok(Done::with("action", before.id))
}

/// What a lead says about an action.
pub(super) struct Report {
    pub narrative: String,
    pub declared_health: Health,
    pub obstacles: Option<String>,
    pub next_steps: Option<String>,
}

impl Report {
    /// The row that says so of an action in the programme, of today and of whoever acts.
    ///
    /// # Errors
    /// There is no programme in which this is done.
    pub(super) fn on(self, action_id: Uuid, work: &Work) -> Result<progress_update::Model, Refusal> {
        Ok(progress_update::Model {
            id: Uuid::now_v7(),
            programme_id: work.programme()?,
            action_id,
            reported_on: work.today(),
            narrative: self.narrative,
            declared_health: Some(self.declared_health.as_str().to_owned()),
            obstacles: self.obstacles,
            next_steps: self.next_steps,
            author_id: work.standing().and_then(|standing| standing.person_id),
            is_illustrative: false,
            created_at: work.now(),
        })
    }
}

/// A lead reports.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProgressUpdateAdd {
    action_id: GlobalId,
    narrative: String,
    declared_health: Health,
    #[serde(default)]
    obstacles: Option<String>,
    #[serde(default)]
    next_steps: Option<String>,
}

impl Command for ProgressUpdateAdd {
    const OPERATION: Operation = Operation::ProgressUpdateAdd;
    const ABOUT: &'static str = "Reports on an action. Updates are never edited; a later one corrects.";
    const PAYLOAD: &'static [(&'static str, &'static str)] =
        &[("progressUpdate", "ProgressUpdate"), ("action", "Action")];
    const IS_BRIEF: bool = true;

    fn target(&self) -> Target {
        Target::whole(&["Action"], "actionId", &self.action_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action = work.key(&self.action_id, Table::Action, "actionId")?;
        let report = Report {
            narrative: self.narrative,
            declared_health: self.declared_health,
            obstacles: self.obstacles,
            next_steps: self.next_steps,
        };
        let update = report.on(action, work)?;
        let id = update.id;
        work.cx.report(update).await?;
        Ok(Done::with("progressUpdate", id).and("action", action))
    }
}
