//! What is counted: measures and their readings.

use api::store::disclosure::disclose;
use entity::*;
use uuid::Uuid;

use super::builders::{Write, day, minute};

/// A period of which a measure has readings, with what each came to: the whole and its parts.
pub type Period<'a> = (&'a str, &'a str, &'a [(Option<&'a str>, i32, i32)]);

impl Write {
    /// A measure in per cent, read every month.
    pub async fn measure(&mut self, title: &str, change: impl FnOnce(&mut measure::Model)) -> measure::Model {
        let polarity = "HIGHER_IS_BETTER".to_owned();
        let mut row = measure::Model {
            unit: Some("PERCENT".to_owned()),
            frequency: Some("MONTHLY".to_owned()),
            ..measure::Model::begun(self.programme, title.to_owned(), polarity, minute(0))
        };
        change(&mut row);
        let row = self.add(row).await;
        self.cx.refresh_measures(&[row.id]).await.unwrap();
        row
    }

    /// A target of a measure of this change.
    pub async fn aims(&mut self, measure: &measure::Model, value: i64, set_on: &str, reason: Option<&str>) {
        self.part(measure_target::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            measure_id: measure.id,
            value,
            due_on: Some(day("2019-03-31")),
            reason: reason.map(str::to_owned),
            approved_by_id: None,
            set_on: day(set_on),
            created_at: minute(0),
        })
        .await;
    }

    /// A measure of this change shows what difference an action makes.
    pub async fn shows_difference_of(&mut self, measure: &measure::Model, action: &action::Model) {
        let (measure_id, action_id) = (measure.id, action.id);
        self.part(measure_action::Model { programme_id: self.programme, measure_id, action_id }).await;
    }

    /// A measure of this change shows whether a requirement is met.
    pub async fn shows_whether_met(&mut self, measure: &measure::Model, requirement: &requirement::Model) {
        let (measure_id, requirement_id) = (measure.id, requirement.id);
        self.part(measure_requirement::Model { programme_id: self.programme, measure_id, requirement_id })
            .await;
    }

    /// The readings of a measure of this change: numerators and denominators, by district.
    pub async fn readings(&mut self, measure: &measure::Model, periods: &[Period<'_>]) {
        let of_period = |(first, last, parts): &Period<'_>| {
            let reading = |(district, numerator, denominator): &(Option<&str>, i32, i32)| {
                reading(measure, (first, last), *district, (*numerator, *denominator))
            };
            parts.iter().map(reading).collect::<Vec<_>>()
        };
        let mut rows: Vec<reading::Model> = periods.iter().flat_map(of_period).collect();
        let unit = measure.unit.as_deref().unwrap().parse().unwrap();
        disclose(unit, &mut rows);
        for row in rows {
            self.add(row).await;
        }
        self.cx.refresh_measures(&[measure.id]).await.unwrap();
        let derived: measure::Model = self.cx.row(measure.id).await.unwrap().unwrap();
        let kept = self.record.measures.iter_mut().find(|row| row.id == measure.id).unwrap();
        *kept = derived;
    }
}

/// A reading, with a caveat that repeats its figure and a dispute: what must not be told where the figure is not.
fn reading(
    measure: &measure::Model,
    (first, last): (&str, &str),
    district: Option<&str>,
    (numerator, denominator): (i32, i32),
) -> reading::Model {
    let is_count = measure.unit.as_deref() == Some("COUNT");
    let share = i64::from(numerator) * 100_000 / i64::from(denominator.max(1));
    reading::Model {
        id: Uuid::now_v7(),
        programme_id: measure.programme_id,
        measure_id: measure.id,
        period_start: day(first),
        period_end: day(last),
        dimension: district.map(|_| "District".to_owned()),
        category: district.map(str::to_owned),
        value: if is_count { i64::from(numerator) * 1000 } else { share },
        numerator: (!is_count).then_some(numerator),
        denominator: (!is_count).then_some(denominator),
        caveat: Some(format!("{numerator} were found")),
        disputed_value: Some(2000),
        dispute_note: Some("The team says two".to_owned()),
        disclosure: "ALL".to_owned(),
        is_dispute_shown: true,
        is_illustrative: false,
        version: 1,
        created_at: minute(0),
        updated_at: minute(0),
    }
}
