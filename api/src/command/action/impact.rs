//! It is judged what difference an action made.

use std::collections::HashSet;

use domain::proof::{self, Impact};
use entity::{action, evidence, impact_evidence};
use sea_orm::ColumnTrait;
use serde::Deserialize;

use super::claim::{evidence_of, pieces};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// At most so many pieces of evidence are named.
const MOST_PIECES: usize = 100;

/// The difference is judged.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionJudgeImpact {
    id: GlobalId,
    expected_version: i32,
    impact: Impact,
    summary: String,
    #[serde(default)]
    evidence_ids: Option<Vec<GlobalId>>,
}

impl Command for ActionJudgeImpact {
    const OPERATION: Operation = Operation::ActionJudgeImpact;
    const ABOUT: &'static str = "Judges what difference an action made for children, on evidence. A later judgement takes the place of an earlier.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("action", "Action")];

    fn target(&self) -> Target {
        Target::existing(&["Action"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.id, "id").await?;
        let named = self.named(work, &action).await?;
        if let Some(need) = proof::impact_needs(self.impact, &pieces(&named)?, work.today()) {
            return Err(UserError::invalid("evidenceIds", need.to_string()).into());
        }
        let judged = action::Model {
            impact: Some(self.impact.as_str().to_owned()),
            impact_summary: Some(self.summary),
            impact_on: Some(work.today()),
            impact_by_id: work.acts_as(),
            ..action.clone()
        };
        let judged = work.cx.update(&action, judged).await?;
        replace(work, judged, &named).await?;
        Ok(Done::with("action", action.id))
    }
}

impl ActionJudgeImpact {
    /// The evidence that the judgement rests on: attached to the action, and not refused.
    async fn named(&self, work: &Work, action: &action::Model) -> Result<Vec<evidence::Model>, Refusal> {
        let ids = self.evidence_ids.as_deref().unwrap_or_default();
        if ids.len() > MOST_PIECES {
            let message = format!("These are {}; {MOST_PIECES} is the limit.", ids.len());
            return Err(UserError::invalid("evidenceIds", message).into());
        }
        let place = |at: usize| format!("evidenceIds.{at}");
        let named: Vec<evidence::Model> = work.find_each(ids, place).await?;
        let attached: HashSet<_> = evidence_of(work, action).await?.iter().map(|piece| piece.id).collect();
        let mut seen = HashSet::new();
        let wrong = named.iter().enumerate().filter_map(|(at, piece)| {
            let message = if !attached.contains(&piece.id) {
                "This is not attached to the action: attach it first."
            } else if piece.review_status == proof::Review::Refused.as_str() {
                "This was refused as proof: name what was not."
            } else if !seen.insert(piece.id) {
                "This is named before: name each once."
            } else {
                return None;
            };
            Some(UserError::invalid(&place(at), message))
        });
        let wrong: Vec<UserError> = wrong.collect();
        if wrong.is_empty() { Ok(named) } else { Err(wrong.into()) }
    }
}

/// The judgement rests on these pieces and no others.
async fn replace(work: &mut Work, action: action::Model, named: &[evidence::Model]) -> Result<(), Refusal> {
    let of_action = impact_evidence::Column::ActionId.eq(action.id);
    let old = work.cx.rows::<impact_evidence::Entity>(of_action).await?;
    let new: Vec<impact_evidence::Model> = named
        .iter()
        .map(|piece| impact_evidence::Model {
            programme_id: action.programme_id,
            action_id: action.id,
            evidence_id: piece.id,
        })
        .collect();
    let gone: Vec<_> = old.iter().filter(|row| !new.contains(row)).collect();
    let come: Vec<_> = new.iter().filter(|row| !old.contains(row)).cloned().collect();
    if gone.is_empty() && come.is_empty() {
        return Ok(());
    }
    work.cx.touch(&action).await?;
    for row in gone {
        work.cx.detach(row).await?;
    }
    Ok(work.cx.attach_all(come).await?)
}
