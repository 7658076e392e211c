//! What is done to measures and their readings.

mod attach;
mod benchmarks;
mod create;
mod import;
mod readings;
pub(super) mod rows;
mod target;
mod update;

use domain::measure::{Decimal, Figures, MeasureUnit, settle};
use entity::{measure, party};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::Work;
use super::input::{ACTIONS, GlobalId, REQUIREMENTS};
use super::refusal::{Refusal, UserError, all_well};
use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[
    Registered::of::<create::MeasureCreate>(),
    Registered::of::<update::MeasureUpdate>(),
    Registered::of::<target::MeasureSetTarget>(),
    Registered::of::<benchmarks::MeasureBenchmarksSet>(),
    Registered::of::<attach::MeasureAttach>(),
    Registered::of::<attach::MeasureDetach>(),
    Registered::of::<readings::ReadingsUpsert>(),
    Registered::of::<import::ReadingsImport>(),
    Registered::of::<readings::ReadingRemove>(),
];

/// At most so many characters has a title.
const LONGEST_TITLE: usize = 200;
/// At most so many characters has a code.
const LONGEST_CODE: usize = 40;

/// A figure as an input gives it.
///
/// # Errors
/// It is none that is counted, timed or scored.
fn figure(given: f64, path: &str) -> Result<Decimal, UserError> {
    given.to_string().parse().map_err(|_| {
        let message =
            format!("A figure is a number from 0 to {}, with three decimals at most.", Decimal::MAX);
        UserError::invalid(path, message)
    })
}

/// A figure that a measure with this unit can have, as it is stored.
///
/// # Errors
/// It cannot be one.
fn figure_of(unit: Option<&str>, given: f64, path: &str) -> Result<i64, Refusal> {
    let value = figure(given, path)?;
    if let Some(unit) = unit {
        let unit: MeasureUnit = unit.parse()?;
        let given = Figures { value: Some(value), ..Figures::default() };
        settle(unit, given).map_err(|problem| UserError::invalid(path, problem.to_string()))?;
    }
    Ok(value.thousandths())
}

/// The person, group or organisation that an id names, where one is given.
async fn party(work: &Work, id: Option<&GlobalId>, path: &str) -> Result<Option<Uuid>, Refusal> {
    let party: Option<party::Model> = work.find_some(id, path).await?;
    Ok(party.map(|party| party.id))
}

/// What must hold of every measure: a title and a code of its own, a baseline whose day goes with a figure.
///
/// # Errors
/// Everything that does not hold.
async fn check(row: &measure::Model, work: &Work) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    if row.title.chars().count() > LONGEST_TITLE {
        let message =
            format!("A title has {LONGEST_TITLE} characters at most: say the rest in the definition.");
        errors.push(UserError::invalid("title", message));
    }
    if row.code.as_ref().is_some_and(|code| code.chars().count() > LONGEST_CODE) {
        errors.push(UserError::invalid("code", format!("A code has {LONGEST_CODE} characters at most.")));
    }
    let others = Condition::all()
        .add(measure::Column::ProgrammeId.eq(row.programme_id))
        .add(measure::Column::Id.ne(row.id))
        .add(
            Condition::any()
                .add(measure::Column::Title.eq(row.title.as_str()))
                .add(measure::Column::Code.eq(row.code.as_deref().unwrap_or_default())),
        );
    for other in work.cx.rows::<measure::Entity>(others).await? {
        let field = if other.title == row.title { "title" } else { "code" };
        let message =
            format!("Another measure of this programme has this {field}: choose one that tells them apart.");
        errors.push(UserError::invalid(field, message));
    }
    if row.baseline_on.is_some() && row.baseline_value.is_none() {
        let message = "This is the day of a baseline, and there is none: give baselineValue too.";
        errors.push(UserError::invalid("baselineOn", message));
    }
    Ok(all_well(errors)?)
}
