//! What the board asked, and the answer it got. Loading is no event: nobody is told of it.

use entity::challenge;
use import::programme::Challenge;

use super::build::{At, Build};
use crate::command::challenge::with_status;

impl Build<'_> {
    pub(super) fn challenged(&mut self) {
        for given in &self.bundle.file.challenges {
            // Found again by its words.
            if !self.known.challenges.iter().any(|row| row.text == given.text) {
                self.challenge(given);
            }
        }
    }

    fn challenge(&mut self, given: &Challenge) {
        let at = |field| At("challenge", &given.text, field);
        let Some(put_to) = self.party(at("put_to"), &given.put_to) else { return };
        let days = (given.put_on, given.answer_by);
        let action = given.action.as_ref();
        let row = challenge::Model {
            action_id: action.and_then(|of| self.action(at("action"), &of.plan, &of.action)),
            put_by_id: self.maybe_party(at("put_by"), given.put_by.as_ref()),
            answer: given.answer.clone(),
            answered_on: given.answered_on,
            answered_by_id: self.maybe_party(at("answered_by"), given.answered_by.as_ref()),
            still_asked: given.still_asked.clone(),
            closed_on: given.closed_on,
            closing_note: given.closing_note.clone(),
            is_illustrative: given.illustrative,
            ..challenge::Model::put(self.programme, given.text.clone(), put_to, days, self.when.now)
        };
        self.rows.challenges.push(with_status(row));
    }
}
