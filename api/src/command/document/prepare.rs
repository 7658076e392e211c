//! A document for import is announced.

use domain::document::{DocumentKind, KEPT, UploadPurpose};
use serde::Deserialize;

use crate::authz::operation::Operation;
use crate::command::announce::{Announcement, check, has_room};
use crate::command::input::GlobalId;
use crate::command::refusal::Refusal;
use crate::command::{Command, Done, Target, Work};

/// A document for import is announced.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DocumentPrepare {
    programme_id: GlobalId,
    kind: DocumentKind,
    name: String,
    media_type: String,
    size: i64,
    sha256: String,
}

impl Command for DocumentPrepare {
    const OPERATION: Operation = Operation::DocumentPrepare;
    const ABOUT: &'static str = "Announces a plan or an inspection report for import, and says where its bytes are to be sent. It is read once they have come, and \
         waits for thirty days to be imported.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("upload", "Upload")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let given = Announcement {
            name: &self.name,
            media_type: &self.media_type,
            size: self.size,
            sha256: &self.sha256,
        };
        let largest = self.kind.largest().min(work.file_limits.largest);
        let announced = check(&given, self.kind.types(), largest)?;
        has_room(work, UploadPurpose::Import, self.size).await?;
        let row = announced.upload(work, self.name, UploadPurpose::Import, KEPT)?;
        let id = row.id;
        work.cx.announce_document(row, self.kind).await?;
        Ok(Done::with("upload", id))
    }
}
