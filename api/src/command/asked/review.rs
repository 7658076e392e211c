//! Reviews: by peers, commissioners, auditors, scrutiny.

use chrono::NaiveDate;
use entity::source;
use import::programme::ReviewKind;
use serde::Deserialize;

use super::source::{Common, blank, correct, record};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::Refusal;
use crate::command::{Command, Done, Target, Work};

/// A review is recorded.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReviewCreate {
    programme_id: GlobalId,
    title: String,
    kind: ReviewKind,
    #[serde(default)]
    issued_on: Option<NaiveDate>,
    #[serde(default)]
    published_on: Option<NaiveDate>,
    #[serde(default)]
    issuer_id: Option<GlobalId>,
}

impl Command for ReviewCreate {
    const OPERATION: Operation = Operation::ReviewCreate;
    const ABOUT: &'static str = "Records a review.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("review", "Review")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let row = source::Model {
            review_kind: Some(self.kind.to_string()),
            issued_on: self.issued_on,
            published_on: self.published_on,
            ..blank("REVIEW", self.title, self.issuer_id.as_ref(), work).await?
        };
        record(row, "review", work).await
    }
}

/// A review's record is corrected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReviewUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    title: Patch<String>,
    #[serde(default)]
    kind: Patch<ReviewKind>,
    #[serde(default)]
    issued_on: Patch<NaiveDate>,
    #[serde(default)]
    published_on: Patch<NaiveDate>,
    #[serde(default)]
    issuer_id: Patch<GlobalId>,
}

impl Command for ReviewUpdate {
    const OPERATION: Operation = Operation::ReviewUpdate;
    const ABOUT: &'static str = "Corrects the record of a review.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("review", "Review")];

    fn target(&self) -> Target {
        Target::existing(&["Review"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: source::Model = work.find(&self.id, "id").await?;
        let kind: ReviewKind = before.review_kind.clone().unwrap_or_default().parse()?;
        let common = Common {
            title: self.title,
            issued_on: self.issued_on,
            published_on: self.published_on,
            issuer_id: self.issuer_id,
        };
        let after = source::Model {
            review_kind: Some(self.kind.required(kind, "kind")?.to_string()),
            ..common.over(&before, work).await?
        };
        let after = correct(&before, after, work).await?;
        Ok(Done::with("review", after.id))
    }
}
