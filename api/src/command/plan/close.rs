//! A plan ends, and what is unfinished goes over into its successor.

use chrono::NaiveDate;
use domain::{ActionStatus, PlanStatus};
use entity::{action, plan};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use super::life::{not_before, past};
use super::particulars::{follows, refresh};
use super::roll_over;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};
use crate::store::table::Table;

/// So many references are named in one message.
const NAMED: usize = 20;

/// A plan ends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanClose {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    successor_id: Option<GlobalId>,
    #[serde(default)]
    closed_on: Option<NaiveDate>,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for PlanClose {
    const OPERATION: Operation = Operation::PlanClose;
    const ABOUT: &'static str = "Ends a plan. Its unfinished actions are carried on by new ones in the plan that follows it; \
        claims must have been decided before.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("plan", "Plan"), ("successor", "Plan")];

    fn target(&self) -> Target {
        Target::existing(&["Plan"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let plan: plan::Model = work.find(&self.id, "id").await?;
        let on = past(self.closed_on, "closedOn", work)?;
        let last = plan.agreed_on.max(plan.considered_on);
        not_before(on, last, "closedOn", "was last decided upon")?;
        let successor: Option<plan::Model> =
            work.find_some(self.successor_id.as_ref(), "successorId").await?;
        let unfinished = unfinished(&plan, work).await?;
        let mut done = Done::with("plan", plan.id);
        match successor {
            Some(successor) => {
                let successor = succeed(&plan, successor, work).await?;
                roll_over::roll_over(unfinished, &plan, &successor, on, work).await?;
                done = done.and("successor", successor.id);
            }
            None if unfinished.is_empty() => {}
            None => {
                let message = format!(
                    "{} of its actions are unfinished: name the plan that carries them on, or withdraw them first.",
                    unfinished.len()
                );
                return Err(UserError::invalid("successorId", message).into());
            }
        }
        let status = PlanStatus::Closed.as_str().to_owned();
        work.cx.update(&plan, plan::Model { status, closed_on: Some(on), ..plan.clone() }).await?;
        refresh(plan.id, work).await?;
        Ok(done)
    }
}

/// The actions that somebody still works on. A claim that nobody has decided holds the plan open: it would otherwise be
/// neither done nor carried on.
async fn unfinished(plan: &plan::Model, work: &Work) -> Result<Vec<action::Model>, Refusal> {
    let of_plan = Condition::all().add(action::Column::PlanId.eq(plan.id));
    let mut actions = work.cx.rows::<action::Entity>(of_plan).await?;
    actions.sort_by_key(|action| (action.position, action.id));
    let claimed = actions.iter().filter(|action| action.status == ActionStatus::Complete.as_str());
    let claimed: Vec<&str> = claimed.map(|action| action.reference.as_str()).collect();
    if !claimed.is_empty() {
        let more = if claimed.len() > NAMED { " and others" } else { "" };
        let message = format!(
            "These actions are claimed complete and not decided: {}{more}. Assure or refuse each of them first.",
            claimed.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ")
        );
        return Err(UserError::illegal("id", message).into());
    }
    let mut unfinished = Vec::new();
    for action in actions {
        if action.status.parse::<ActionStatus>()?.is_open() {
            unfinished.push(action);
        }
    }
    Ok(unfinished)
}

/// Makes a plan the successor of another, where it is not yet.
async fn succeed(
    plan: &plan::Model,
    successor: plan::Model,
    work: &mut Work,
) -> Result<plan::Model, Refusal> {
    let path = "successorId";
    if successor.id == plan.id {
        return Err(UserError::invalid(path, "A plan cannot carry itself on: name another.").into());
    }
    // A closed plan takes no actions.
    work.may(Operation::ActionCreate, (Table::Plan, successor.id), path).await?;
    let other: Option<Uuid> = successor.predecessor_id.filter(|other| *other != plan.id);
    if other.is_some() {
        let message = "This plan follows another plan already: name one that follows this plan, or none yet.";
        return Err(UserError::invalid(path, message).into());
    }
    follows(plan, Some(successor.id), path, work).await?;
    let after = plan::Model { predecessor_id: Some(plan.id), ..successor.clone() };
    Ok(work.cx.update(&successor, after).await?)
}
