//! What is counted: measures with their targets, benchmarks, ties and readings.

use entity::{measure, measure_action, measure_benchmark, measure_requirement, measure_target};
use import::programme::Measure;
use uuid::Uuid;

use super::build::{At, Build};
use crate::command::input::Patch;
use crate::command::measure::rows::{Given, Scale, merge};

impl Build<'_> {
    pub(super) fn counted(&mut self) {
        for given in &self.bundle.file.measures {
            // Found again by its title.
            if !self.known.measures.iter().any(|row| row.title == given.title) {
                self.measure(given);
            }
        }
    }

    fn measure(&mut self, given: &Measure) {
        let at = |field| At("measure", &given.title, field);
        let polarity = given.polarity.as_str().to_owned();
        let aim = given.targets.last();
        let row = measure::Model {
            code: given.code.clone(),
            definition: given.definition.clone(),
            unit: given.unit.map(|unit| unit.as_str().to_owned()),
            frequency: given.frequency.map(|frequency| frequency.as_str().to_owned()),
            owner_id: self.maybe_party(at("owner"), given.owner.as_ref()),
            baseline_value: given.baseline.as_ref().map(|of| of.value.thousandths()),
            baseline_on: given.baseline.as_ref().and_then(|of| of.as_of),
            target_value: aim.map(|aim| aim.value.thousandths()),
            target_on: aim.and_then(|aim| aim.due_on),
            published_on: given.published_on,
            is_illustrative: given.illustrative,
            ..measure::Model::begun(self.programme, given.title.clone(), polarity, self.when.now)
        };
        let (programme_id, measure_id) = (row.programme_id, row.id);
        self.readings(given, &row);
        self.rows.measures.push(row);
        for target in &given.targets {
            let approved_by_id = self.maybe_party(at("target.approved_by"), target.approved_by.as_ref());
            self.rows.measure_targets.push(measure_target::Model {
                id: Uuid::now_v7(),
                programme_id,
                measure_id,
                value: target.value.thousandths(),
                due_on: target.due_on,
                reason: target.reason.clone(),
                approved_by_id,
                set_on: target.set_on,
                created_at: self.when.now,
            });
        }
        self.rows.measure_benchmarks.extend(given.benchmarks.iter().map(|of| measure_benchmark::Model {
            id: Uuid::now_v7(),
            programme_id,
            measure_id,
            kind: of.kind.as_str().to_owned(),
            value: of.value.thousandths(),
            period_end: of.period_end,
            publisher: of.publisher.clone(),
        }));
        for action in &given.actions {
            if let Some(action_id) = self.action(at("actions"), &action.plan, &action.action) {
                self.rows.measure_actions.push(measure_action::Model { programme_id, measure_id, action_id });
            }
        }
        for wanted in &given.requirements {
            if let Some(requirement_id) =
                self.requirement(at("requirements"), &wanted.source, &wanted.reference)
            {
                let row = measure_requirement::Model { programme_id, measure_id, requirement_id };
                self.rows.measure_requirements.push(row);
            }
        }
    }

    /// Readings go the way of those that come through the API.
    fn readings(&mut self, given: &Measure, row: &measure::Model) {
        // Without a scale there are none: the reader has refused them.
        let Ok(scale) = Scale::of(row) else { return };
        let readings = given.readings.iter().enumerate().map(|(place, of)| {
            let reading = Given {
                period_start: of.period_start,
                period_end: None,
                dimension: of.dimension.clone(),
                category: of.category.clone(),
                value: of.value,
                numerator: of.numerator,
                denominator: of.denominator,
                caveat: of.caveat.clone().map_or(Patch::Keep, Patch::Set),
                disputed_value: of.disputed_value.map_or(Patch::Keep, Patch::Set),
                dispute_note: of.dispute_note.clone().map_or(Patch::Keep, Patch::Set),
                expected_version: None,
            };
            (format!("{}", place + 1), reading)
        });
        match merge(row, scale, &[], readings.collect(), self.when.now) {
            Ok(merged) => {
                let invented = given.readings.iter().map(|of| of.illustrative);
                let rows = merged.new.into_iter().zip(invented);
                self.rows.readings.extend(
                    rows.map(|(row, is_illustrative)| entity::reading::Model { is_illustrative, ..row }),
                );
            }
            Err(errors) => {
                for error in errors {
                    let field = format!("reading {}", error.field.join(", "));
                    self.problem(At("measure", &given.title, &field), error.message, "correct it");
                }
            }
        }
    }
}
