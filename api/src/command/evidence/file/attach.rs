//! A file that was sent becomes part of the evidence, as a document of its own or as the next version of one.

use domain::file::{MOST_DOCUMENTS, MOST_VERSIONS, Scan};
use entity::{evidence, evidence_file, upload};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;

use super::renew;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};
use crate::store::ids;
use crate::store::table::Table;

/// The fields of the input that errors are about.
const UPLOAD: &str = "uploadId";
const REPLACES: &str = "replacesId";

/// A file that was sent becomes part of evidence.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::command::evidence) struct EvidenceFileAttach {
    evidence_id: GlobalId,
    expected_version: i32,
    upload_id: GlobalId,
    #[serde(default)]
    replaces_id: Option<GlobalId>,
}

impl Command for EvidenceFileAttach {
    const OPERATION: Operation = Operation::EvidenceFileAttach;
    const ABOUT: &'static str = "Makes a file that was sent part of the evidence, or the next version of one. The evidence has to be reviewed anew.";
    const PAYLOAD: &'static [(&'static str, &'static str)] =
        &[("evidence", "Evidence"), ("file", "EvidenceFile")];

    fn target(&self) -> Target {
        Target::existing_at(&["Evidence"], "evidenceId", &self.evidence_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let evidence: evidence::Model = work.find(&self.evidence_id, "evidenceId").await?;
        let key = work.key(&self.upload_id, Table::Upload, UPLOAD)?;
        let upload = work.cx.own_upload(&work.viewer, key).await?;
        let upload = upload.ok_or_else(|| UserError::not_found(UPLOAD))?;
        check(&upload, &evidence, work)?;
        let replaced: Option<evidence_file::Model> =
            work.find_some(self.replaces_id.as_ref(), REPLACES).await?;
        match &replaced {
            Some(replaced) => can_be_replaced(replaced, &evidence)?,
            None => can_have_another(work, &evidence).await?,
        }
        let (document_id, number) =
            replaced.as_ref().map_or((upload.id, 1), |old| (old.document_id, old.number + 1));
        if let Some(old) = replaced {
            let past = evidence_file::Model { is_current: false, ..old.clone() };
            work.cx.update(&old, past).await?;
        }
        let id = upload.id;
        work.cx.create(row(work, upload, &evidence, (document_id, number))).await?;
        work.cx.mark_attached(id, true).await?;
        renew(work, &evidence).await?;
        Ok(Done::with("evidence", evidence.id).and("file", id))
    }
}

/// Whether an upload can be attached to this evidence now.
fn check(upload: &upload::Model, evidence: &evidence::Model, work: &Work) -> Result<(), Refusal> {
    let message = if upload.evidence_id.is_none() {
        "This is a document for import: for evidence, announce the file anew by evidenceFilePrepare."
            .to_owned()
    } else if upload.evidence_id != Some(evidence.id) {
        "This was announced for other evidence: attach it there, or announce it anew for this.".to_owned()
    } else if upload.is_attached {
        format!("This is attached already, as the file {}.", ids::encode("fil", upload.id))
    } else if upload.expires_at <= work.now() {
        "This has waited too long, or was taken off again: announce the file anew.".to_owned()
    } else if upload.received_at.is_none() {
        "Its bytes have not come yet, or were not those that were announced: send them to the upload's target by PUT.".to_owned()
    } else if upload.scan.parse::<Scan>()? == Scan::Infected {
        "The scanner found malicious content in this file: it is not taken. Have the device that it comes from looked at."
            .to_owned()
    } else {
        return Ok(());
    };
    Err(UserError::invalid(UPLOAD, message).into())
}

/// Whether a file can get a next version in this evidence.
fn can_be_replaced(file: &evidence_file::Model, evidence: &evidence::Model) -> Result<(), UserError> {
    let message = if file.evidence_id != evidence.id {
        "This is a file of other evidence.".to_owned()
    } else if !file.is_current {
        "There is a newer version of this already: name the current one, which the evidence shows.".to_owned()
    } else if file.number >= MOST_VERSIONS {
        format!("A document has {MOST_VERSIONS} versions at most: attach this as a document of its own.")
    } else {
        return Ok(());
    };
    Err(UserError::invalid(REPLACES, message))
}

/// Whether the evidence can have another document.
async fn can_have_another(work: &Work, evidence: &evidence::Model) -> Result<(), Refusal> {
    let current = Condition::all()
        .add(evidence_file::Column::EvidenceId.eq(evidence.id))
        .add(evidence_file::Column::IsCurrent.eq(true));
    if work.cx.rows::<evidence_file::Entity>(current).await?.len() >= MOST_DOCUMENTS {
        let message = format!(
            "Evidence has {MOST_DOCUMENTS} documents at most: add further evidence, or give the next version of one (replacesId)."
        );
        return Err(UserError::invalid(UPLOAD, message).into());
    }
    Ok(())
}

fn row(
    work: &Work,
    upload: upload::Model,
    evidence: &evidence::Model,
    (document_id, number): (uuid::Uuid, i32),
) -> evidence_file::Model {
    evidence_file::Model {
        id: upload.id,
        programme_id: upload.programme_id,
        evidence_id: evidence.id,
        document_id,
        number,
        is_current: true,
        name: upload.name,
        media_type: upload.media_type,
        size_bytes: upload.size_bytes,
        sha256: upload.sha256,
        scan: upload.scan,
        added_on: work.today(),
        added_by_id: work.acts_as(),
        added_by_subject: Some(work.subject()),
        is_illustrative: false,
        version: 1,
        created_at: work.now(),
        updated_at: work.now(),
    }
}
