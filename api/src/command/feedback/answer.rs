//! What came of what people said: what was done, and that they were told.

use chrono::NaiveDate;
use entity::feedback;
use serde::Deserialize;

use super::faults;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, all_well};
use crate::command::{Command, Done, Target, Work};

/// It is recorded what was done.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FeedbackAct {
    id: GlobalId,
    expected_version: i32,
    done: String,
    #[serde(default)]
    done_on: Option<NaiveDate>,
}

impl Command for FeedbackAct {
    const OPERATION: Operation = Operation::FeedbackAct;
    const ABOUT: &'static str = "Records what was done about what people said. Where they were told before that day, they have to be told again.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("feedback", "Feedback")];

    fn target(&self) -> Target {
        Target::existing(&["Feedback"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: feedback::Model = work.find(&self.id, "id").await?;
        let done_on = self.done_on.or(Some(work.today()));
        let after = feedback::Model { done: Some(self.done), done_on, ..before.clone() };
        answered(work, &before, after).await
    }
}

/// It is recorded that they were told.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FeedbackTell {
    id: GlobalId,
    expected_version: i32,
    told: String,
    #[serde(default)]
    told_on: Option<NaiveDate>,
}

impl Command for FeedbackTell {
    const OPERATION: Operation = Operation::FeedbackTell;
    const ABOUT: &'static str =
        "Records when and how those who spoke were told what came of it, also where nothing could be done.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("feedback", "Feedback")];

    fn target(&self) -> Target {
        Target::existing(&["Feedback"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: feedback::Model = work.find(&self.id, "id").await?;
        let told_on = self.told_on.or(Some(work.today()));
        let after = feedback::Model { told: Some(self.told), told_on, ..before.clone() };
        answered(work, &before, after).await
    }
}

async fn answered(
    work: &mut Work,
    before: &feedback::Model,
    after: feedback::Model,
) -> Result<Done, Refusal> {
    all_well(faults(&after, work.today()))?;
    let after = work.cx.update(before, after).await?;
    Ok(Done::with("feedback", after.id))
}
