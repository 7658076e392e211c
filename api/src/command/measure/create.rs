//! A measure is begun.

use chrono::NaiveDate;
use domain::measure::{Frequency, MeasureUnit, Polarity};
use entity::{action, measure, measure_action, measure_requirement, requirement};
use serde::Deserialize;

use super::target::{Aim, keep};
use super::{ACTIONS, REQUIREMENTS, check, figure_of, party};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// A measure is begun.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MeasureCreate {
    programme_id: GlobalId,
    title: String,
    polarity: Polarity,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    definition: Option<String>,
    #[serde(default)]
    unit: Option<MeasureUnit>,
    #[serde(default)]
    frequency: Option<Frequency>,
    #[serde(default)]
    owner_id: Option<GlobalId>,
    #[serde(default)]
    baseline_value: Option<f64>,
    #[serde(default)]
    baseline_on: Option<NaiveDate>,
    #[serde(default)]
    target_value: Option<f64>,
    #[serde(default)]
    target_on: Option<NaiveDate>,
    #[serde(default)]
    target_approved_by_id: Option<GlobalId>,
    #[serde(default)]
    published_on: Option<NaiveDate>,
    #[serde(default)]
    action_ids: Option<Vec<GlobalId>>,
    #[serde(default)]
    requirement_ids: Option<Vec<GlobalId>>,
}

impl Command for MeasureCreate {
    const OPERATION: Operation = Operation::MeasureCreate;
    const ABOUT: &'static str =
        "Begins a measure. What it lacks before anybody can be held to it, it says itself.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("measure", "Measure")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let row = self.row(work).await?;
        check(&row, work).await?;
        let actions: Vec<action::Model> =
            work.find_all(self.action_ids.as_deref().unwrap_or_default(), ACTIONS).await?;
        let requirements: Vec<requirement::Model> =
            work.find_all(self.requirement_ids.as_deref().unwrap_or_default(), REQUIREMENTS).await?;
        let approved_by = party(work, self.target_approved_by_id.as_ref(), "targetApprovedById").await?;
        let (programme_id, measure_id) = (row.programme_id, row.id);
        work.cx.create(row.clone()).await?;
        if row.target_value.is_some() {
            let aim = Aim { reason: None, approved_by, set_on: work.today() };
            keep(work, &row, aim).await?;
        }
        let tied = |of: action::Model| measure_action::Model { programme_id, measure_id, action_id: of.id };
        work.cx.attach_all(actions.into_iter().map(tied).collect()).await?;
        let tied = |of: requirement::Model| measure_requirement::Model {
            programme_id,
            measure_id,
            requirement_id: of.id,
        };
        work.cx.attach_all(requirements.into_iter().map(tied).collect()).await?;
        work.cx.refresh_measures(&[measure_id]).await?;
        Ok(Done::with("measure", measure_id))
    }
}

impl MeasureCreate {
    async fn row(&self, work: &Work) -> Result<measure::Model, Refusal> {
        let unit = self.unit.map(|unit| unit.as_str().to_owned());
        let figure =
            |given: Option<f64>, path| given.map(|given| figure_of(unit.as_deref(), given, path)).transpose();
        if self.target_value.is_none() && (self.target_on.is_some() || self.target_approved_by_id.is_some()) {
            let message = "There is no target to be reached: give targetValue too.";
            return Err(UserError::invalid("targetValue", message).into());
        }
        let polarity = self.polarity.as_str().to_owned();
        Ok(measure::Model {
            code: self.code.clone(),
            definition: self.definition.clone(),
            frequency: self.frequency.map(|frequency| frequency.as_str().to_owned()),
            owner_id: party(work, self.owner_id.as_ref(), "ownerId").await?,
            baseline_value: figure(self.baseline_value, "baselineValue")?,
            baseline_on: self.baseline_on,
            target_value: figure(self.target_value, "targetValue")?,
            target_on: self.target_on,
            published_on: self.published_on,
            unit: unit.clone(),
            ..measure::Model::begun(work.programme()?, self.title.clone(), polarity, work.now())
        })
    }
}
