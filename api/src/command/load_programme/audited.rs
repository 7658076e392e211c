//! Quality assurance: audits with their grades, what they are about, and what they found.

use domain::audit::finding_status;
use entity::{audit, audit_action, audit_finding, audit_requirement};
use import::programme::{Audit, AuditFinding};
use uuid::Uuid;

use super::build::{At, Build};
use crate::command::audit::grades;

impl Build<'_> {
    pub(super) fn audited(&mut self) {
        for given in &self.bundle.file.audits {
            // Found again by its title.
            if !self.known.audits.iter().any(|row| row.title == given.title) {
                self.audit(given);
            }
        }
    }

    fn audit(&mut self, given: &Audit) {
        let at = |field| At("audit", &given.title, field);
        let moderation = given.moderation.as_ref();
        let repeats = given.reaudit_of.as_ref().and_then(|title| {
            let mut audits = self.known.audits.iter().chain(&self.rows.audits);
            audits.find(|row| row.title == *title).map(|row| row.id)
        });
        let row = audit::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            kind: given.kind.as_str().to_owned(),
            title: given.title.clone(),
            started_on: given.started_on,
            ended_on: given.ended_on.unwrap_or(given.started_on),
            done_by_id: self.maybe_party(at("done_by"), given.done_by.as_ref()),
            is_independent: given.independent,
            theme: given.theme.clone(),
            sample_size: given.sample,
            summary: given.summary.clone(),
            reaudit_of_id: repeats,
            moderated_on: moderation.map(|of| of.on),
            moderated_by_id: self.maybe_party(at("moderation.by"), moderation.map(|of| &of.by)),
            moderation_note: moderation.map(|of| of.note.clone()),
            is_sample_shown: true,
            are_grades_shown: true,
            is_illustrative: given.illustrative,
            version: 1,
            created_at: self.when.now,
            updated_at: self.when.now,
        };
        let mut rows = Vec::with_capacity(given.grades.len());
        for of in &given.grades {
            let counts = grades::Given {
                rater: of.rater,
                outstanding: of.outstanding,
                good: of.good,
                requires_improvement: of.requires_improvement,
                inadequate: of.inadequate,
            };
            match grades::row(&row, counts, "grades") {
                Ok(row) => rows.push(row),
                Err(error) => self.problem(at("grades"), error.message, "correct the counts or the sample"),
            }
        }
        let row = grades::with_shown(row, &rows);
        self.rows.audit_grades.extend(rows);
        let (programme_id, audit_id) = (row.programme_id, row.id);
        for action in &given.actions {
            if let Some(action_id) = self.action(at("actions"), &action.plan, &action.action) {
                self.rows.audit_actions.push(audit_action::Model { programme_id, audit_id, action_id });
            }
        }
        for wanted in &given.requirements {
            if let Some(requirement_id) =
                self.requirement(at("requirements"), &wanted.source, &wanted.reference)
            {
                let row = audit_requirement::Model { programme_id, audit_id, requirement_id };
                self.rows.audit_requirements.push(row);
            }
        }
        for found in &given.findings {
            self.audit_finding(&row, given, found);
        }
        self.rows.audits.push(row);
    }

    fn audit_finding(&mut self, audit: &audit::Model, given: &Audit, found: &AuditFinding) {
        let at = |field| At("audit", &given.title, field);
        let recheck = found.recheck.as_ref();
        let row = audit_finding::Model {
            grade: found.grade.map(|grade| grade.as_str().to_owned()),
            theme: found.theme.clone().or(audit.theme.clone()),
            follow_up: found.follow_up.clone(),
            owner_id: self.maybe_party(at("finding.follow_up_by"), found.follow_up_by.as_ref()),
            first_due_on: found.first_due_on.or(found.due_on),
            due_on: found.due_on,
            done_on: found.done_on,
            done_by_id: self.maybe_party(at("finding.done_by"), found.done_by.as_ref()),
            done_note: found.done_note.clone(),
            rechecked_on: recheck.map(|of| of.on),
            rechecked_by_id: self
                .maybe_party(at("finding.recheck.by"), recheck.and_then(|of| of.by.as_ref())),
            recheck_outcome: recheck.map(|of| of.outcome.as_str().to_owned()),
            recheck_note: recheck.and_then(|of| of.note.clone()),
            status: finding_status(found.done_on, recheck.map(|of| of.outcome)).as_str().to_owned(),
            is_illustrative: found.illustrative,
            ..audit_finding::Model::open(audit, found.text.clone(), self.when.now)
        };
        self.rows.audit_findings.push(row);
    }
}
