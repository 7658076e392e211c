//! What shows that it helped: evidence, with its files.

use domain::document::UploadPurpose;
use domain::file::{FileType, Scan};
use entity::{evidence, evidence_action, evidence_file, evidence_requirement, evidence_share, upload};
use import::programme::Evidence;
use uuid::Uuid;

use super::build::{At, Build};
use super::bundle::sha256;
use crate::store::uploads::KEPT;

/// Who announced the files that a load brings: nobody who could ask for them.
const SUBJECT: &str = "system:import";

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
        self.files(given, &row);
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

    fn files(&mut self, given: &Evidence, of: &evidence::Model) {
        let bundle = self.bundle;
        let known = given.files.iter().filter_map(|name| Some((name, bundle.files.get(name)?)));
        for (name, bytes) in known {
            // The format's rules have looked at the ending.
            let Some(kind) = FileType::of_name(name) else { continue };
            let (id, now) = (Uuid::now_v7(), self.when.now);
            let (media_type, sha256) = (kind.media_type().to_owned(), sha256(bytes));
            let size_bytes = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            let scan = Scan::Unscanned.as_str().to_owned();
            self.rows.uploads.push(upload::Model {
                id,
                programme_id: of.programme_id,
                purpose: UploadPurpose::Evidence.as_str().to_owned(),
                evidence_id: Some(of.id),
                subject: SUBJECT.to_owned(),
                name: name.clone(),
                media_type: media_type.clone(),
                size_bytes,
                sha256: sha256.clone(),
                scan: scan.clone(),
                prepared_at: now,
                expires_at: now + KEPT,
                received_at: Some(now),
                is_attached: true,
            });
            self.rows.evidence_files.push(evidence_file::Model {
                id,
                programme_id: of.programme_id,
                evidence_id: of.id,
                document_id: id,
                number: 1,
                is_current: true,
                name: name.clone(),
                media_type,
                size_bytes,
                sha256,
                scan,
                added_on: of.added_on,
                added_by_id: of.added_by_id,
                added_by_subject: None,
                is_illustrative: of.is_illustrative,
                version: 1,
                created_at: now,
                updated_at: now,
            });
        }
    }
}
