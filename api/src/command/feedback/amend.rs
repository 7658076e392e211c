//! The record of what people said is corrected.

use chrono::NaiveDate;
use domain::voice::{Gathering, Speakers};
use entity::feedback;
use serde::Deserialize;

use super::about::{Links, actions, requirements};
use super::faults;
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};

/// The record of what people said is corrected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FeedbackAmend {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    said_by: Patch<Speakers>,
    #[serde(default)]
    gathered_by: Patch<Gathering>,
    #[serde(default)]
    period_start: Patch<NaiveDate>,
    #[serde(default)]
    period_end: Patch<NaiveDate>,
    #[serde(default)]
    said: Patch<String>,
    #[serde(default)]
    speaker_count: Patch<i32>,
    #[serde(default)]
    theme: Patch<String>,
    #[serde(default)]
    done: Patch<String>,
    #[serde(default)]
    done_on: Patch<NaiveDate>,
    #[serde(default)]
    told: Patch<String>,
    #[serde(default)]
    told_on: Patch<NaiveDate>,
    #[serde(default)]
    action_ids: Patch<Vec<GlobalId>>,
    #[serde(default)]
    requirement_ids: Patch<Vec<GlobalId>>,
}

impl Command for FeedbackAmend {
    const OPERATION: Operation = Operation::FeedbackAmend;
    const ABOUT: &'static str = "Corrects the record of what people said and of what it is about, or takes back that it was answered.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("feedback", "Feedback")];

    fn target(&self) -> Target {
        Target::existing(&["Feedback"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: feedback::Model = work.find(&self.id, "id").await?;
        let links = Links::of(work, &before).await?;
        let (old_actions, old_requirements) = (links.action_ids(), links.requirement_ids());
        let actions = match &self.action_ids {
            Patch::Keep => old_actions,
            Patch::Clear => actions(work, &[], &old_actions).await?,
            Patch::Set(ids) => actions(work, ids, &old_actions).await?,
        };
        let requirements = match &self.requirement_ids {
            Patch::Keep => old_requirements,
            Patch::Clear => requirements(work, &[], &old_requirements).await?,
            Patch::Set(ids) => requirements(work, ids, &old_requirements).await?,
        };
        let before =
            if links.differ(&actions, &requirements) { work.cx.touch(&before).await? } else { before };
        let after = self.over(&before)?;
        all_well(faults(&after, work.today()))?;
        let after = work.cx.update(&before, after).await?;
        links.become_these(work, &after, (actions, requirements)).await?;
        Ok(Done::with("feedback", after.id))
    }
}

impl FeedbackAmend {
    fn over(self, before: &feedback::Model) -> Result<feedback::Model, Refusal> {
        let said_by: Speakers = before.said_by.parse()?;
        let gathered_by: Gathering = before.gathered_by.parse()?;
        let done = before.done.clone().zip(before.done_on);
        let done = corrected(done, (self.done, self.done_on), ("done", "doneOn", "feedbackAct"))?;
        let told = before.told.clone().zip(before.told_on);
        let told = corrected(told, (self.told, self.told_on), ("told", "toldOn", "feedbackTell"))?;
        let ((done, done_on), (told, told_on)) = (done.unzip(), told.unzip());
        Ok(feedback::Model {
            said_by: self.said_by.required(said_by, "saidBy")?.as_str().to_owned(),
            gathered_by: self.gathered_by.required(gathered_by, "gatheredBy")?.as_str().to_owned(),
            period_start: self.period_start.required(before.period_start, "periodStart")?,
            period_end: self.period_end.required(before.period_end, "periodEnd")?,
            said: self.said.required(before.said.clone(), "said")?,
            speaker_count: self.speaker_count.over(before.speaker_count),
            theme: self.theme.over(before.theme.clone()),
            done,
            done_on,
            told,
            told_on,
            ..before.clone()
        })
    }
}

/// An answer with its words or its day corrected, or taken back whole. The first time it is given by an act of its own.
fn corrected(
    answer: Option<(String, NaiveDate)>,
    (words, on): (Patch<String>, Patch<NaiveDate>),
    (path, on_path, act): (&str, &str, &str),
) -> Result<Option<(String, NaiveDate)>, UserError> {
    match answer {
        _ if words == Patch::Clear => Ok(None),
        Some((said, day)) => Ok(Some((words.required(said, path)?, on.required(day, on_path)?))),
        None if words.is_given() || on.is_given() => {
            let message = format!("There is nothing here to correct yet: {act} records it, with its day.");
            Err(UserError::invalid(if words.is_given() { path } else { on_path }, message))
        }
        None => Ok(None),
    }
}
