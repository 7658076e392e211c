//! A lead claims that an action is complete.

use domain::proof::{self, Need, Piece};
use domain::workflow::Act;
use entity::{action, evidence, evidence_action, step};
use sea_orm::ColumnTrait;
use serde::Deserialize;

use super::progress::{moved, write};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};

/// It is said to be complete.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionClaimComplete {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    summary: Option<String>,
}

impl Command for ActionClaimComplete {
    const OPERATION: Operation = Operation::ActionClaimComplete;
    const ABOUT: &'static str = "Claims that an action is complete. It needs every step done or struck out, and evidence that is neither refused nor expired.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("action", "Action")];

    fn target(&self) -> Target {
        Target::existing(&["Action"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.id, "id").await?;
        let claimed = moved(&action, Act::ClaimComplete, work)?;
        let steps = work.cx.rows::<step::Entity>(step::Column::ActionId.eq(action.id)).await?;
        let open = steps.iter().filter(|step| step.done_on.is_none() && step.struck_out_on.is_none());
        unmet(proof::claim_needs(open.count(), &pieces(&evidence_of(work, &action).await?)?, work.today()))?;
        let claimed = action::Model {
            claimed_on: Some(work.today()),
            claimed_by_id: work.acts_as(),
            claimed_by_subject: Some(work.subject()),
            claim_summary: self.summary,
            assured_on: None,
            assured_by_id: None,
            assurance_note: None,
            ..claimed
        };
        write(work, &action, claimed).await
    }
}

/// The evidence that belongs to an action, as far as whoever acts may see it: if a claim could rest on more, that it succeeds
/// would tell a partner what is hidden.
///
/// # Errors
/// The database does not answer.
pub(super) async fn evidence_of(
    work: &Work,
    action: &action::Model,
) -> Result<Vec<evidence::Model>, Refusal> {
    let of_action = evidence_action::Column::ActionId.eq(action.id);
    let links = work.cx.rows::<evidence_action::Entity>(of_action).await?;
    let ids: Vec<_> = links.iter().map(|link| link.evidence_id).collect();
    Ok(work.cx.visible_rows(&work.viewer, &ids).await?)
}

/// Evidence as the rules see it.
///
/// # Errors
/// The record holds a word that this version does not know.
pub(super) fn pieces<'a>(
    evidence: impl IntoIterator<Item = &'a evidence::Model>,
) -> Result<Vec<Piece>, Refusal> {
    let piece = |row: &evidence::Model| {
        Ok(Piece {
            strand: row.strand.parse()?,
            review: row.review_status.parse()?,
            expires_on: row.expires_on,
            speaks_of: row.period_end.unwrap_or(row.added_on),
            shows: row.shows.as_deref().map(str::parse).transpose()?,
        })
    };
    evidence.into_iter().map(piece).collect()
}

/// Refuses while something is missing, and says all of it.
///
/// # Errors
/// Something is.
pub(super) fn unmet(needs: impl IntoIterator<Item = Need>) -> Result<(), Refusal> {
    let errors = needs.into_iter().map(|need| UserError::invalid("id", need.to_string()));
    let errors: Vec<UserError> = errors.collect();
    Ok(all_well(errors)?)
}
