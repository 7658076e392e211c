//! An action waits for another, or no longer does.

use std::collections::HashMap;

use domain::forecast::{self, Edge};
use entity::{action, action_dependency};
use sea_orm::ColumnTrait;
use serde::Deserialize;
use uuid::Uuid;

use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// It is made to wait.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionDependencyAdd {
    action_id: GlobalId,
    depends_on_id: GlobalId,
    #[serde(default)]
    expected_version: Option<i32>,
}

impl Command for ActionDependencyAdd {
    const OPERATION: Operation = Operation::ActionDependencyAdd;
    const ABOUT: &'static str = "Says that an action cannot be finished before another is. Actions may not wait for each other in a circle.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("action", "Action")];

    fn target(&self) -> Target {
        target(&self.action_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.action_id, "actionId").await?;
        let other: action::Model = work.find(&self.depends_on_id, "dependsOnId").await?;
        if action.id == other.id {
            let message = "An action cannot wait for itself: name another.";
            return Err(UserError::invalid("dependsOnId", message).into());
        }
        let of_programme = action_dependency::Column::ProgrammeId.eq(action.programme_id);
        let all = work.cx.rows::<action_dependency::Entity>(of_programme).await?;
        if all.iter().any(|row| (row.action_id, row.depends_on_id) == (action.id, other.id)) {
            return Ok(Done::with("action", action.id));
        }
        let mut edges: Vec<Edge<Uuid>> =
            all.iter().map(|row| Edge { action: row.action_id, depends_on: row.depends_on_id }).collect();
        edges.push(Edge { action: action.id, depends_on: other.id });
        if let Some(circle) = forecast::circle(&edges) {
            return Err(refused(work, &circle.members).await?.into());
        }
        work.cx.touch(&action).await?;
        let row = action_dependency::Model {
            programme_id: action.programme_id,
            action_id: action.id,
            depends_on_id: other.id,
            is_illustrative: false,
        };
        work.cx.attach(row).await?;
        Ok(Done::with("action", action.id))
    }
}

/// Names the circle by the numbers of its actions. Whoever may add a dependency sees every action of the programme.
async fn refused(work: &Work, members: &[Uuid]) -> Result<UserError, Refusal> {
    let ids = action::Column::Id.is_in(members.iter().copied());
    let rows = work.cx.rows::<action::Entity>(ids).await?;
    let numbers: HashMap<Uuid, &str> = rows.iter().map(|row| (row.id, row.reference.as_str())).collect();
    let names = members.iter().chain(members.first()).filter_map(|id| numbers.get(id).copied());
    let names: Vec<&str> = names.collect();
    let message = format!(
        "Actions would wait for each other in a circle, and none could ever be finished: {}. Take one of these out first.",
        names.join(" waits for ")
    );
    Ok(UserError::invalid("dependsOnId", message))
}

fn target(id: &GlobalId, expected_version: Option<i32>) -> Target {
    Target::Thing { id: id.clone(), of: &["Action"], path: "actionId", expected_version }
}

/// It no longer waits.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionDependencyRemove {
    action_id: GlobalId,
    depends_on_id: GlobalId,
    #[serde(default)]
    expected_version: Option<i32>,
}

impl Command for ActionDependencyRemove {
    const OPERATION: Operation = Operation::ActionDependencyRemove;
    const ABOUT: &'static str = "Says that an action no longer waits for another.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("action", "Action")];

    fn target(&self) -> Target {
        target(&self.action_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.action_id, "actionId").await?;
        let other: action::Model = work.find(&self.depends_on_id, "dependsOnId").await?;
        let of_action = action_dependency::Column::ActionId.eq(action.id);
        let rows = work.cx.rows::<action_dependency::Entity>(of_action).await?;
        let Some(row) = rows.iter().find(|row| row.depends_on_id == other.id) else {
            let message = "The action does not wait for this one: there is nothing to remove.";
            return Err(UserError::invalid("dependsOnId", message).into());
        };
        work.cx.touch(&action).await?;
        work.cx.detach(row).await?;
        Ok(Done::with("action", action.id))
    }
}
