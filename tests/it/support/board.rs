//! What the board asks, and what organisations are told.

use entity::*;
use uuid::Uuid;

use super::builders::{Write, day, minute};

impl Write {
    /// A challenge that was put a month ago and waits for its answer, found again by its text.
    pub async fn challenge(
        &mut self,
        text: &str,
        put_to: &party::Model,
        change: impl FnOnce(&mut challenge::Model),
    ) -> challenge::Model {
        let days = (day("2018-11-12"), day("2018-12-31"));
        let mut row = challenge::Model::put(self.programme, text.to_owned(), put_to.id, days, minute(0));
        change(&mut row);
        self.add(row).await
    }

    /// A notice to an organisation, of a day in November.
    pub async fn notice(
        &mut self,
        kind: &str,
        organisation: &party::Model,
        action: Option<&action::Model>,
        about: (&str, Uuid),
        change: impl FnOnce(&mut notice::Model),
    ) -> notice::Model {
        let mut row = notice::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            kind: kind.to_owned(),
            organisation_id: organisation.id,
            action_id: action.map(|action| action.id),
            about_type: about.0.to_owned(),
            about_id: about.1,
            falls_on: day(&format!("2018-11-{:02}", self.record.notices.len() % 9 + 1)),
            was_on: None,
            now_on: None,
            version: 1,
            created_at: minute(self.record.notices.len() as i64 % 3),
        };
        change(&mut row);
        self.add(row).await
    }
}
