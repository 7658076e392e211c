//! What a measure is tied to: the actions whose difference it shows, and the requirements that it shows to be met, or not.

use std::collections::HashSet;

use entity::{action, measure, measure_action, measure_requirement, requirement};
use sea_orm::ColumnTrait;
use serde::Deserialize;
use uuid::Uuid;

use super::{ACTIONS, REQUIREMENTS};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// What is named in either command.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Named {
    measure_id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    action_ids: Option<Vec<GlobalId>>,
    #[serde(default)]
    requirement_ids: Option<Vec<GlobalId>>,
}

/// The measure, what is named, and what it is tied to already.
struct Found {
    measure: measure::Model,
    actions: HashSet<Uuid>,
    requirements: HashSet<Uuid>,
    tied_actions: Vec<measure_action::Model>,
    tied_requirements: Vec<measure_requirement::Model>,
}

impl Named {
    fn target(&self) -> Target {
        Target::existing_at(&["Measure"], "measureId", &self.measure_id, self.expected_version)
    }

    async fn find(&self, work: &Work) -> Result<Found, Refusal> {
        let measure: measure::Model = work.find(&self.measure_id, "measureId").await?;
        let actions: Vec<action::Model> =
            work.find_all(self.action_ids.as_deref().unwrap_or_default(), ACTIONS).await?;
        let requirements: Vec<requirement::Model> =
            work.find_all(self.requirement_ids.as_deref().unwrap_or_default(), REQUIREMENTS).await?;
        if actions.is_empty() && requirements.is_empty() {
            return Err(UserError::invalid(ACTIONS, "Name at least one action or requirement.").into());
        }
        let of = measure_action::Column::MeasureId.eq(measure.id);
        let tied_actions = work.cx.rows::<measure_action::Entity>(of).await?;
        let of = measure_requirement::Column::MeasureId.eq(measure.id);
        let tied_requirements = work.cx.rows::<measure_requirement::Entity>(of).await?;
        Ok(Found {
            measure,
            actions: actions.into_iter().map(|of| of.id).collect(),
            requirements: requirements.into_iter().map(|of| of.id).collect(),
            tied_actions,
            tied_requirements,
        })
    }
}

/// A measure is tied to further things.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct MeasureAttach(Named);

impl Command for MeasureAttach {
    const OPERATION: Operation = Operation::MeasureAttach;
    const ABOUT: &'static str = "Ties a measure to the actions whose difference it shows, and to the requirements that it shows to be met, or not.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("measure", "Measure")];

    fn target(&self) -> Target {
        self.0.target()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let mut found = self.0.find(work).await?;
        let (programme_id, measure_id) = (found.measure.programme_id, found.measure.id);
        found.tied_actions.iter().for_each(|tie| _ = found.actions.remove(&tie.action_id));
        found.tied_requirements.iter().for_each(|tie| _ = found.requirements.remove(&tie.requirement_id));
        if !found.actions.is_empty() || !found.requirements.is_empty() {
            work.cx.touch(&found.measure).await?;
            let tie = |action_id| measure_action::Model { programme_id, measure_id, action_id };
            work.cx.attach_all(found.actions.into_iter().map(tie).collect()).await?;
            let tie =
                |requirement_id| measure_requirement::Model { programme_id, measure_id, requirement_id };
            work.cx.attach_all(found.requirements.into_iter().map(tie).collect()).await?;
        }
        Ok(Done::with("measure", measure_id))
    }
}

/// A measure is taken off things.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct MeasureDetach(Named);

impl Command for MeasureDetach {
    const OPERATION: Operation = Operation::MeasureDetach;
    const ABOUT: &'static str = "Takes a measure off actions and requirements.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("measure", "Measure")];

    fn target(&self) -> Target {
        self.0.target()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let mut found = self.0.find(work).await?;
        found.tied_actions.retain(|tie| found.actions.contains(&tie.action_id));
        found.tied_requirements.retain(|tie| found.requirements.contains(&tie.requirement_id));
        if !found.tied_actions.is_empty() || !found.tied_requirements.is_empty() {
            work.cx.touch(&found.measure).await?;
            for tie in &found.tied_actions {
                work.cx.detach(tie).await?;
            }
            for tie in &found.tied_requirements {
                work.cx.detach(tie).await?;
            }
        }
        Ok(Done::with("measure", found.measure.id))
    }
}
