//! Quality assurance: audits, their grades and what they found.

use domain::audit::{AuditRater, GradeCounts, shown};
use entity::*;
use uuid::Uuid;

use super::builders::{Write, day, minute};

impl Write {
    /// A case audit of November 2018 with a sample, and with the grades of some raters: good, requiring improvement, inadequate.
    pub async fn audit(
        &mut self,
        title: &str,
        sample: Option<i32>,
        grades: &[(AuditRater, [i32; 3])],
        change: impl FnOnce(&mut audit::Model),
    ) -> audit::Model {
        let counts: Vec<GradeCounts> = grades
            .iter()
            .map(|(rater, [good, ri, inadequate])| {
                let count = |count: &i32| Some(i64::from(*count));
                GradeCounts { rater: *rater, counts: [None, count(good), count(ri), count(inadequate)] }
            })
            .collect();
        let shown = shown(sample.map(Into::into), &counts);
        let mut row = audit::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            kind: "CASE_AUDIT".to_owned(),
            title: title.to_owned(),
            started_on: day("2018-11-05"),
            ended_on: day("2018-11-09"),
            done_by_id: None,
            is_independent: true,
            theme: None,
            sample_size: sample,
            summary: None,
            reaudit_of_id: None,
            moderated_on: None,
            moderated_by_id: None,
            moderation_note: None,
            is_sample_shown: shown.sample,
            are_grades_shown: shown.grades,
            is_illustrative: false,
            version: 1,
            created_at: minute(0),
            updated_at: minute(0),
        };
        change(&mut row);
        let row = self.add(row).await;
        for (rater, [good, requires_improvement, inadequate]) in grades {
            self.part(audit_grades::Model {
                programme_id: self.programme,
                audit_id: row.id,
                rater: rater.as_str().to_owned(),
                outstanding: None,
                good: Some(*good),
                requires_improvement: Some(*requires_improvement),
                inadequate: Some(*inadequate),
            })
            .await;
        }
        row
    }

    /// An audit of this change is about an action.
    pub async fn audits(&mut self, audit: &audit::Model, action: &action::Model) {
        let (audit_id, action_id) = (audit.id, action.id);
        self.part(audit_action::Model { programme_id: self.programme, audit_id, action_id }).await;
    }

    /// An audit of this change is about a requirement.
    pub async fn audits_whether_met(&mut self, audit: &audit::Model, requirement: &requirement::Model) {
        let (audit_id, requirement_id) = (audit.id, requirement.id);
        self.part(audit_requirement::Model { programme_id: self.programme, audit_id, requirement_id }).await;
    }

    /// A finding of an audit, from which something is to follow by December.
    pub async fn found(
        &mut self,
        audit: &audit::Model,
        text: &str,
        change: impl FnOnce(&mut audit_finding::Model),
    ) {
        let mut row = audit_finding::Model {
            grade: Some("REQUIRES_IMPROVEMENT".to_owned()),
            follow_up: Some("Do it again".to_owned()),
            first_due_on: Some(day("2018-12-01")),
            due_on: Some(day("2018-12-01")),
            ..audit_finding::Model::open(audit, text.to_owned(), minute(0))
        };
        change(&mut row);
        self.add(row).await;
    }
}
