//! A document is taken off evidence, with all its versions.

use domain::ActionStatus;
use entity::{action, evidence, evidence_action, evidence_file};
use sea_orm::ColumnTrait;
use serde::Deserialize;

use super::renew;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{ErrorCode, Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// A file is taken off evidence.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::command::evidence) struct EvidenceFileRemove {
    id: GlobalId,
    expected_version: i32,
    reason: String,
}

impl Command for EvidenceFileRemove {
    const OPERATION: Operation = Operation::EvidenceFileRemove;
    const ABOUT: &'static str = "Removes a document from evidence with all its versions, and their bytes for good. The evidence has to be reviewed anew.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("evidence", "Evidence")];

    fn target(&self) -> Target {
        Target::existing(&["EvidenceFile"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        Some(&self.reason)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let file: evidence_file::Model = work.find(&self.id, "id").await?;
        let evidence: Option<evidence::Model> = work.cx.row(file.evidence_id).await?;
        let evidence = evidence.ok_or_else(|| UserError::not_found("id"))?;
        if !work.is_office() {
            keeps_proof(work, &evidence).await?;
        }
        let of_document = evidence_file::Column::DocumentId.eq(file.document_id);
        let versions = work.cx.rows::<evidence_file::Entity>(of_document).await?;
        for version in &versions {
            work.cx.remove(version).await?;
        }
        work.cx.take_off(versions.into_iter().map(|version| version.id)).await?;
        renew(work, &evidence).await?;
        Ok(Done::with("evidence", evidence.id))
    }
}

/// What an action was assured on stays. The programme office can remove it all the same, because a file that identifies a child
/// must not stay.
async fn keeps_proof(work: &Work, evidence: &evidence::Model) -> Result<(), Refusal> {
    let of_evidence = evidence_action::Column::EvidenceId.eq(evidence.id);
    let links = work.cx.rows::<evidence_action::Entity>(of_evidence).await?;
    let actions = action::Column::Id.is_in(links.into_iter().map(|link| link.action_id));
    let actions = work.cx.rows::<action::Entity>(actions).await?;
    if actions.iter().any(|action| action.status == ActionStatus::Assured.as_str()) {
        let message = "An action was assured on this evidence, whose files stay: only the programme office can remove one.";
        return Err(UserError::new(ErrorCode::Forbidden, "id", message).into());
    }
    Ok(())
}
