//! What an action says changes, its due date among it.

use chrono::NaiveDate;
use domain::DatePrecision;
use entity::action;
use serde::Deserialize;

use super::create::theme_of;
use super::dates::{self, Due};
use super::parties::{self, Parties};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};
use crate::store::table::Table;

/// Its particulars change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    aim: Patch<String>,
    #[serde(default)]
    theme_id: Patch<GlobalId>,
    #[serde(default)]
    organisation_id: Patch<GlobalId>,
    #[serde(default)]
    start_on: Patch<NaiveDate>,
    #[serde(default)]
    due_on: Patch<NaiveDate>,
    #[serde(default)]
    due_precision: Patch<DatePrecision>,
    #[serde(default)]
    timeframe_as_printed: Patch<String>,
    #[serde(default)]
    notes: Patch<String>,
    #[serde(default)]
    contributor_ids: Patch<Vec<GlobalId>>,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for ActionUpdate {
    const OPERATION: Operation = Operation::ActionUpdate;
    const ABOUT: &'static str =
        "Changes what an action says. What is left out stays; null clears. Its number stays for ever.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("action", "Action")];

    fn target(&self) -> Target {
        Target::existing(&["Action"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.id, "id").await?;
        let (reason, contributors) = (self.reason.clone(), self.contributor_ids.clone());
        let after = self.changed(&action, work).await?;
        let due = dates::due_of(&after)?;
        if dates::moves(dates::due_of(&action)?, due) {
            work.may(Operation::ActionMoveDueDate, (Table::Action, action.id), "dueOn").await?;
        }
        let parties = match contributors {
            Patch::Keep => None,
            Patch::Clear => Some(Vec::new()),
            Patch::Set(ids) => Some(parties::contributors(work, &ids, "contributorIds").await?),
        };
        let after = write(work, &action, after, reason.as_deref()).await?;
        if let Some(contributors) = parties {
            let parties = Parties::of(work, action.id).await?;
            parties
                .with_contributors(work, action.id, contributors)
                .await?
                .write(work, after.clone())
                .await?;
        }
        work.cx.tell_of_move(&action, &after).await?;
        work.cx.refresh_standing(&[action.id]).await?;
        Ok(Done::with("action", action.id))
    }
}

impl ActionUpdate {
    /// The action as it shall be. Everything that is wrong with the input's own values is said at once.
    async fn changed(self, action: &action::Model, work: &Work) -> Result<action::Model, Refusal> {
        let old = dates::due_of(action)?;
        let start_on = self.start_on.over(action.start_on);
        let due = dates::patched(old, &self.due_on, &self.due_precision);
        let mut errors = Vec::new();
        let mut keep = |checked: Result<(), UserError>| errors.extend(checked.err());
        match &due {
            Ok(due) => {
                keep(dates::check_frame(start_on, due.map(|(on, _)| on)));
                keep(dates::check_reason(old, *due, self.reason.as_deref()));
            }
            Err(error) => keep(Err(error.clone())),
        }
        let aim = self.aim.required(action.aim.clone(), "aim");
        keep(aim.as_ref().map(|_| ()).map_err(Clone::clone));
        all_well(errors)?;
        let theme_id = match &self.theme_id {
            Patch::Keep => action.theme_id,
            Patch::Clear => None,
            Patch::Set(id) => theme_of(work, Some(id), action.plan_id).await?,
        };
        let organisation_id =
            work.organisation_over(&self.organisation_id, action.organisation_id, "organisationId").await?;
        let after = action::Model {
            aim: aim?,
            theme_id,
            organisation_id,
            start_on,
            timeframe_as_printed: self.timeframe_as_printed.over(action.timeframe_as_printed.clone()),
            notes: self.notes.over(action.notes.clone()),
            ..action.clone()
        };
        Ok(dates::with_due(after, due?))
    }
}

/// Writes the action, and the date that it moves away from.
async fn write(
    work: &mut Work,
    before: &action::Model,
    after: action::Model,
    reason: Option<&str>,
) -> Result<action::Model, Refusal> {
    let after = work.cx.update(before, after).await?;
    dates::keep_move(work, before, &after, reason).await?;
    Ok(after)
}

/// Its due date moves.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionMoveDueDate {
    id: GlobalId,
    expected_version: i32,
    due_on: NaiveDate,
    #[serde(default)]
    due_precision: Option<DatePrecision>,
    reason: String,
}

impl Command for ActionMoveDueDate {
    const OPERATION: Operation = Operation::ActionMoveDueDate;
    const ABOUT: &'static str = "Moves the due date of an action. The old one and the reason stay visible.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("action", "Action")];

    fn target(&self) -> Target {
        Target::existing(&["Action"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        Some(&self.reason)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.id, "id").await?;
        let precision = self.due_precision.map_or(Patch::Keep, Patch::Set);
        let due: Due = dates::patched(dates::due_of(&action)?, &Patch::Set(self.due_on), &precision)?;
        dates::check_frame(action.start_on, due.map(|(on, _)| on))?;
        let after = dates::with_due(action.clone(), due);
        let after = write(work, &action, after, Some(&self.reason)).await?;
        work.cx.tell_of_move(&action, &after).await?;
        work.cx.refresh_standing(&[action.id]).await?;
        Ok(Done::with("action", action.id))
    }
}
