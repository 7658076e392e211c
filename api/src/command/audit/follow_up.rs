//! The loop of a finding: what is to follow, that it was done, and whether it held.

use chrono::NaiveDate;
use domain::audit::{RecheckOutcome, finding_status};
use entity::{audit, audit_finding};
use serde::Deserialize;

use super::{party, past};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};

const PAYLOAD: &[(&str, &str)] = &[("finding", "AuditFinding"), ("audit", "Audit")];

/// The payload of each.
fn done(finding: &audit_finding::Model) -> Done {
    Done::with("finding", finding.id).and("audit", finding.audit_id)
}

/// It is said what is to follow from a finding.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AuditFindingFollowUp {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    follow_up: Option<String>,
    #[serde(default)]
    follow_up_by_id: Option<GlobalId>,
    #[serde(default)]
    due_on: Option<NaiveDate>,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for AuditFindingFollowUp {
    const OPERATION: Operation = Operation::AuditFindingFollowUp;
    const ABOUT: &'static str = "Says what is to follow from a finding, by whom and by when. The day moves only with a reason, and the old ones stay visible.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = PAYLOAD;

    fn target(&self) -> Target {
        Target::existing(&["AuditFinding"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: audit_finding::Model = work.find(&self.id, "id").await?;
        let owner_id = party(work, self.follow_up_by_id.as_ref(), "followUpById").await?;
        let due_on = self.due_on.or(before.due_on);
        let after = audit_finding::Model {
            follow_up: self.follow_up.or(before.follow_up.clone()),
            owner_id: owner_id.or(before.owner_id),
            first_due_on: before.first_due_on.or(due_on),
            due_on,
            ..before.clone()
        };
        let mut errors = Vec::new();
        for (field, is_there, message) in [
            ("followUp", after.follow_up.is_some(), "Nothing is said yet: say what is to follow."),
            ("followUpById", after.owner_id.is_some(), "Nobody is named yet: say who is to do it."),
            ("dueOn", after.due_on.is_some(), "There is no day yet: say by when."),
        ] {
            if !is_there {
                errors.push(UserError::invalid(field, message));
            }
        }
        if before.due_on.is_some() && after.due_on != before.due_on && self.reason.is_none() {
            let message = "The day moves: say why. The old day and the reason stay visible.";
            errors.push(UserError::invalid("reason", message));
        }
        if due_on.is_some() && due_on != before.due_on && due_on < Some(begun_on(work, &before).await?) {
            errors.push(UserError::invalid("dueOn", "The audit had not begun by then."));
        }
        all_well(errors)?;
        let after = work.cx.update(&before, after).await?;
        Ok(done(&after))
    }
}

/// The first day of the audit that a finding is of: nothing follows before.
async fn begun_on(work: &Work, finding: &audit_finding::Model) -> Result<NaiveDate, Refusal> {
    let audit: Option<audit::Model> = work.cx.row(finding.audit_id).await?;
    Ok(audit.ok_or_else(|| UserError::not_found("id"))?.started_on)
}

/// The follow-up of a finding is said to be done.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AuditFindingDone {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    done_on: Option<NaiveDate>,
    #[serde(default)]
    note: Option<String>,
}

impl Command for AuditFindingDone {
    const OPERATION: Operation = Operation::AuditFindingDone;
    const ABOUT: &'static str = "Says that the follow-up of a finding is done. The loop stays open until somebody else has looked again.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = PAYLOAD;

    fn target(&self) -> Target {
        Target::existing(&["AuditFinding"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: audit_finding::Model = work.find(&self.id, "id").await?;
        if before.follow_up.is_none() {
            let message = "Nothing was to follow from it yet: say what with auditFindingFollowUp.";
            return Err(UserError::invalid("id", message).into());
        }
        let done_on = past(work, self.done_on, "doneOn")?;
        if done_on < begun_on(work, &before).await? {
            return Err(UserError::invalid("doneOn", "The audit had not begun by then.").into());
        }
        // A re-check is of what was done before it: what is done anew waits for another.
        let after = audit_finding::Model {
            done_on: Some(done_on),
            done_by_id: work.acts_as(),
            done_by_subject: Some(work.subject()),
            done_note: self.note,
            rechecked_on: None,
            rechecked_by_id: None,
            recheck_outcome: None,
            recheck_note: None,
            status: finding_status(Some(done_on), None).as_str().to_owned(),
            ..before.clone()
        };
        let after = work.cx.update(&before, after).await?;
        Ok(done(&after))
    }
}

/// Somebody else looks whether the follow-up of a finding held.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AuditFindingRecheck {
    id: GlobalId,
    expected_version: i32,
    outcome: RecheckOutcome,
    #[serde(default)]
    rechecked_on: Option<NaiveDate>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    due_on: Option<NaiveDate>,
}

impl Command for AuditFindingRecheck {
    const OPERATION: Operation = Operation::AuditFindingRecheck;
    const ABOUT: &'static str = "Says whether what was done about a finding has held: if so it is closed, if not it is open again. Nobody re-checks what they said was done.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = PAYLOAD;

    fn target(&self) -> Target {
        Target::existing(&["AuditFinding"], &self.id, self.expected_version)
    }

    /// A day that moves with a failed re-check moves for what was seen.
    fn reason(&self) -> Option<&str> {
        self.note.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: audit_finding::Model = work.find(&self.id, "id").await?;
        let has_held = self.outcome == RecheckOutcome::Held;
        if !has_held && self.note.is_none() {
            let message = "Say what was seen: whoever has to do it again must know what is missing.";
            return Err(UserError::invalid("note", message).into());
        }
        if has_held && self.due_on.is_some() {
            let message = "It has held, so that nothing is due any more: leave the day out.";
            return Err(UserError::invalid("dueOn", message).into());
        }
        let rechecked_on = past(work, self.rechecked_on, "recheckedOn")?;
        if before.done_on.is_some_and(|done| rechecked_on < done) {
            return Err(UserError::invalid("recheckedOn", "It was not done by then.").into());
        }
        let open = audit_finding::Model {
            done_on: None,
            done_by_id: None,
            done_by_subject: None,
            done_note: None,
            due_on: self.due_on.or(before.due_on),
            first_due_on: before.first_due_on.or(self.due_on),
            ..before.clone()
        };
        let after = audit_finding::Model {
            rechecked_on: Some(rechecked_on),
            rechecked_by_id: work.acts_as(),
            recheck_outcome: Some(self.outcome.as_str().to_owned()),
            recheck_note: self.note,
            status: finding_status(before.done_on, Some(self.outcome)).as_str().to_owned(),
            ..if has_held { before.clone() } else { open }
        };
        let after = work.cx.update(&before, after).await?;
        Ok(done(&after))
    }
}
