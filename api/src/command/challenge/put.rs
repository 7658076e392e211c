//! The board puts a challenge, and moves the day by which it is to be answered.

use chrono::NaiveDate;
use domain::Role;
use entity::{action, challenge, party, programme};
use serde::Deserialize;
use uuid::Uuid;

use super::{PAYLOAD, check_day};
use crate::authz::operation::Operation;
use crate::authz::viewer::{Standing, Viewer};
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// The board puts a challenge to the council or to a partner.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ChallengePut {
    programme_id: GlobalId,
    text: String,
    put_to_id: GlobalId,
    answer_by: NaiveDate,
    #[serde(default)]
    action_id: Option<GlobalId>,
}

impl Command for ChallengePut {
    const OPERATION: Operation = Operation::ChallengePut;
    const ABOUT: &'static str = "Puts a challenge to the council or to a partner, to be answered by a day. They are told by a notice.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = PAYLOAD;

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let today = work.today();
        check_day(self.answer_by, today)?;
        let put_to: party::Model = work.find_of(&["Organisation"], &self.put_to_id, "putToId").await?;
        let action: Option<action::Model> = work.find_some(self.action_id.as_ref(), "actionId").await?;
        if let Some(action) = &action
            && !is_seen_by(work, put_to.id, action).await?
        {
            let message = "Whoever is to answer does not see this action: ask without naming it, or once its plan is agreed.";
            return Err(UserError::invalid("actionId", message).into());
        }
        let days = (today, self.answer_by);
        let row = challenge::Model {
            action_id: action.map(|action| action.id),
            put_by_id: work.acts_as(),
            ..challenge::Model::put(work.programme()?, self.text, put_to.id, days, work.now())
        };
        work.cx.create(row.clone()).await?;
        work.cx.tell_of_challenge(&row).await?;
        Ok(Done::with("challenge", row.id))
    }
}

/// Whether those who answer for an organisation see an action: the council's officers see all, others what a partner sees.
async fn is_seen_by(work: &Work, organisation: Uuid, action: &action::Model) -> Result<bool, Refusal> {
    let programme: Option<programme::Model> = work.cx.row(action.programme_id).await?;
    if programme.is_some_and(|programme| programme.authority_id == organisation) {
        return Ok(true);
    }
    let partner = Standing {
        membership_id: Uuid::nil(),
        programme_id: Some(action.programme_id),
        role: Role::Partner,
        organisation_id: Some(organisation),
        person_id: None,
        is_chair: false,
        is_programme_office: false,
    };
    let partner = Viewer { standings: vec![partner], today: work.today(), ..Viewer::default() };
    let seen: Option<action::Model> = work.cx.visible_row(&partner, action.id).await?;
    Ok(seen.is_some())
}

/// The day by which it is to be answered moves.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ChallengeAmend {
    id: GlobalId,
    expected_version: i32,
    answer_by: NaiveDate,
    reason: String,
}

impl Command for ChallengeAmend {
    const OPERATION: Operation = Operation::ChallengeAmend;
    const ABOUT: &'static str =
        "Moves the day by which a challenge is to be answered. The old one and the reason stay visible.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = PAYLOAD;

    fn target(&self) -> Target {
        Target::existing(&["Challenge"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        Some(&self.reason)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        check_day(self.answer_by, work.today())?;
        let before: challenge::Model = work.find(&self.id, "id").await?;
        let after = challenge::Model { answer_by: self.answer_by, ..before.clone() };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("challenge", after.id))
    }
}
