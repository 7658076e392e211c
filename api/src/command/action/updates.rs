//! Many reports at once: all of them, or none.

use domain::Health;
use entity::{action, progress_update};
use serde::Deserialize;
use uuid::Uuid;

use super::links::unique;
use super::progress::Report;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};
use crate::store::table::Table;

/// At most so many rows come at once.
const MOST_ROWS: usize = 200;

/// Refuses too many rows, and none.
///
/// # Errors
/// There are.
pub(super) fn check_size(rows: usize, path: &str) -> Result<(), UserError> {
    if (1..=MOST_ROWS).contains(&rows) {
        return Ok(());
    }
    Err(UserError::invalid(path, format!("These are {rows} rows; 1 to {MOST_ROWS} can come at once.")))
}

/// Many actions are reported on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProgressUpdatesAdd {
    programme_id: GlobalId,
    updates: Vec<Row>,
    #[serde(default)]
    dry_run: Option<bool>,
}

/// One report.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Row {
    action_id: GlobalId,
    narrative: String,
    declared_health: Health,
    #[serde(default)]
    obstacles: Option<String>,
    #[serde(default)]
    next_steps: Option<String>,
}

impl Command for ProgressUpdatesAdd {
    const OPERATION: Operation = Operation::ProgressUpdatesAdd;
    const ABOUT: &'static str = "Reports on up to 200 actions at once, on each as progressUpdateAdd would: all of them, or none where one \
         cannot be reported on. Of several reports on one action the last counts.";
    const PAYLOAD: &'static [(&'static str, &'static str)] =
        &[("progressUpdates", "[ProgressUpdate!]"), ("actions", "[Action!]")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run.unwrap_or_default()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        check_size(self.updates.len(), "updates")?;
        let place = |at: usize| format!("updates.{at}.actionId");
        let ids = self.updates.iter().map(|row| &row.action_id);
        let actions: Vec<action::Model> = work.find_each(ids, place).await?;
        let keys: Vec<Uuid> = actions.iter().map(|action| action.id).collect();
        work.may_each(Operation::ProgressUpdatesAdd, Table::Action, &keys, place).await?;
        let rows = actions.iter().zip(self.updates).map(|(action, row)| {
            Report {
                narrative: row.narrative,
                declared_health: row.declared_health,
                obstacles: row.obstacles,
                next_steps: row.next_steps,
            }
            .on(action.id, work)
        });
        let rows: Vec<progress_update::Model> = rows.collect::<Result<_, _>>()?;
        let updates = rows.iter().map(|row| row.id).collect();
        let keys = unique(keys);
        work.cx.create_all(rows).await?;
        work.cx.refresh_standing(&keys).await?;
        Ok(Done::default().and_all("progressUpdates", updates).and_all("actions", keys))
    }
}
