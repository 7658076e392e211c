//! What a review found.

use entity::{finding, source};
use import::programme::FindingKind;
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::Refusal;
use crate::command::{Command, Done, Target, Work};

/// A finding is recorded.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FindingCreate {
    review_id: GlobalId,
    kind: FindingKind,
    text: String,
    #[serde(default)]
    theme: Option<String>,
}

impl Command for FindingCreate {
    const OPERATION: Operation = Operation::FindingCreate;
    const ABOUT: &'static str = "Records a strength, or an area for consideration, that a review found.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("finding", "Finding"), ("review", "Review")];

    fn target(&self) -> Target {
        Target::whole(&["Review"], "reviewId", &self.review_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let review: source::Model = work.find(&self.review_id, "reviewId").await?;
        let of_review = Condition::all().add(finding::Column::SourceId.eq(review.id));
        let last = work.cx.rows::<finding::Entity>(of_review).await?.iter().map(|row| row.position).max();
        let row = finding::Model {
            id: Uuid::now_v7(),
            programme_id: review.programme_id,
            source_id: review.id,
            position: last.unwrap_or(0).saturating_add(1),
            kind: self.kind.to_string(),
            text: self.text,
            theme: self.theme,
            version: 1,
            created_at: work.now(),
            updated_at: work.now(),
        };
        let id = row.id;
        work.cx.create(row).await?;
        Ok(Done::with("finding", id).and("review", review.id))
    }
}

/// A finding's record is corrected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FindingUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    kind: Patch<FindingKind>,
    #[serde(default)]
    text: Patch<String>,
    #[serde(default)]
    theme: Patch<String>,
}

impl Command for FindingUpdate {
    const OPERATION: Operation = Operation::FindingUpdate;
    const ABOUT: &'static str = "Corrects the record of a finding.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("finding", "Finding")];

    fn target(&self) -> Target {
        Target::existing(&["Finding"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: finding::Model = work.find(&self.id, "id").await?;
        let kind = self.kind.required(before.kind.parse()?, "kind")?;
        let after = finding::Model {
            kind: kind.to_string(),
            text: self.text.required(before.text.clone(), "text")?,
            theme: self.theme.over(before.theme.clone()),
            ..before.clone()
        };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("finding", after.id))
    }
}
