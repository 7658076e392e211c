//! What people said is recorded.

use chrono::NaiveDate;
use domain::voice::{Gathering, Speakers};
use entity::feedback;
use serde::Deserialize;
use uuid::Uuid;

use super::about::{Links, actions, requirements};
use super::faults;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, all_well};
use crate::command::{Command, Done, Target, Work};

/// What people said is recorded.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FeedbackAdd {
    programme_id: GlobalId,
    said_by: Speakers,
    gathered_by: Gathering,
    period_start: NaiveDate,
    period_end: NaiveDate,
    said: String,
    #[serde(default)]
    speaker_count: Option<i32>,
    #[serde(default)]
    theme: Option<String>,
    #[serde(default)]
    action_ids: Option<Vec<GlobalId>>,
    #[serde(default)]
    requirement_ids: Option<Vec<GlobalId>>,
}

impl Command for FeedbackAdd {
    const OPERATION: Operation = Operation::FeedbackAdd;
    const ABOUT: &'static str = "Records what people said, in aggregate. A lead's is about at least one of the actions that they lead.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("feedback", "Feedback")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let actions = actions(work, self.action_ids.as_deref().unwrap_or_default(), &[]).await?;
        let requirements =
            requirements(work, self.requirement_ids.as_deref().unwrap_or_default(), &[]).await?;
        let row = self.row(work)?;
        all_well(faults(&row, work.today()))?;
        work.cx.create(row.clone()).await?;
        Links::none().become_these(work, &row, (actions, requirements)).await?;
        Ok(Done::with("feedback", row.id))
    }
}

impl FeedbackAdd {
    fn row(self, work: &Work) -> Result<feedback::Model, Refusal> {
        Ok(feedback::Model {
            id: Uuid::now_v7(),
            programme_id: work.programme()?,
            said_by: self.said_by.as_str().to_owned(),
            gathered_by: self.gathered_by.as_str().to_owned(),
            period_start: self.period_start,
            period_end: self.period_end,
            speaker_count: self.speaker_count,
            theme: self.theme,
            said: self.said,
            done: None,
            done_on: None,
            told: None,
            told_on: None,
            is_illustrative: false,
            version: 1,
            created_at: work.now(),
            updated_at: work.now(),
        })
    }
}
