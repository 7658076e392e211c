//! A plan is begun, and its particulars change.

use chrono::NaiveDate;
use domain::PlanStatus;
use entity::{action, party, plan};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};

/// Six weeks.
const EVERY_DAYS: i32 = 42;
const STRANDS: i32 = 2;

/// A plan is begun.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanCreate {
    programme_id: GlobalId,
    title: String,
    owner_id: GlobalId,
    #[serde(default)]
    start_on: Option<NaiveDate>,
    #[serde(default)]
    end_on: Option<NaiveDate>,
    #[serde(default)]
    update_every_days: Option<i32>,
    #[serde(default)]
    strands_required: Option<i32>,
    #[serde(default)]
    predecessor_id: Option<GlobalId>,
}

impl Command for PlanCreate {
    const OPERATION: Operation = Operation::PlanCreate;
    const ABOUT: &'static str = "Begins a plan. It is a draft until it is put before the board.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("plan", "Plan")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let owner: party::Model = work.find_of(&["Organisation"], &self.owner_id, "ownerId").await?;
        let predecessor: Option<plan::Model> =
            work.find_some(self.predecessor_id.as_ref(), "predecessorId").await?;
        if let Some(predecessor) = &predecessor {
            follows(predecessor, None, "predecessorId", work).await?;
        }
        let row = plan::Model {
            id: Uuid::now_v7(),
            programme_id: work.programme()?,
            title: self.title,
            status: PlanStatus::Draft.as_str().to_owned(),
            owner_id: owner.id,
            start_on: self.start_on,
            end_on: self.end_on,
            predecessor_id: predecessor.map(|plan| plan.id),
            update_every_days: self.update_every_days.unwrap_or(EVERY_DAYS),
            strands_required: self.strands_required.unwrap_or(STRANDS),
            considered_on: None,
            agreed_on: None,
            published_on: None,
            closed_on: None,
            import_digest: None,
            version: 1,
            created_at: work.now(),
            updated_at: work.now(),
        };
        check(&row, work).await?;
        let id = row.id;
        work.cx.create(row).await?;
        Ok(Done::with("plan", id))
    }
}

/// A plan's own particulars change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanAmend {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    title: Patch<String>,
    #[serde(default)]
    owner_id: Patch<GlobalId>,
    #[serde(default)]
    start_on: Patch<NaiveDate>,
    #[serde(default)]
    end_on: Patch<NaiveDate>,
    #[serde(default)]
    update_every_days: Patch<i32>,
    #[serde(default)]
    strands_required: Patch<i32>,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for PlanAmend {
    const OPERATION: Operation = Operation::PlanAmend;
    const ABOUT: &'static str =
        "Changes a plan's title, owner, dates or rules. Once the board has agreed it, this needs a reason.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("plan", "Plan")];

    fn target(&self) -> Target {
        Target::existing(&["Plan"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: plan::Model = work.find(&self.id, "id").await?;
        let owner_id = match self.owner_id {
            Patch::Set(id) => {
                Patch::Set(work.find_of::<party::Model>(&["Organisation"], &id, "ownerId").await?.id)
            }
            Patch::Clear => Patch::Clear,
            Patch::Keep => Patch::Keep,
        };
        let after = plan::Model {
            title: self.title.required(before.title.clone(), "title")?,
            owner_id: owner_id.required(before.owner_id, "ownerId")?,
            start_on: self.start_on.over(before.start_on),
            end_on: self.end_on.over(before.end_on),
            update_every_days: self
                .update_every_days
                .required(before.update_every_days, "updateEveryDays")?,
            strands_required: self.strands_required.required(before.strands_required, "strandsRequired")?,
            ..before.clone()
        };
        let is_agreed = before.status.parse::<PlanStatus>()?.is_binding();
        if is_agreed && after != before && self.reason.is_none() {
            let message = "The board has agreed this plan: say why it changes.";
            return Err(UserError::invalid("reason", message).into());
        }
        check(&after, work).await?;
        let after = work.cx.update(&before, after).await?;
        if after.update_every_days != before.update_every_days {
            refresh(after.id, work).await?;
        }
        Ok(Done::with("plan", after.id))
    }
}

/// What must hold of every plan's particulars.
async fn check(plan: &plan::Model, work: &Work) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    if let (Some(start), Some(end)) = (plan.start_on, plan.end_on)
        && end < start
    {
        let message = format!("This is before the plan's first day, {start}: give a later day.");
        errors.push(UserError::invalid("endOn", message));
    }
    if !(1..=366).contains(&plan.update_every_days) {
        errors.push(UserError::invalid("updateEveryDays", "Leads report every 1 to 366 days."));
    }
    if !(1..=4).contains(&plan.strands_required) {
        errors.push(UserError::invalid("strandsRequired", "There are four strands: ask for 1 to 4."));
    }
    let of_this_title = Condition::all()
        .add(plan::Column::ProgrammeId.eq(plan.programme_id))
        .add(plan::Column::Title.eq(plan.title.as_str()))
        .add(plan::Column::Id.ne(plan.id));
    if !work.cx.rows::<plan::Entity>(of_this_title).await?.is_empty() {
        let message = "Another plan of this programme has this title: choose one that tells them apart.";
        errors.push(UserError::invalid("title", message));
    }
    Ok(all_well(errors)?)
}

/// Whether a plan may follow another: each has one successor at most, and none comes after itself. `successor` is none for a
/// plan that is yet to be made.
///
/// # Errors
/// It may not.
pub(super) async fn follows(
    predecessor: &plan::Model,
    successor: Option<Uuid>,
    path: &str,
    work: &Work,
) -> Result<(), Refusal> {
    let all = plan::Column::ProgrammeId.eq(predecessor.programme_id);
    let plans = work.cx.rows::<plan::Entity>(Condition::all().add(all)).await?;
    let other = plans.iter().find(|plan| plan.predecessor_id == Some(predecessor.id));
    if let Some(other) = other.filter(|other| Some(other.id) != successor) {
        let message = format!("The plan \"{}\" follows already: a plan has one successor.", other.title);
        return Err(UserError::invalid(path, message).into());
    }
    let before: Vec<_> = plans.iter().map(|plan| (plan.id, plan.predecessor_id)).collect();
    if let Some(successor) = successor
        && domain::tree::closes_circle(&before, successor, predecessor.id)
    {
        return Err(UserError::invalid(path, "This plan comes before the other: it cannot follow it.").into());
    }
    Ok(())
}

/// Works out again how the actions of a plan stand.
///
/// # Errors
/// The database fails.
pub(super) async fn refresh(plan: Uuid, work: &mut Work) -> Result<(), Refusal> {
    let of_plan = Condition::all().add(action::Column::PlanId.eq(plan));
    let actions = work.cx.rows::<action::Entity>(of_plan).await?;
    let ids: Vec<Uuid> = actions.iter().map(|action| action.id).collect();
    work.cx.refresh_standing(&ids).await?;
    Ok(())
}
