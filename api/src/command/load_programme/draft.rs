//! An action while it is put together from the plan, its table and what is said about its progress.

use chrono::NaiveDate;
use domain::document::Imported;
use domain::reference::sort_key;
use entity::{
    action, action_dependency, action_direction, action_party, action_requirement, progress_update, step,
};
use import::programme::ActionRef;
use uuid::Uuid;

use super::build::{At, Build, position};
use crate::store::documents::Place;

/// A step being put together.
#[derive(Debug, Default)]
pub(super) struct StepDraft {
    pub text: String,
    pub due_on: Option<NaiveDate>,
    pub done_on: Option<NaiveDate>,
    pub struck_out_on: Option<NaiveDate>,
    pub struck_out_reason: Option<String>,
    pub lead: Option<Uuid>,
    pub is_illustrative: bool,
}

/// An action being put together.
#[derive(Debug)]
pub(super) struct Draft {
    pub id: Uuid,
    pub plan_key: String,
    pub plan_id: Uuid,
    pub reference: String,
    pub position: i32,
    pub aim: String,
    pub theme: Option<Uuid>,
    pub leads: Vec<Uuid>,
    pub contributors: Vec<Uuid>,
    pub organisation: Option<Uuid>,
    pub start_on: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    pub due_precision: Option<&'static str>,
    pub timeframe_as_printed: Option<String>,
    pub status: &'static str,
    pub status_on: Option<NaiveDate>,
    pub rolled_over_from: Option<ActionRef>,
    pub notes: Option<String>,
    /// Requirements with the qualifier of the link.
    pub requirements: Vec<(Uuid, Option<String>)>,
    /// Directions with the words that name them.
    pub directions: Vec<(Uuid, String)>,
    /// What it waits for, and whether that is invented.
    pub depends_on: Vec<(ActionRef, bool)>,
    pub steps: Vec<StepDraft>,
    /// Where it stands in the document that its table was read from.
    pub place: Option<Place>,
}

impl Draft {
    pub(super) fn new(plan_key: &str, plan_id: Uuid, reference: &str, index: usize) -> Self {
        Self {
            id: Uuid::now_v7(),
            plan_key: plan_key.to_owned(),
            plan_id,
            reference: reference.to_owned(),
            position: position(index),
            aim: String::new(),
            theme: None,
            leads: Vec::new(),
            contributors: Vec::new(),
            organisation: None,
            start_on: None,
            due_on: None,
            due_precision: None,
            timeframe_as_printed: None,
            status: "NOT_STARTED",
            status_on: None,
            rolled_over_from: None,
            notes: None,
            requirements: Vec::new(),
            directions: Vec::new(),
            depends_on: Vec::new(),
            steps: Vec::new(),
            place: None,
        }
    }

    /// Adds to the notes what else a reader must know.
    pub(super) fn note(&mut self, text: &str) {
        match &mut self.notes {
            Some(notes) => {
                notes.push('\n');
                notes.push_str(text);
            }
            None => self.notes = Some(text.to_owned()),
        }
    }

    /// Links a requirement. Named twice, it is linked once; the unqualified link is the wider one and stays.
    pub(super) fn link(&mut self, requirement: Uuid, qualifier: Option<String>) {
        match self.requirements.iter_mut().find(|(id, _)| *id == requirement) {
            Some((_, known)) if qualifier.is_none() => *known = None,
            Some(_) => {}
            None => self.requirements.push((requirement, qualifier)),
        }
    }

    /// Notes that the direction is named without a clause, once.
    pub(super) fn name_direction(&mut self, direction: Uuid, as_printed: &str) {
        if !self.directions.iter().any(|(id, _)| *id == direction) {
            self.directions.push((direction, as_printed.to_owned()));
        }
    }

    /// Who leads and who contributes, each once: leads, then contributors, then those who lead a step.
    fn parties(&self) -> Vec<(Uuid, &'static str)> {
        let leads = self.leads.iter().map(|id| (*id, "LEAD"));
        let others = self.contributors.iter().copied().chain(self.steps.iter().filter_map(|step| step.lead));
        let mut parties: Vec<(Uuid, &'static str)> = Vec::new();
        for (id, role) in leads.chain(others.map(|id| (id, "CONTRIBUTOR"))) {
            if !parties.iter().any(|(known, _)| *known == id) {
                parties.push((id, role));
            }
        }
        parties
    }
}

impl Build<'_> {
    /// Turns the drafts into rows, once every plan's actions are known.
    pub(super) fn finish(&mut self) {
        for draft in std::mem::take(&mut self.drafts) {
            let entry = format!("{} / {}", draft.plan_key, draft.reference);
            let rolled_over_from_id = match &draft.rolled_over_from {
                Some(from) => {
                    self.action(At("plan.action", &entry, "rolled_over_from"), &from.plan, &from.action)
                }
                None => None,
            };
            for (on, is_illustrative) in &draft.depends_on {
                let at = At("plan.action", &entry, "depends_on");
                let known =
                    |row: &action_dependency::Model, id| row.action_id == draft.id && row.depends_on_id == id;
                let found = self.action(at, &on.plan, &on.action);
                let new = found.filter(|id| !self.rows.action_dependencies.iter().any(|row| known(row, *id)));
                if let Some(depends_on_id) = new {
                    self.rows.action_dependencies.push(action_dependency::Model {
                        programme_id: self.programme,
                        action_id: draft.id,
                        depends_on_id,
                        is_illustrative: *is_illustrative,
                    });
                }
            }
            self.links(&draft);
            self.steps(&draft);
            self.rows.places.extend(draft.place.map(|place| (Imported::Action, draft.id, place)));
            self.rows.actions.push(action::Model {
                id: draft.id,
                theme_id: draft.theme,
                reference_sort: sort_key(&draft.reference),
                reference: draft.reference,
                position: draft.position,
                aim: draft.aim,
                organisation_id: draft.organisation,
                start_on: draft.start_on,
                due_on: draft.due_on,
                due_precision: draft.due_precision.map(str::to_owned),
                timeframe_as_printed: draft.timeframe_as_printed,
                status: draft.status.to_owned(),
                status_on: draft.status_on,
                rolled_over_from_id,
                notes: draft.notes,
                claimed_on: draft.status_on.filter(|_| ["COMPLETE", "ASSURED"].contains(&draft.status)),
                assured_on: draft.status_on.filter(|_| draft.status == "ASSURED"),
                ..action::Model::begun(self.programme, draft.plan_id, self.when.now)
            });
        }
    }

    fn links(&mut self, draft: &Draft) {
        let (programme_id, action_id) = (self.programme, draft.id);
        for (index, (party_id, role)) in draft.parties().into_iter().enumerate() {
            let (role, position) = (role.to_owned(), position(index));
            let row = action_party::Model { programme_id, action_id, party_id, role, position };
            self.rows.action_parties.push(row);
        }
        for (index, (requirement_id, qualifier)) in draft.requirements.iter().enumerate() {
            self.rows.action_requirements.push(action_requirement::Model {
                programme_id,
                action_id,
                requirement_id: *requirement_id,
                qualifier: qualifier.clone(),
                position: position(index),
            });
        }
        for (source_id, as_printed) in &draft.directions {
            self.rows.action_directions.push(action_direction::Model {
                programme_id,
                action_id,
                source_id: *source_id,
                as_printed: as_printed.clone(),
            });
        }
    }

    fn steps(&mut self, draft: &Draft) {
        for (index, given) in draft.steps.iter().enumerate() {
            let id = Uuid::now_v7();
            self.rows.places.extend(draft.place.clone().map(|place| (Imported::Step, id, place)));
            self.rows.steps.push(step::Model {
                id,
                programme_id: self.programme,
                action_id: draft.id,
                position: position(index),
                text: given.text.clone(),
                due_on: given.due_on,
                done_on: given.done_on,
                struck_out_on: given.struck_out_on,
                struck_out_reason: given.struck_out_reason.clone(),
                lead_id: given.lead,
                is_illustrative: given.is_illustrative,
                version: 1,
                created_at: self.when.now,
                updated_at: self.when.now,
            });
        }
    }

    /// What a lead reported on a day.
    pub(super) fn update(
        &mut self,
        action_id: Uuid,
        reported_on: NaiveDate,
        narrative: &str,
    ) -> progress_update::Model {
        progress_update::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            action_id,
            reported_on,
            narrative: narrative.to_owned(),
            declared_health: None,
            obstacles: None,
            next_steps: None,
            author_id: None,
            is_illustrative: false,
            created_at: self.when.now,
        }
    }
}
