//! What people said.

use entity::*;
use uuid::Uuid;

use super::builders::{Write, day, minute};

impl Write {
    /// Feedback of children about the summer, found again by its theme.
    pub async fn feedback(
        &mut self,
        theme: &str,
        speakers: Option<i32>,
        change: impl FnOnce(&mut feedback::Model),
    ) -> feedback::Model {
        let mut row = feedback::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            said_by: "CHILDREN".to_owned(),
            gathered_by: "INTERVIEWS".to_owned(),
            period_start: day("2018-07-01"),
            period_end: day("2018-08-31"),
            speaker_count: speakers,
            theme: Some(theme.to_owned()),
            said: "Nobody told us what came of it".to_owned(),
            done: None,
            done_on: None,
            told: None,
            told_on: None,
            is_illustrative: false,
            version: 1,
            created_at: minute(0),
            updated_at: minute(0),
        };
        change(&mut row);
        self.add(row).await
    }

    /// Feedback of this change is about an action.
    pub async fn speaks_of(&mut self, feedback: &feedback::Model, action: &action::Model) {
        let (feedback_id, action_id) = (feedback.id, action.id);
        self.part(feedback_action::Model { programme_id: self.programme, feedback_id, action_id }).await;
    }

    /// Feedback of this change is about a requirement.
    pub async fn speaks_to(&mut self, feedback: &feedback::Model, requirement: &requirement::Model) {
        let (feedback_id, requirement_id) = (feedback.id, requirement.id);
        let programme_id = self.programme;
        self.part(feedback_requirement::Model { programme_id, feedback_id, requirement_id }).await;
    }
}
