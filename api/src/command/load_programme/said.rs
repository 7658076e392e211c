//! What people said, what was done about it, and when they were told.

use entity::{feedback, feedback_action, feedback_requirement};
use import::programme::Feedback;
use uuid::Uuid;

use super::build::{At, Build};
use crate::command::feedback::faults;

impl Build<'_> {
    pub(super) fn said(&mut self) {
        for given in &self.bundle.file.feedback {
            // Found again by its words and its period.
            let is_it = |row: &feedback::Model| row.said == given.said && row.period_end == given.period_end;
            if !self.known.feedback.iter().any(is_it) {
                self.feedback(given);
            }
        }
    }

    fn feedback(&mut self, given: &Feedback) {
        let name = given.name();
        let at = |field| At("feedback", &name, field);
        let (programme_id, feedback_id) = (self.programme, Uuid::now_v7());
        let row = feedback::Model {
            id: feedback_id,
            programme_id,
            said_by: given.said_by.as_str().to_owned(),
            gathered_by: given.gathered_by.as_str().to_owned(),
            period_start: given.period_start,
            period_end: given.period_end,
            speaker_count: given.speaker_count,
            theme: given.theme.clone(),
            said: given.said.clone(),
            done: given.done.clone(),
            done_on: given.done_on,
            told: given.told.clone(),
            told_on: given.told_on,
            is_illustrative: given.illustrative,
            version: 1,
            created_at: self.when.now,
            updated_at: self.when.now,
        };
        // The rules are those of what comes through the API; its fields are those of the file but for their spelling.
        for fault in faults(&row, self.when.today) {
            self.problem(At("feedback", &name, &fault.field.join(", ")), fault.message, "correct it");
        }
        self.rows.feedback.push(row);
        for action in &given.actions {
            if let Some(action_id) = self.action(at("actions"), &action.plan, &action.action) {
                let row = feedback_action::Model { programme_id, feedback_id, action_id };
                self.rows.feedback_actions.push(row);
            }
        }
        for wanted in &given.requirements {
            if let Some(requirement_id) =
                self.requirement(at("requirements"), &wanted.source, &wanted.reference)
            {
                let row = feedback_requirement::Model { programme_id, feedback_id, requirement_id };
                self.rows.feedback_requirements.push(row);
            }
        }
    }
}
