//! Readings of several measures from a table: all of them, or none.

use entity::measure;
use import::readings::{Row, read};
use sea_orm::ColumnTrait;
use serde::Deserialize;
use uuid::Uuid;

use super::readings::{check_size, record};
use super::rows::{Given, Placed};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};
use crate::store::table::Table;

/// Readings are recorded from a table.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReadingsImport {
    programme_id: GlobalId,
    csv: String,
    #[serde(default)]
    dry_run: Option<bool>,
}

impl Command for ReadingsImport {
    const OPERATION: Operation = Operation::ReadingsImport;
    const ABOUT: &'static str = "Records up to 1000 readings from the text of a CSV file, each as readingsUpsert would: all of them, or none \
         where one cannot be taken.";
    const PAYLOAD: &'static [(&'static str, &'static str)] =
        &[("measures", "[Measure!]"), ("readings", "[Reading!]")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run.unwrap_or_default()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let rows = rows(&self.csv)?;
        let of_programme = measure::Column::ProgrammeId.eq(work.programme()?);
        let measures = work.cx.rows::<measure::Entity>(of_programme).await?;
        let named = named(&measures, &rows)?;
        let ids: Vec<Uuid> = named.iter().map(|measure| measure.id).collect();
        let place = |at: usize| rows.get(at).map_or_else(String::new, |row| place(row.line));
        work.may_each(Operation::ReadingsImport, Table::Measure, &ids, place).await?;
        let (ids, readings) = record(work, of_each(named, rows)).await?;
        Ok(Done::default().and_all("measures", ids).and_all("readings", readings))
    }
}

/// The field of the input that a line of the table is.
fn place(line: u64) -> String {
    format!("csv.{line}")
}

/// The rows of the table.
///
/// # Errors
/// It is no such table, or some rows are not as they should be.
fn rows(csv: &str) -> Result<Vec<Row>, Refusal> {
    let read = read(csv.as_bytes()).map_err(|wrong| UserError::invalid("csv", format!("{wrong}.")))?;
    let wrong =
        |problem: &import::readings::Problem| UserError::invalid(&place(problem.line), format!("{problem}."));
    all_well(read.problems.iter().map(wrong).collect())?;
    check_size(read.rows.len(), "csv")?;
    Ok(read.rows)
}

/// The measure of each row: the one with this code, or this title, whatever the case of its letters.
///
/// # Errors
/// There is none, or several.
fn named<'a>(measures: &'a [measure::Model], rows: &[Row]) -> Result<Vec<&'a measure::Model>, Refusal> {
    let (mut found, mut errors) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let word = row.measure.to_lowercase();
        let has = |text: &str| text.to_lowercase() == word;
        let of = |measure: &&measure::Model| has(&measure.title) || measure.code.as_deref().is_some_and(has);
        let fit: Vec<&measure::Model> = measures.iter().filter(of).collect();
        match fit.as_slice() {
            [one] => found.push(*one),
            fit => {
                let how_many = if fit.is_empty() { "No measure" } else { "More than one measure" };
                let message = format!("{how_many} of the programme has this code or title.");
                errors.push(UserError::invalid(&place(row.line), message));
            }
        }
    }
    all_well(errors)?;
    Ok(found)
}

/// The rows of each measure, in the order in which the table names them.
fn of_each(named: Vec<&measure::Model>, rows: Vec<Row>) -> Vec<(&measure::Model, Vec<Placed>)> {
    let mut of_each: Vec<(&measure::Model, Vec<Placed>)> = Vec::new();
    for (measure, row) in named.into_iter().zip(rows) {
        let placed = (place(row.line), given(row));
        match of_each.iter_mut().find(|(of, _)| of.id == measure.id) {
            Some((_, rows)) => rows.push(placed),
            None => of_each.push((measure, vec![placed])),
        }
    }
    of_each
}

/// A row as a reading. What a table does not say stays as it is: an empty cell clears nothing.
fn given(row: Row) -> Given {
    let patch = |text: Option<String>| text.map_or(Patch::Keep, Patch::Set);
    let (dimension, category) = row.part.map(|part| (part.dimension, part.category)).unzip();
    Given {
        period_start: row.period.first_day(),
        period_end: Some(row.period.last_day()),
        dimension,
        category,
        value: row.figures.value,
        numerator: row.figures.numerator,
        denominator: row.figures.denominator,
        caveat: patch(row.caveat),
        disputed_value: row.figures.disputed.map_or(Patch::Keep, Patch::Set),
        dispute_note: patch(row.disputed_by),
        expected_version: None,
    }
}
