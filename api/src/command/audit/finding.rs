//! What an audit found is recorded and corrected.

use chrono::NaiveDate;
use domain::audit::AuditGrade;
use entity::{audit, audit_finding};
use serde::Deserialize;

use super::{party, spelled};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// A finding is recorded.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AuditFindingAdd {
    audit_id: GlobalId,
    text: String,
    #[serde(default)]
    grade: Option<AuditGrade>,
    #[serde(default)]
    theme: Option<String>,
    #[serde(default)]
    follow_up: Option<String>,
    #[serde(default)]
    follow_up_by_id: Option<GlobalId>,
    #[serde(default)]
    due_on: Option<NaiveDate>,
}

impl Command for AuditFindingAdd {
    const OPERATION: Operation = Operation::AuditFindingAdd;
    const ABOUT: &'static str = "Records what an audit found. Of whatever grade it is, it stays open until its follow-up is done and re-checked.";
    const PAYLOAD: &'static [(&'static str, &'static str)] =
        &[("finding", "AuditFinding"), ("audit", "Audit")];

    fn target(&self) -> Target {
        Target::whole(&["Audit"], "auditId", &self.audit_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let audit: audit::Model = work.find(&self.audit_id, "auditId").await?;
        let owner_id = party(work, self.follow_up_by_id.as_ref(), "followUpById").await?;
        if self.follow_up.is_none() && (owner_id.is_some() || self.due_on.is_some()) {
            let message = "Somebody or some day is named, and nothing to do: say what is to follow.";
            return Err(UserError::invalid("followUp", message).into());
        }
        if self.due_on.is_some_and(|due| due < audit.started_on) {
            return Err(UserError::invalid("dueOn", "The audit had not begun by then.").into());
        }
        let theme = match self.theme {
            Some(theme) => spelled(work, Some(theme)).await?,
            None => audit.theme.clone(),
        };
        let finding = audit_finding::Model {
            grade: self.grade.map(|grade| grade.as_str().to_owned()),
            theme,
            follow_up: self.follow_up,
            owner_id,
            first_due_on: self.due_on,
            due_on: self.due_on,
            ..audit_finding::Model::open(&audit, self.text, work.now())
        };
        let id = finding.id;
        work.cx.create(finding).await?;
        Ok(Done::with("finding", id).and("audit", audit.id))
    }
}

/// A finding's record is corrected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AuditFindingAmend {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    text: Patch<String>,
    #[serde(default)]
    grade: Patch<AuditGrade>,
    #[serde(default)]
    theme: Patch<String>,
}

impl Command for AuditFindingAmend {
    const OPERATION: Operation = Operation::AuditFindingAmend;
    const ABOUT: &'static str = "Corrects what a finding says, until it is closed.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("finding", "AuditFinding")];

    fn target(&self) -> Target {
        Target::existing(&["AuditFinding"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: audit_finding::Model = work.find(&self.id, "id").await?;
        let grade: Option<AuditGrade> = before.grade.as_deref().map(str::parse).transpose()?;
        let theme = match self.theme {
            Patch::Set(theme) => spelled(work, Some(theme)).await?,
            other => other.over(before.theme.clone()),
        };
        let after = audit_finding::Model {
            text: self.text.required(before.text.clone(), "text")?,
            grade: self.grade.over(grade).map(|grade| grade.as_str().to_owned()),
            theme,
            ..before.clone()
        };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("finding", after.id))
    }
}
