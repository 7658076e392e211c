//! What hangs on actions: people, steps, links, updates and evidence.

use api::store::documents::Place;
use domain::document::Imported;
use entity::*;
use uuid::Uuid;

use super::builders::{Write, day, minute};

impl Write {
    /// Someone leads or contributes (`role`) to an action of this change.
    pub async fn party_of(&mut self, action: &action::Model, party: &party::Model, role: &str) {
        let position = self.record.parties_of.iter().filter(|row| row.action_id == action.id).count();
        self.part(action_party::Model {
            programme_id: self.programme,
            action_id: action.id,
            party_id: party.id,
            role: role.to_owned(),
            position: position as i32 + 1,
        })
        .await;
    }

    /// An action of this change addresses a requirement.
    pub async fn addresses(
        &mut self,
        action: &action::Model,
        requirement: &requirement::Model,
        qualifier: Option<&str>,
    ) {
        let position = self.record.links.iter().filter(|row| row.action_id == action.id).count();
        self.part(action_requirement::Model {
            programme_id: self.programme,
            action_id: action.id,
            requirement_id: requirement.id,
            qualifier: qualifier.map(str::to_owned),
            position: position as i32 + 1,
        })
        .await;
    }

    /// An action of this change names a direction without a clause.
    pub async fn names(&mut self, action: &action::Model, direction: &source::Model) {
        self.part(action_direction::Model {
            programme_id: self.programme,
            action_id: action.id,
            source_id: direction.id,
            as_printed: "as the direction says".to_owned(),
        })
        .await;
    }

    /// An action of this change waits for another.
    pub async fn waits_for(&mut self, action: &action::Model, other: &action::Model) {
        self.part(action_dependency::Model {
            programme_id: self.programme,
            action_id: action.id,
            depends_on_id: other.id,
            is_illustrative: false,
        })
        .await;
    }

    /// A step of an action.
    pub async fn step(
        &mut self,
        action: &action::Model,
        text: &str,
        change: impl FnOnce(&mut step::Model),
    ) -> step::Model {
        let position = self.record.steps.iter().filter(|row| row.action_id == action.id).count();
        let mut row = step::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            action_id: action.id,
            position: position as i32 + 1,
            text: text.to_owned(),
            due_on: None,
            done_on: None,
            struck_out_on: None,
            struck_out_reason: None,
            lead_id: None,
            is_illustrative: false,
            version: 1,
            created_at: minute(0),
            updated_at: minute(0),
        };
        change(&mut row);
        self.add(row).await
    }

    /// What a lead says about an action.
    pub async fn update(
        &mut self,
        action: &action::Model,
        reported_on: &str,
        health: &str,
    ) -> progress_update::Model {
        self.add(progress_update::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            action_id: action.id,
            reported_on: day(reported_on),
            narrative: format!("How {} stands on {reported_on}", action.reference),
            declared_health: Some(health.to_owned()),
            obstacles: None,
            next_steps: None,
            author_id: None,
            is_illustrative: true,
            created_at: minute(0),
        })
        .await
    }

    /// A piece of evidence.
    pub async fn evidence(
        &mut self,
        title: &str,
        marking: &str,
        change: impl FnOnce(&mut evidence::Model),
    ) -> evidence::Model {
        let mut row = evidence(self.programme, title);
        row.marking = marking.to_owned();
        change(&mut row);
        self.add(row).await
    }

    /// A file of evidence, or the next version of one.
    pub async fn file(
        &mut self,
        evidence: &evidence::Model,
        name: &str,
        change: impl FnOnce(&mut evidence_file::Model),
    ) -> evidence_file::Model {
        let id = Uuid::now_v7();
        let mut row = evidence_file::Model {
            id,
            programme_id: self.programme,
            evidence_id: evidence.id,
            document_id: id,
            number: 1,
            is_current: true,
            name: name.to_owned(),
            media_type: "application/pdf".to_owned(),
            size_bytes: 2_400,
            sha256: id.simple().to_string().repeat(2),
            scan: "UNSCANNED".to_owned(),
            added_on: day("2018-11-05"),
            added_by_id: None,
            added_by_subject: None,
            is_illustrative: true,
            version: 1,
            created_at: minute(0),
            updated_at: minute(0),
        };
        change(&mut row);
        self.add(row).await
    }

    /// A document that something was imported from.
    pub async fn document(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut source_document::Model),
    ) -> source_document::Model {
        let id = Uuid::now_v7();
        let mut row = source_document::Model {
            id,
            programme_id: self.programme,
            kind: "PLAN".to_owned(),
            name: name.to_owned(),
            media_type: "text/csv".to_owned(),
            size_bytes: 4_200,
            sha256: id.simple().to_string().repeat(2),
            scan: "UNSCANNED".to_owned(),
            imported_on: day("2018-11-06"),
            imported_by_id: None,
            imported_by_subject: None,
            version: 1,
            created_at: minute(0),
            updated_at: minute(0),
        };
        change(&mut row);
        self.add(row).await
    }

    /// Things stand in a document, one row after the other in a table on its second page.
    pub async fn stand_in(&mut self, document: &source_document::Model, things: &[(Imported, Uuid)]) {
        let placed = things.iter().zip(1..).map(|((of, id), row)| {
            let place = Place { page: Some(2), sheet: None, table: Some(1), row: Some(row) };
            (*of, *id, place)
        });
        self.cx.came_from(document, placed).await.unwrap();
    }

    /// Evidence of this change belongs to an action.
    pub async fn shows_for(&mut self, evidence: &evidence::Model, action: &action::Model) {
        let (evidence_id, action_id) = (evidence.id, action.id);
        self.part(evidence_action::Model { programme_id: self.programme, evidence_id, action_id }).await;
    }

    /// Evidence of this change belongs to a requirement itself.
    pub async fn shows(&mut self, evidence: &evidence::Model, requirement: &requirement::Model) {
        let (evidence_id, requirement_id) = (evidence.id, requirement.id);
        self.part(evidence_requirement::Model { programme_id: self.programme, evidence_id, requirement_id })
            .await;
    }

    /// Evidence of this change is shared with an organisation by name.
    pub async fn share(&mut self, evidence: &evidence::Model, organisation: &party::Model) {
        let (evidence_id, organisation_id) = (evidence.id, organisation.id);
        self.part(evidence_share::Model { programme_id: self.programme, evidence_id, organisation_id }).await;
    }
}

/// An open document, added on a day in autumn.
pub fn evidence(programme: Uuid, title: &str) -> evidence::Model {
    evidence::Model {
        id: Uuid::now_v7(),
        programme_id: programme,
        title: title.to_owned(),
        summary: None,
        strand: "DOCUMENT".to_owned(),
        marking: "OFFICIAL".to_owned(),
        period_start: None,
        period_end: None,
        expires_on: None,
        added_on: day("2018-11-05"),
        review_status: "SUBMITTED".to_owned(),
        reviewed_on: None,
        reviewed_by_id: None,
        added_by_id: None,
        added_by_subject: None,
        review_note: None,
        reviewed_by_subject: None,
        shows: None,
        is_illustrative: true,
        version: 1,
        created_at: minute(0),
        updated_at: minute(0),
    }
}
