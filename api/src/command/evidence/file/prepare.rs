//! A file is announced.

use domain::document::UploadPurpose;
use domain::file::FileType;
use entity::{evidence, upload};
use serde::Deserialize;

use crate::authz::operation::Operation;
use crate::command::announce::{Announcement, check, has_room};
use crate::command::input::GlobalId;
use crate::command::refusal::Refusal;
use crate::command::{Command, Done, Target, Work};
use crate::store::uploads::KEPT;

/// A file is announced.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::command::evidence) struct EvidenceFilePrepare {
    evidence_id: GlobalId,
    name: String,
    media_type: String,
    size: i64,
    sha256: String,
}

impl Command for EvidenceFilePrepare {
    const OPERATION: Operation = Operation::EvidenceFilePrepare;
    const ABOUT: &'static str = "Announces a file for evidence, and says where its bytes are to be sent. Nothing changes until it is attached.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("upload", "Upload")];

    fn target(&self) -> Target {
        Target::whole(&["Evidence"], "evidenceId", &self.evidence_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let evidence: evidence::Model = work.find(&self.evidence_id, "evidenceId").await?;
        let given = Announcement {
            name: &self.name,
            media_type: &self.media_type,
            size: self.size,
            sha256: &self.sha256,
        };
        let announced = check(&given, FileType::ALL, work.file_limits.largest)?;
        has_room(work, UploadPurpose::Evidence, self.size).await?;
        let row = announced.upload(work, self.name, UploadPurpose::Evidence, KEPT)?;
        let row = upload::Model { evidence_id: Some(evidence.id), ..row };
        let id = row.id;
        work.cx.announce(row).await?;
        Ok(Done::with("upload", id))
    }
}
