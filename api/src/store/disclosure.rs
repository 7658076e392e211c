//! What the rules derive from the readings of a measure: which figures are withheld because of small counts, and how the measure
//! stands, with the readings that are withheld and without. Worked out where readings are written, so that reading asks a
//! column and every list, filter and order hides the same.

use std::collections::BTreeMap;

use domain::UnknownWord;
use domain::measure::{
    Cell, Decimal, Frequency, MeasureUnit, Point, Polarity, Target, reading_due_on, suppress,
    target_in_force, target_status, trend,
};
use entity::{measure, measure_target, reading};
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::write::{WriteCx, WriteError};

/// Says of each reading what of it is shown to partners and scrutiny. The rows are all that there are of the periods that they
/// are of: what one of them hides hangs on those beside it.
pub fn disclose(unit: MeasureUnit, rows: &mut [reading::Model]) {
    let mut periods: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        periods.entry((row.period_start, row.period_end)).or_default().push(place);
    }
    for places in periods.into_values() {
        let of_period: Vec<&reading::Model> = places.iter().filter_map(|place| rows.get(*place)).collect();
        let cells: Vec<Cell<'_>> = of_period.into_iter().map(cell).collect();
        let hidden = suppress(unit, &cells);
        let others = if hidden.iter().any(|hidden| hidden.reading) { "FIGURES" } else { "ALL" };
        for (place, hidden) in places.into_iter().zip(hidden) {
            if let Some(row) = rows.get_mut(place) {
                row.disclosure = if hidden.reading { "NOTHING" } else { others }.to_owned();
                row.is_dispute_shown = !hidden.disputed;
            }
        }
    }
}

fn cell(row: &reading::Model) -> Cell<'_> {
    Cell {
        dimension: row.dimension.as_deref(),
        numerator: row.numerator.map(Into::into),
        denominator: row.denominator.map(Into::into),
        value: figure(row.value),
        disputed: row.disputed_value.map(figure),
    }
}

/// A figure as it is stored. Nothing is stored that is none.
fn figure(thousandths: i64) -> Decimal {
    Decimal::from_thousandths(thousandths).unwrap_or(Decimal::ZERO)
}

impl WriteCx {
    /// Works out again what the rules derive of these measures. Call it after any change of a measure, its targets or its
    /// readings; it records nothing, because it adds nothing that the record does not say.
    pub async fn refresh_measures(&mut self, ids: &[Uuid]) -> Result<(), WriteError> {
        let transaction = self.transaction();
        let among = || ids.iter().copied();
        let measures = measure::Entity::find().filter(measure::Column::Id.is_in(among()));
        let targets = measure_target::Entity::find()
            .filter(measure_target::Column::MeasureId.is_in(among()))
            .order_by_asc(measure_target::Column::SetOn)
            .order_by_asc(measure_target::Column::CreatedAt);
        let targets = targets.all(transaction).await?;
        let readings = reading::Entity::find()
            .filter(reading::Column::MeasureId.is_in(among()))
            .order_by_asc(reading::Column::PeriodEnd);
        let readings = readings.all(transaction).await?;
        for row in measures.all(transaction).await? {
            let own: Vec<&reading::Model> = readings.iter().filter(|of| of.measure_id == row.id).collect();
            let targets: Vec<Target> =
                targets.iter().filter(|of| of.measure_id == row.id).map(target).collect();
            let derived = derive(&row, &targets, &own).map_err(|word| DbErr::Type(word.to_string()))?;
            if derived != row {
                differences(&derived).update(transaction).await?;
            }
        }
        Ok(())
    }
}

/// The derived columns alone.
fn differences(derived: &measure::Model) -> measure::ActiveModel {
    let of = derived.clone();
    measure::ActiveModel {
        id: Set(of.id),
        is_baseline_shown: Set(of.is_baseline_shown),
        latest_id: Set(of.latest_id),
        trend: Set(of.trend),
        trend_shown: Set(of.trend_shown),
        target_status: Set(of.target_status),
        target_status_shown: Set(of.target_status_shown),
        reading_due_on: Set(of.reading_due_on),
        ..Default::default()
    }
}

fn target(row: &measure_target::Model) -> Target {
    Target { value: figure(row.value), due_on: row.due_on, set_on: row.set_on }
}

/// The measure with its derived columns as the rules have them. Readings come oldest first.
fn derive(
    row: &measure::Model,
    targets: &[Target],
    readings: &[&reading::Model],
) -> Result<measure::Model, UnknownWord> {
    let wholes: Vec<&reading::Model> = readings.iter().filter(|of| of.dimension.is_none()).copied().collect();
    let shown: Vec<&reading::Model> =
        wholes.iter().filter(|of| of.disclosure != "NOTHING").copied().collect();
    let polarity: Polarity = row.polarity.parse()?;
    let frequency: Option<Frequency> = row.frequency.as_deref().map(str::parse).transpose()?;
    let way = |of: &[&reading::Model]| {
        let figures: Vec<Decimal> = of.iter().map(|of| figure(of.value)).collect();
        trend(polarity, row.target_value.map(figure), &figures).map(|trend| trend.as_str().to_owned())
    };
    let status = |of: &[&reading::Model], baseline: Option<Point>| {
        let reading = of.last().map(|of| Point { value: figure(of.value), on: of.period_end });
        let in_force = match reading {
            Some(reading) => target_in_force(targets, reading.on),
            None => targets.last().copied(),
        };
        target_status(polarity, baseline, in_force, reading).as_str().to_owned()
    };
    let baseline = row.baseline_value.zip(row.baseline_on);
    let baseline = baseline.map(|(value, on)| Point { value: figure(value), on });
    let is_baseline_shown = is_baseline_shown(row, readings);
    let last_day = wholes.last().map(|of| of.period_end);
    Ok(measure::Model {
        latest_id: wholes.last().map(|of| of.id),
        trend: way(&wholes),
        trend_shown: way(&shown),
        target_status: status(&wholes, baseline),
        target_status_shown: status(&shown, baseline.filter(|_| is_baseline_shown)),
        reading_due_on: frequency.zip(last_day).and_then(|(every, last)| reading_due_on(every, last)),
        is_baseline_shown,
        ..row.clone()
    })
}

/// Whether a baseline may be shown to partners and scrutiny: it is no small count itself, and not the figure of a reading that is
/// withheld. One without a day may be any reading's.
fn is_baseline_shown(row: &measure::Model, readings: &[&reading::Model]) -> bool {
    let is_small = row.unit.as_deref() == Some(MeasureUnit::Count.as_str())
        && row.baseline_value.is_some_and(|value| value < domain::measure::THRESHOLD * 1000);
    let is_of = |of: &&&reading::Model| {
        row.baseline_on.is_none_or(|on| (of.period_start..=of.period_end).contains(&on))
    };
    !is_small && !readings.iter().filter(is_of).any(|of| of.disclosure == "NOTHING")
}
