//! A challenge is answered, asked again, and closed.

use chrono::NaiveDate;
use domain::challenge::{ChallengeStatus, closing_needs_words};
use entity::challenge;
use serde::Deserialize;

use super::{PAYLOAD, check_day, with_status};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// Whoever was asked answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ChallengeAnswer {
    id: GlobalId,
    expected_version: i32,
    answer: String,
}

impl Command for ChallengeAnswer {
    const OPERATION: Operation = Operation::ChallengeAnswer;
    const ABOUT: &'static str =
        "Answers a challenge: whoever it was put to, and the programme office for anybody.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = PAYLOAD;

    fn target(&self) -> Target {
        Target::existing(&["Challenge"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: challenge::Model = work.find(&self.id, "id").await?;
        let after = challenge::Model {
            answer: Some(self.answer),
            answered_on: Some(work.today()),
            answered_by_id: work.acts_as(),
            still_asked: None,
            ..before.clone()
        };
        let after = work.cx.update(&before, with_status(after)).await?;
        Ok(Done::with("challenge", after.id))
    }
}

/// The answer is not enough, and the board asks again.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ChallengeAskAgain {
    id: GlobalId,
    expected_version: i32,
    still_asked: String,
    answer_by: NaiveDate,
}

impl Command for ChallengeAskAgain {
    const OPERATION: Operation = Operation::ChallengeAskAgain;
    const ABOUT: &'static str = "Says what the answer to a challenge leaves open, and asks again. The answer stays, in the challenge and in its history.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = PAYLOAD;

    fn target(&self) -> Target {
        Target::existing(&["Challenge"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        check_day(self.answer_by, work.today())?;
        let before: challenge::Model = work.find(&self.id, "id").await?;
        let still_asked = Some(self.still_asked);
        let after = challenge::Model { still_asked, answer_by: self.answer_by, ..before.clone() };
        let after = work.cx.update(&before, with_status(after)).await?;
        work.cx.tell_of_challenge(&after).await?;
        Ok(Done::with("challenge", after.id))
    }
}

/// The board closes a challenge.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ChallengeClose {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    note: Option<String>,
}

impl Command for ChallengeClose {
    const OPERATION: Operation = Operation::ChallengeClose;
    const ABOUT: &'static str =
        "Closes a challenge: the answer will do, or, with a word why, none is needed any more.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = PAYLOAD;

    fn target(&self) -> Target {
        Target::existing(&["Challenge"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: challenge::Model = work.find(&self.id, "id").await?;
        let status: ChallengeStatus = before.status.parse()?;
        if closing_needs_words(status) && self.note.is_none() {
            let message = "It waits for an answer: say why none is needed any more.";
            return Err(UserError::invalid("note", message).into());
        }
        let after = challenge::Model {
            closed_on: Some(work.today()),
            closed_by_id: work.acts_as(),
            closing_note: self.note,
            ..before.clone()
        };
        let after = work.cx.update(&before, with_status(after)).await?;
        Ok(Done::with("challenge", after.id))
    }
}
