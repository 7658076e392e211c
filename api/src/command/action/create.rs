//! An action is added to a plan.

use chrono::NaiveDate;
use domain::{ActionStatus, DatePrecision};
use entity::{action, party, plan, step, theme};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use super::dates::{self, Due};
use super::parties::{self, rows_of};
use super::step::new_step;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// At most so many steps come with a new action.
const MOST_STEPS: usize = 100;

/// An action is added.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionCreate {
    plan_id: GlobalId,
    reference: String,
    aim: String,
    #[serde(default)]
    theme_id: Option<GlobalId>,
    #[serde(default)]
    organisation_id: Option<GlobalId>,
    #[serde(default)]
    start_on: Option<NaiveDate>,
    #[serde(default)]
    due_on: Option<NaiveDate>,
    #[serde(default)]
    due_precision: Option<DatePrecision>,
    #[serde(default)]
    timeframe_as_printed: Option<String>,
    #[serde(default)]
    notes: Option<String>,
    #[serde(default)]
    lead_ids: Option<Vec<GlobalId>>,
    #[serde(default)]
    contributor_ids: Option<Vec<GlobalId>>,
    #[serde(default)]
    steps: Option<Vec<NewStep>>,
    #[serde(default)]
    after_action_id: Option<GlobalId>,
}

/// One of its steps.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewStep {
    text: String,
    #[serde(default)]
    due_on: Option<NaiveDate>,
    #[serde(default)]
    lead_id: Option<GlobalId>,
}

impl Command for ActionCreate {
    const OPERATION: Operation = Operation::ActionCreate;
    const ABOUT: &'static str = "Adds an action to a plan, with its leads and steps.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("action", "Action")];

    fn target(&self) -> Target {
        Target::whole(&["Plan"], "planId", &self.plan_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let plan: plan::Model = work.find(&self.plan_id, "planId").await?;
        let due = dates::due(self.due_on, self.due_precision)?;
        dates::check_frame(self.start_on, due.map(|(on, _)| on))?;
        self.check_reference(work, &plan).await?;
        let leads = parties::leads(work, self.lead_ids.as_deref().unwrap_or_default(), "leadIds").await?;
        let named = self.contributor_ids.as_deref().unwrap_or_default();
        let mut contributors = parties::contributors(work, named, "contributorIds").await?;
        let action = self.row(work, &plan, due).await?;
        let steps = self.step_rows(work, &action).await?;
        contributors.extend(steps.iter().filter_map(|step| step.lead_id));
        let rows = rows_of(&action, &leads, &contributors);
        let id = action.id;
        work.cx.create(action).await?;
        work.cx.attach_all(rows).await?;
        work.cx.create_all(steps).await?;
        work.cx.refresh_standing(&[id]).await?;
        Ok(Done::with("action", id))
    }
}

impl ActionCreate {
    /// A number stands once in a plan. Gaps are the plan's own.
    async fn check_reference(&self, work: &Work, plan: &plan::Model) -> Result<(), Refusal> {
        let same = Condition::all()
            .add(action::Column::PlanId.eq(plan.id))
            .add(action::Column::Reference.eq(self.reference.trim()));
        if work.cx.rows::<action::Entity>(same).await?.is_empty() {
            return Ok(());
        }
        let message = "This plan has an action with this number already: give another. Gaps may stay.";
        Err(UserError::invalid("reference", message).into())
    }

    async fn row(&self, work: &Work, plan: &plan::Model, due: Due) -> Result<action::Model, Refusal> {
        let theme = theme_of(work, self.theme_id.as_ref(), plan.id).await?;
        let organisation = work.organisation(self.organisation_id.as_ref(), "organisationId").await?;
        let action = action::Model {
            theme_id: theme,
            reference: self.reference.trim().to_owned(),
            reference_sort: domain::reference::sort_key(&self.reference),
            position: self.position(work, plan.id).await?,
            aim: self.aim.clone(),
            organisation_id: organisation,
            start_on: self.start_on,
            timeframe_as_printed: self.timeframe_as_printed.clone(),
            status: ActionStatus::NotStarted.as_str().to_owned(),
            status_on: Some(work.today()),
            notes: self.notes.clone(),
            ..action::Model::begun(plan.programme_id, plan.id, work.now())
        };
        Ok(dates::with_due(action, due))
    }

    /// At the end; or in the place of the action that it comes after. Of several in one place the older comes first, so that
    /// nothing else has to move.
    async fn position(&self, work: &Work, plan: Uuid) -> Result<i32, Refusal> {
        if let Some(id) = &self.after_action_id {
            let before: action::Model = work.find(id, "afterActionId").await?;
            if before.plan_id != plan {
                let message = "This action is in another plan: name one of the same plan.";
                return Err(UserError::invalid("afterActionId", message).into());
            }
            return Ok(before.position);
        }
        let all = work.cx.rows::<action::Entity>(action::Column::PlanId.eq(plan)).await?;
        Ok(all.iter().map(|action| action.position).max().unwrap_or_default() + 1)
    }

    async fn step_rows(&self, work: &Work, action: &action::Model) -> Result<Vec<step::Model>, Refusal> {
        let steps = self.steps.as_deref().unwrap_or_default();
        if steps.len() > MOST_STEPS {
            let message = format!("These are {} steps; {MOST_STEPS} is the limit at once.", steps.len());
            return Err(UserError::invalid("steps", message).into());
        }
        let with_lead: Vec<usize> = (0..steps.len()).filter(|at| steps[*at].lead_id.is_some()).collect();
        let ids = steps.iter().filter_map(|step| step.lead_id.as_ref());
        let leads: Vec<party::Model> =
            work.find_each(ids, |place| format!("steps.{}.leadId", with_lead[place])).await?;
        let mut leads = leads.iter().map(|lead| lead.id);
        let row = |(position, step): (i32, &NewStep)| {
            let lead = step.lead_id.as_ref().and_then(|_| leads.next());
            new_step(work, action, position, step.text.clone(), step.due_on, lead)
        };
        Ok((1..).zip(steps).map(row).collect())
    }
}

/// The heading that an id names, if it is one of the plan.
///
/// # Errors
/// It is not there for the viewer, or belongs to another plan.
pub(super) async fn theme_of(
    work: &Work,
    id: Option<&GlobalId>,
    plan: Uuid,
) -> Result<Option<Uuid>, Refusal> {
    let theme: Option<theme::Model> = work.find_some(id, "themeId").await?;
    match theme {
        Some(theme) if theme.plan_id != plan => {
            let message = "This heading is in another plan: name one of the action's own plan.";
            Err(UserError::invalid("themeId", message).into())
        }
        theme => Ok(theme.map(|theme| theme.id)),
    }
}
