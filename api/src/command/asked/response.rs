//! How a recommendation is answered, and who confirms that it is implemented.

use chrono::NaiveDate;
use domain::{ResponseStatus, Role};
use entity::{requirement, source};
use serde::Deserialize;

use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// The council answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RecommendationRespond {
    id: GlobalId,
    expected_version: i32,
    status: ResponseStatus,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    responded_on: Option<NaiveDate>,
}

impl Command for RecommendationRespond {
    const OPERATION: Operation = Operation::RecommendationRespond;
    const ABOUT: &'static str = "Records how the council answers a recommendation. A later answer replaces it; the history keeps both.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("recommendation", "Recommendation")];

    fn target(&self) -> Target {
        Target::existing(&["Recommendation"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: requirement::Model = work.find(&self.id, "id").await?;
        let needs_reason =
            matches!(self.status, ResponseStatus::Rejected | ResponseStatus::PartiallyAccepted);
        if needs_reason && self.reason.is_none() {
            let message = format!("An answer of {} needs a reason: say why.", self.status);
            return Err(UserError::invalid("reason", message).into());
        }
        let on = day(self.responded_on, "respondedOn", &before, work).await?;
        let after = requirement::Model {
            response_status: Some(self.status.as_str().to_owned()),
            response_reason: self.reason,
            responded_on: Some(on),
            responded_by_id: work.acts_as(),
            ..before.clone()
        };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("recommendation", after.id))
    }
}

/// The body that made it, or the board on its behalf, confirms.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RecommendationConfirm {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    confirmed_on: Option<NaiveDate>,
}

impl Command for RecommendationConfirm {
    const OPERATION: Operation = Operation::RecommendationConfirm;
    const ABOUT: &'static str = "Confirms that a recommendation is implemented: by the body that made it, or by the board on its \
        behalf, which must say on what grounds.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("recommendation", "Recommendation")];

    fn target(&self) -> Target {
        Target::existing(&["Recommendation"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.note.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: requirement::Model = work.find(&self.id, "id").await?;
        if let Some(on) = before.confirmed_on {
            let message = format!("This was confirmed on {on} already.");
            return Err(UserError::illegal("id", message).into());
        }
        let source: Option<source::Model> = work.cx.row(before.source_id).await?;
        let issuer = source.and_then(|source| source.issuer_id);
        let speaks_for_issuer = issuer.is_some_and(|issuer| {
            work.viewer.standings_as(&[Role::Partner]).any(|standing| {
                standing.programme_id == Some(before.programme_id) && standing.organisation_id == Some(issuer)
            })
        });
        if !speaks_for_issuer && self.note.is_none() {
            let message = "The board confirms on behalf of the body that made this: say on what grounds.";
            return Err(UserError::invalid("note", message).into());
        }
        let on = day(self.confirmed_on, "confirmedOn", &before, work).await?;
        let after = requirement::Model {
            confirmed_on: Some(on),
            confirmed_by_id: if speaks_for_issuer { issuer } else { work.acts_as() },
            confirmation_note: self.note,
            is_confirmed_on_behalf: !speaks_for_issuer,
            ..before.clone()
        };
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("recommendation", after.id))
    }
}

/// The day of an answer: today unless said otherwise, no day to come, and none before the demand was made.
async fn day(
    given: Option<NaiveDate>,
    path: &str,
    of: &requirement::Model,
    work: &Work,
) -> Result<NaiveDate, Refusal> {
    let on = given.unwrap_or(work.today());
    if on > work.today() {
        let message = format!("This day is still to come: give {} or an earlier one.", work.today());
        return Err(UserError::invalid(path, message).into());
    }
    let source: Option<source::Model> = work.cx.row(of.source_id).await?;
    if let Some(issued) = source.and_then(|source| source.issued_on).filter(|issued| on < *issued) {
        let message = format!("The recommendation was made on {issued}: give that day or a later one.");
        return Err(UserError::invalid(path, message).into());
    }
    Ok(on)
}
