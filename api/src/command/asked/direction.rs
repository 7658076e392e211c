//! Directions: recorded, corrected, revised by another, lifted.

use chrono::NaiveDate;
use entity::source;
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;

use super::source::{Common, blank, correct, record};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// A direction is recorded.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DirectionCreate {
    programme_id: GlobalId,
    title: String,
    #[serde(default)]
    issued_on: Option<NaiveDate>,
    #[serde(default)]
    published_on: Option<NaiveDate>,
    #[serde(default)]
    issuer_id: Option<GlobalId>,
}

impl Command for DirectionCreate {
    const OPERATION: Operation = Operation::DirectionCreate;
    const ABOUT: &'static str =
        "Records a statutory direction. One that replaces another is recorded by revising that one.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("direction", "Direction")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let row = source::Model {
            issued_on: self.issued_on,
            published_on: self.published_on,
            ..blank("DIRECTION", self.title, self.issuer_id.as_ref(), work).await?
        };
        record(row, "direction", work).await
    }
}

/// A direction's record is corrected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DirectionUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    title: Patch<String>,
    #[serde(default)]
    issued_on: Patch<NaiveDate>,
    #[serde(default)]
    published_on: Patch<NaiveDate>,
    #[serde(default)]
    issuer_id: Patch<GlobalId>,
}

impl Command for DirectionUpdate {
    const OPERATION: Operation = Operation::DirectionUpdate;
    const ABOUT: &'static str =
        "Corrects the record of a direction. Duties whose day is counted from its issue move with that day.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("direction", "Direction")];

    fn target(&self) -> Target {
        Target::existing(&["Direction"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: source::Model = work.find(&self.id, "id").await?;
        let common = Common {
            title: self.title,
            issued_on: self.issued_on,
            published_on: self.published_on,
            issuer_id: self.issuer_id,
        };
        let after = common.over(&before, work).await?;
        let after = correct(&before, after, work).await?;
        if after.issued_on != before.issued_on {
            super::duty::move_with_issue(&after, before.issued_on, work).await?;
        }
        Ok(Done::with("direction", after.id))
    }
}

/// A direction is replaced by another.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DirectionRevise {
    id: GlobalId,
    expected_version: i32,
    title: String,
    issued_on: NaiveDate,
    #[serde(default)]
    published_on: Option<NaiveDate>,
    #[serde(default)]
    issuer_id: Option<GlobalId>,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for DirectionRevise {
    const OPERATION: Operation = Operation::DirectionRevise;
    const ABOUT: &'static str = "Records the direction that replaces another. The old one is revised from the day on which the new one was issued.";
    const PAYLOAD: &'static [(&'static str, &'static str)] =
        &[("direction", "Direction"), ("revised", "Direction")];

    fn target(&self) -> Target {
        Target::existing(&["Direction"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let old: source::Model = work.find(&self.id, "id").await?;
        if let Some(on) = old.lifted_on {
            let message = format!("This direction was lifted on {on}: record the new one on its own.");
            return Err(UserError::illegal("id", message).into());
        }
        let by = Condition::all().add(source::Column::SupersedesId.eq(old.id));
        if let Some(by) = work.cx.rows::<source::Entity>(by).await?.first() {
            let message = format!("\"{}\" has replaced this direction already: revise that one.", by.title);
            return Err(UserError::illegal("id", message).into());
        }
        if let Some(on) = old.issued_on.filter(|on| self.issued_on < *on) {
            let message = format!("The direction that it replaces was issued on {on}: give a later day.");
            return Err(UserError::invalid("issuedOn", message).into());
        }
        let blank = blank("DIRECTION", self.title, self.issuer_id.as_ref(), work).await?;
        let row = source::Model {
            issued_on: Some(self.issued_on),
            published_on: self.published_on,
            issuer_id: blank.issuer_id.or(old.issuer_id),
            supersedes_id: Some(old.id),
            ..blank
        };
        let done = record(row, "direction", work).await?;
        // Whether it binds changes, although no column of it does.
        work.cx.touch(&old).await?;
        Ok(done.and("revised", old.id))
    }
}

/// A direction is lifted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DirectionLift {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    lifted_on: Option<NaiveDate>,
    reason: String,
}

impl Command for DirectionLift {
    const OPERATION: Operation = Operation::DirectionLift;
    const ABOUT: &'static str = "Records that a direction was lifted, or will be on a day to come.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("direction", "Direction")];

    fn target(&self) -> Target {
        Target::existing(&["Direction"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        Some(&self.reason)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: source::Model = work.find(&self.id, "id").await?;
        if let Some(on) = before.lifted_on.filter(|on| *on <= work.today()) {
            let message = format!("This direction was lifted on {on}: that is final.");
            return Err(UserError::illegal("id", message).into());
        }
        let lifted_on = Some(self.lifted_on.unwrap_or(work.today()));
        let after = source::Model { lifted_on, ..before.clone() };
        let after = correct(&before, after, work).await?;
        Ok(Done::with("direction", after.id))
    }
}
