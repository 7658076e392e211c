//! Readings are recorded, corrected and removed: many at once, all of them or none.

use chrono::NaiveDate;
use entity::{measure, reading};
use sea_orm::ColumnTrait;
use serde::Deserialize;
use uuid::Uuid;

use super::figure;
use super::rows::{Given, Placed, Scale, merge};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};
use crate::store::disclosure::disclose;

/// At most so many rows come at once.
const MOST_ROWS: usize = 1000;

/// Readings are recorded.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReadingsUpsert {
    measure_id: GlobalId,
    readings: Vec<Row>,
    #[serde(default)]
    dry_run: Option<bool>,
}

/// One of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Row {
    period_start: NaiveDate,
    #[serde(default)]
    period_end: Option<NaiveDate>,
    #[serde(default)]
    dimension: Option<String>,
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    value: Option<f64>,
    #[serde(default)]
    numerator: Option<i64>,
    #[serde(default)]
    denominator: Option<i64>,
    #[serde(default)]
    caveat: Patch<String>,
    #[serde(default)]
    disputed_value: Patch<f64>,
    #[serde(default)]
    dispute_note: Patch<String>,
    #[serde(default)]
    expected_version: Option<i32>,
}

impl Command for ReadingsUpsert {
    const OPERATION: Operation = Operation::ReadingsUpsert;
    const ABOUT: &'static str = "Records up to 1000 readings of a measure at once, or corrects those that there are: all of them, or none \
         where one cannot be taken.";
    const PAYLOAD: &'static [(&'static str, &'static str)] =
        &[("measure", "Measure"), ("readings", "[Reading!]")];

    fn target(&self) -> Target {
        Target::whole(&["Measure"], "measureId", &self.measure_id)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run.unwrap_or_default()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let measure: measure::Model = work.find(&self.measure_id, "measureId").await?;
        check_size(self.readings.len(), "readings")?;
        let (mut given, mut errors) = (Vec::with_capacity(self.readings.len()), Vec::new());
        for (place, row) in self.readings.into_iter().enumerate() {
            let path = format!("readings.{place}");
            match row.read(&path) {
                Ok(row) => given.push((path, row)),
                Err(wrong) => errors.push(wrong),
            }
        }
        all_well(errors)?;
        let (_, readings) = record(work, vec![(&measure, given)]).await?;
        Ok(Done::with("measure", measure.id).and_all("readings", readings))
    }
}

impl Row {
    fn read(self, path: &str) -> Result<Given, UserError> {
        let value = self.value.map(|value| figure(value, &format!("{path}.value"))).transpose()?;
        let disputed_value = match self.disputed_value {
            Patch::Set(value) => Patch::Set(figure(value, &format!("{path}.disputedValue"))?),
            Patch::Clear => Patch::Clear,
            Patch::Keep => Patch::Keep,
        };
        Ok(Given {
            period_start: self.period_start,
            period_end: self.period_end,
            dimension: self.dimension,
            category: self.category,
            value,
            numerator: self.numerator,
            denominator: self.denominator,
            caveat: self.caveat,
            disputed_value,
            dispute_note: self.dispute_note,
            expected_version: self.expected_version,
        })
    }
}

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

/// Records rows of measures, each with its path in the input. Answers with the ids of the measures and of the readings.
///
/// # Errors
/// Everything that is wrong with any of them.
pub(super) async fn record(
    work: &mut Work,
    of_each: Vec<(&measure::Model, Vec<Placed>)>,
) -> Result<(Vec<Uuid>, Vec<Uuid>), Refusal> {
    let ids: Vec<Uuid> = of_each.iter().map(|(measure, _)| measure.id).collect();
    let there = readings_of(work, &ids).await?;
    let (mut readings, mut new, mut changed, mut errors) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (measure, given) in of_each {
        let own: Vec<_> = there.iter().filter(|row| row.measure_id == measure.id).cloned().collect();
        match merge(measure, Scale::of(measure)?, &own, given, work.now()) {
            Ok(merged) => {
                readings.extend(merged.given);
                new.extend(merged.new);
                changed.extend(merged.changed);
            }
            Err(wrong) => errors.extend(wrong),
        }
    }
    all_well(errors)?;
    work.cx.update_all(changed).await?;
    work.cx.create_all(new).await?;
    work.cx.refresh_measures(&ids).await?;
    Ok((ids, readings))
}

async fn readings_of(work: &Work, measures: &[Uuid]) -> Result<Vec<reading::Model>, Refusal> {
    let of_measures = reading::Column::MeasureId.is_in(measures.iter().copied());
    Ok(work.cx.rows::<reading::Entity>(of_measures).await?)
}

/// A reading is removed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReadingRemove {
    id: GlobalId,
    expected_version: i32,
}

impl Command for ReadingRemove {
    const OPERATION: Operation = Operation::ReadingRemove;
    const ABOUT: &'static str = "Removes a reading that should not be there. The record keeps what it said.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("measure", "Measure")];

    fn target(&self) -> Target {
        Target::existing(&["Reading"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let gone: reading::Model = work.find(&self.id, "id").await?;
        let measure: Option<measure::Model> = work.cx.row(gone.measure_id).await?;
        let measure = measure.ok_or_else(|| UserError::not_found("id"))?;
        let mut left = readings_of(work, &[measure.id]).await?;
        left.retain(|row| row.id != gone.id);
        let before = left.clone();
        disclose(Scale::of(&measure)?.unit, &mut left);
        work.cx.remove(&gone).await?;
        work.cx.update_all(before.into_iter().zip(left).collect()).await?;
        work.cx.refresh_measures(&[measure.id]).await?;
        Ok(Done::with("measure", measure.id))
    }
}
