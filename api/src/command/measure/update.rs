//! What is said about a measure changes.

use chrono::NaiveDate;
use domain::measure::{Frequency, MeasureUnit, Polarity};
use entity::{measure, reading};
use sea_orm::ColumnTrait;
use serde::Deserialize;

use super::{check, figure_of, party};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// What is said about a measure changes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MeasureUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    title: Patch<String>,
    #[serde(default)]
    code: Patch<String>,
    #[serde(default)]
    polarity: Patch<Polarity>,
    #[serde(default)]
    definition: Patch<String>,
    #[serde(default)]
    unit: Patch<MeasureUnit>,
    #[serde(default)]
    frequency: Patch<Frequency>,
    #[serde(default)]
    owner_id: Patch<GlobalId>,
    #[serde(default)]
    baseline_value: Patch<f64>,
    #[serde(default)]
    baseline_on: Patch<NaiveDate>,
    #[serde(default)]
    published_on: Patch<NaiveDate>,
}

impl Command for MeasureUpdate {
    const OPERATION: Operation = Operation::MeasureUpdate;
    const ABOUT: &'static str =
        "Changes what is said about a measure. Its unit and its frequency stay once there are readings.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("measure", "Measure")];

    fn target(&self) -> Target {
        Target::existing(&["Measure"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: measure::Model = work.find(&self.id, "id").await?;
        let polarity: Polarity = before.polarity.parse()?;
        let unit: Option<MeasureUnit> = before.unit.as_deref().map(str::parse).transpose()?;
        let frequency: Option<Frequency> = before.frequency.as_deref().map(str::parse).transpose()?;
        let unit = self.unit.over(unit).map(|unit| unit.as_str().to_owned());
        let owner_id = match &self.owner_id {
            Patch::Keep => before.owner_id,
            Patch::Clear => None,
            Patch::Set(id) => party(work, Some(id), "ownerId").await?,
        };
        let baseline_value = match self.baseline_value {
            Patch::Keep => before.baseline_value,
            Patch::Clear => None,
            Patch::Set(given) => Some(figure_of(unit.as_deref(), given, "baselineValue")?),
        };
        let after = measure::Model {
            title: self.title.required(before.title.clone(), "title")?,
            code: self.code.over(before.code.clone()),
            polarity: self.polarity.required(polarity, "polarity")?.as_str().to_owned(),
            definition: self.definition.over(before.definition.clone()),
            unit,
            frequency: self.frequency.over(frequency).map(|frequency| frequency.as_str().to_owned()),
            owner_id,
            baseline_value,
            baseline_on: self.baseline_on.over(before.baseline_on).filter(|_| baseline_value.is_some()),
            published_on: self.published_on.over(before.published_on),
            ..before.clone()
        };
        check(&after, work).await?;
        keeps_what_readings_are_of(&before, &after, work).await?;
        let after = work.cx.update(&before, after).await?;
        work.cx.refresh_measures(&[after.id]).await?;
        Ok(Done::with("measure", after.id))
    }
}

/// Readings in per cent do not become days, and those of months no quarters.
async fn keeps_what_readings_are_of(
    before: &measure::Model,
    after: &measure::Model,
    work: &Work,
) -> Result<(), Refusal> {
    let path = match (before.unit == after.unit, before.frequency == after.frequency) {
        (true, true) => return Ok(()),
        (false, _) => "unit",
        (true, false) => "frequency",
    };
    let of_measure = reading::Column::MeasureId.eq(before.id);
    if work.cx.rows::<reading::Entity>(of_measure).await?.is_empty() {
        return Ok(());
    }
    let message = "It has readings, which are of what it was: begin another measure for the new ones.";
    Err(UserError::invalid(path, message).into())
}
