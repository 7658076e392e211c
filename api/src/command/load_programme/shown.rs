//! What shows that it helped: evidence.

use entity::{evidence, evidence_action, evidence_requirement, evidence_share};
use import::programme::Evidence;
use uuid::Uuid;

use super::build::{At, Build};

impl Build<'_> {
    pub(super) fn shown(&mut self) {
        for given in &self.bundle.file.evidence {
            // Found again by its title.
            if !self.known.evidence.iter().any(|row| row.title == given.title) {
                self.evidence(given);
            }
        }
    }

    fn evidence(&mut self, given: &Evidence) {
        let at = |field| At("evidence", &given.title, field);
        let (id, programme_id) = (Uuid::now_v7(), self.programme);
        let review = given.review.as_ref();
        let row = evidence::Model {
            id,
            programme_id,
            title: given.title.clone(),
            summary: given.summary.clone(),
            strand: given.strand.to_string(),
            marking: given.marking.to_string(),
            period_start: given.period_start,
            period_end: given.period_end,
            expires_on: given.expires_on,
            added_on: given.added_on,
            review_status: review.map_or("SUBMITTED", |review| review.status.as_str()).to_owned(),
            reviewed_on: review.and_then(|review| review.on),
            reviewed_by_id: self.maybe_party(at("review.by"), review.and_then(|review| review.by.as_ref())),
            added_by_id: self.maybe_party(at("added_by"), given.added_by.as_ref()),
            added_by_subject: None,
            review_note: None,
            reviewed_by_subject: None,
            shows: given.shows.map(|shows| shows.to_string()),
            is_illustrative: given.illustrative,
            version: 1,
            created_at: self.when.now,
            updated_at: self.when.now,
        };
        self.rows.evidence.push(row);
        for action in &given.actions {
            if let Some(action_id) = self.action(at("actions"), &action.plan, &action.action) {
                let row = evidence_action::Model { programme_id, evidence_id: id, action_id };
                self.rows.evidence_actions.push(row);
            }
        }
        for wanted in &given.requirements {
            if let Some(requirement_id) =
                self.requirement(at("requirements"), &wanted.source, &wanted.reference)
            {
                let row = evidence_requirement::Model { programme_id, evidence_id: id, requirement_id };
                self.rows.evidence_requirements.push(row);
            }
        }
        for organisation in &given.shared_with {
            if let Some(organisation_id) = self.party(at("shared_with"), organisation) {
                let row = evidence_share::Model { programme_id, evidence_id: id, organisation_id };
                self.rows.evidence_shares.push(row);
            }
        }
    }
}
