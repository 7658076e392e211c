//! The board accepts a claim, or refuses it.

use domain::proof;
use domain::workflow::Act;
use entity::{action, plan};
use serde::Deserialize;

use super::claim::{evidence_of, pieces, unmet};
use super::progress::{moved, write};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// The claim is accepted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionAssure {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    note: Option<String>,
}

impl Command for ActionAssure {
    const OPERATION: Operation = Operation::ActionAssure;
    const ABOUT: &'static str = "Accepts on behalf of the board that an action is complete. It needs accepted evidence of as many strands as the \
         plan asks for, and somebody else than who claimed it.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("action", "Action")];

    fn target(&self) -> Target {
        Target::existing(&["Action"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.id, "id").await?;
        let assured = moved(&action, Act::Assure, work)?;
        let plan = work.cx.row::<plan::Model>(action.plan_id).await?;
        let plan = plan.ok_or_else(|| UserError::not_found("id"))?;
        let required = usize::try_from(plan.strands_required).unwrap_or_default();
        let evidence = pieces(&evidence_of(work, &action).await?)?;
        unmet(proof::assurance_needs(required, &evidence, work.today()))?;
        let assured = action::Model {
            assured_on: Some(work.today()),
            assured_by_id: work.acts_as(),
            assurance_note: self.note,
            ..assured
        };
        write(work, &action, assured).await
    }
}

/// The claim is refused.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionRefuse {
    id: GlobalId,
    expected_version: i32,
    reason: String,
}

impl Command for ActionRefuse {
    const OPERATION: Operation = Operation::ActionRefuse;
    const ABOUT: &'static str =
        "Refuses on behalf of the board a claim that an action is complete, with a reason. Work goes on.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("action", "Action")];

    fn target(&self) -> Target {
        Target::existing(&["Action"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        Some(&self.reason)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.id, "id").await?;
        let refused = action::Model {
            claimed_on: None,
            claimed_by_id: None,
            claimed_by_subject: None,
            claim_summary: None,
            ..moved(&action, Act::Refuse, work)?
        };
        write(work, &action, refused).await
    }
}
