//! Evidence is accepted or refused.

use entity::evidence;
use serde::Deserialize;

use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

domain::vocabulary! {
    /// What a reviewer can find.
    Verdict {
        /// It shows what it claims.
        Accepted = "ACCEPTED",
        /// It does not.
        Refused = "REFUSED",
    }
}

/// Evidence is accepted or refused.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EvidenceReview {
    id: GlobalId,
    expected_version: i32,
    status: Verdict,
    #[serde(default)]
    note: Option<String>,
}

impl Command for EvidenceReview {
    const OPERATION: Operation = Operation::EvidenceReview;
    const ABOUT: &'static str =
        "Accepts or refuses evidence as proof. Nobody reviews what they added themselves.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("evidence", "Evidence")];

    fn target(&self) -> Target {
        Target::existing(&["Evidence"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        if self.status == Verdict::Refused && self.note.is_none() {
            let message = "Say in the note why it is refused: whoever added it has to mend it.";
            return Err(UserError::invalid("note", message).into());
        }
        let before: evidence::Model = work.find(&self.id, "id").await?;
        let after = evidence::Model {
            review_status: self.status.as_str().to_owned(),
            review_note: self.note,
            reviewed_on: Some(work.today()),
            reviewed_by_id: work.acts_as(),
            reviewed_by_subject: Some(work.subject()),
            ..before.clone()
        };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("evidence", after.id))
    }
}

/// Evidence of which something has changed that a review was about: it has to be looked at anew.
pub(super) fn to_be_reviewed(evidence: evidence::Model) -> evidence::Model {
    evidence::Model {
        review_status: "SUBMITTED".to_owned(),
        review_note: None,
        reviewed_on: None,
        reviewed_by_id: None,
        reviewed_by_subject: None,
        ..evidence
    }
}
