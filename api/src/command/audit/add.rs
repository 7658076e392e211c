//! An audit is recorded.

use chrono::NaiveDate;
use domain::audit::AuditKind;
use entity::{audit, audit_action, audit_requirement, requirement};
use serde::Deserialize;
use uuid::Uuid;

use super::{ACTIONS, REQUIREMENTS, actions, check, check_about, grades, party, spelled};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::Refusal;
use crate::command::{Command, Done, Target, Work};
use crate::store::table::Table;

/// An audit is recorded.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AuditAdd {
    programme_id: GlobalId,
    kind: AuditKind,
    title: String,
    started_on: NaiveDate,
    #[serde(default)]
    ended_on: Option<NaiveDate>,
    #[serde(default)]
    done_by_id: Option<GlobalId>,
    #[serde(default)]
    is_independent: Option<bool>,
    #[serde(default)]
    theme: Option<String>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    sample_size: Option<i32>,
    #[serde(default)]
    grades: Option<Vec<grades::Given>>,
    #[serde(default)]
    reaudit_of_id: Option<GlobalId>,
    #[serde(default)]
    action_ids: Option<Vec<GlobalId>>,
    #[serde(default)]
    requirement_ids: Option<Vec<GlobalId>>,
}

impl Command for AuditAdd {
    const OPERATION: Operation = Operation::AuditAdd;
    const ABOUT: &'static str = "Records an audit: its sample, its grades as counts, and what it is about. Findings are added one by one.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("audit", "Audit")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let about = actions(work, self.action_ids.as_deref().unwrap_or_default()).await?;
        work.may_all(Operation::AuditAdd, (Table::Action, &about), ACTIONS).await?;
        check_about(work, &about)?;
        let requirements: Vec<requirement::Model> =
            work.find_all(self.requirement_ids.as_deref().unwrap_or_default(), REQUIREMENTS).await?;
        let given = self.grades.clone().unwrap_or_default();
        let row = self.row(work).await?;
        check(&row, work.today())?;
        let grades = grades::rows(&row, &given)?;
        let (programme_id, audit_id) = (row.programme_id, row.id);
        work.cx.create(grades::with_shown(row, &grades)).await?;
        work.cx.attach_all(grades).await?;
        let of = |action_id| audit_action::Model { programme_id, audit_id, action_id };
        work.cx.attach_all(about.into_iter().map(of).collect()).await?;
        let of = |of: requirement::Model| audit_requirement::Model {
            programme_id,
            audit_id,
            requirement_id: of.id,
        };
        work.cx.attach_all(requirements.into_iter().map(of).collect()).await?;
        Ok(Done::with("audit", audit_id))
    }
}

impl AuditAdd {
    async fn row(self, work: &Work) -> Result<audit::Model, Refusal> {
        let reaudit_of: Option<audit::Model> =
            work.find_some(self.reaudit_of_id.as_ref(), "reauditOfId").await?;
        Ok(audit::Model {
            id: Uuid::now_v7(),
            programme_id: work.programme()?,
            kind: self.kind.as_str().to_owned(),
            title: self.title,
            started_on: self.started_on,
            ended_on: self.ended_on.unwrap_or(self.started_on),
            done_by_id: party(work, self.done_by_id.as_ref(), "doneById").await?,
            is_independent: self.is_independent.unwrap_or_default(),
            theme: spelled(work, self.theme).await?,
            sample_size: self.sample_size,
            summary: self.summary,
            reaudit_of_id: reaudit_of.map(|of| of.id),
            moderated_on: None,
            moderated_by_id: None,
            moderation_note: None,
            is_sample_shown: true,
            are_grades_shown: true,
            is_illustrative: false,
            version: 1,
            created_at: work.now(),
            updated_at: work.now(),
        })
    }
}
