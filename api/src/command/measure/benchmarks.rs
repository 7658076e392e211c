//! What others come to is set.

use std::collections::HashSet;

use chrono::NaiveDate;
use domain::measure::BenchmarkKind;
use entity::{measure, measure_benchmark};
use sea_orm::ColumnTrait;
use serde::Deserialize;
use uuid::Uuid;

use super::figure;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};

/// At most so many has one measure.
const MOST_BENCHMARKS: usize = 100;

/// What others come to is set.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MeasureBenchmarksSet {
    id: GlobalId,
    expected_version: i32,
    benchmarks: Vec<Given>,
}

/// One figure to compare with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Given {
    kind: BenchmarkKind,
    value: f64,
    period_end: NaiveDate,
    #[serde(default)]
    publisher: Option<String>,
}

impl Command for MeasureBenchmarksSet {
    const OPERATION: Operation = Operation::MeasureBenchmarksSet;
    const ABOUT: &'static str = "Sets what others come to, in place of what was set before.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("measure", "Measure")];

    fn target(&self) -> Target {
        Target::existing(&["Measure"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let measure: measure::Model = work.find(&self.id, "id").await?;
        let new = rows(&measure, self.benchmarks)?;
        let of_measure = measure_benchmark::Column::MeasureId.eq(measure.id);
        let old = work.cx.rows::<measure_benchmark::Entity>(of_measure).await?;
        let said = |rows: &[measure_benchmark::Model]| -> HashSet<_> {
            rows.iter()
                .map(|row| (row.kind.clone(), row.period_end, row.value, row.publisher.clone()))
                .collect()
        };
        if said(&old) != said(&new) {
            work.cx.touch(&measure).await?;
            for benchmark in &old {
                work.cx.detach(benchmark).await?;
            }
            work.cx.attach_all(new).await?;
        }
        Ok(Done::with("measure", measure.id))
    }
}

fn rows(measure: &measure::Model, given: Vec<Given>) -> Result<Vec<measure_benchmark::Model>, Refusal> {
    if given.len() > MOST_BENCHMARKS {
        let message = format!("These are {}; {MOST_BENCHMARKS} is the limit.", given.len());
        return Err(UserError::invalid("benchmarks", message).into());
    }
    let (mut seen, mut rows, mut errors) = (HashSet::new(), Vec::new(), Vec::new());
    for (place, given) in given.into_iter().enumerate() {
        if !seen.insert((given.kind, given.period_end)) {
            let message = "This kind and day stand here before: of each kind there is one figure for a day.";
            errors.push(UserError::invalid(&format!("benchmarks.{place}"), message));
        }
        match figure(given.value, &format!("benchmarks.{place}.value")) {
            Ok(value) => rows.push(measure_benchmark::Model {
                id: Uuid::now_v7(),
                programme_id: measure.programme_id,
                measure_id: measure.id,
                kind: given.kind.as_str().to_owned(),
                value: value.thousandths(),
                period_end: given.period_end,
                publisher: given.publisher,
            }),
            Err(error) => errors.push(error),
        }
    }
    all_well(errors)?;
    Ok(rows)
}
