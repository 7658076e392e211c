//! A document goes, with what was read of it: it held what nobody may keep.

use entity::source_document;
use serde::Deserialize;

use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::Refusal;
use crate::command::{Command, Done, Target, Work};

/// A document that something was imported from is removed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SourceDocumentRemove {
    id: GlobalId,
    expected_version: i32,
    reason: String,
}

impl Command for SourceDocumentRemove {
    const OPERATION: Operation = Operation::SourceDocumentRemove;
    const ABOUT: &'static str = "Removes a document that something was imported from, and its bytes for good. What was imported stays, with its place in the document.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("programme", "Programme")];

    fn target(&self) -> Target {
        Target::existing(&["SourceDocument"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        Some(&self.reason)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let document: source_document::Model = work.find(&self.id, "id").await?;
        work.cx.remove_document(&document).await?;
        Ok(Done::with("programme", document.programme_id))
    }
}
