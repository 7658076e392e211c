//! Links that partners propose, and what the programme office makes of them.

use entity::{action, link_proposal, requirement};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use super::link::{link, link_of, requirement_of};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};
use crate::store::table::Table;

/// What the payload of each shows.
const PROPOSAL_AND_ACTION: &[(&str, &str)] = &[("linkProposal", "LinkProposal"), ("action", "Action")];
const OPEN: &str = "OPEN";

/// A link is proposed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionProposeLink {
    action_id: GlobalId,
    requirement_id: GlobalId,
    #[serde(default)]
    qualifier: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for ActionProposeLink {
    const OPERATION: Operation = Operation::ActionProposeLink;
    const ABOUT: &'static str =
        "Proposes a link between an action and a requirement, for the programme office to make.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = PROPOSAL_AND_ACTION;

    fn target(&self) -> Target {
        Target::whole(&["Action"], "actionId", &self.action_id)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.action_id, "actionId").await?;
        let requirement = requirement_of(work, &self.requirement_id, "requirementId").await?;
        let there = link_of(work, &action, &requirement).await?;
        if there.is_some_and(|link| link.qualifier == self.qualifier) {
            let message = "There is this link already: there is nothing to propose.";
            return Err(UserError::invalid("requirementId", message).into());
        }
        let same = Condition::all()
            .add(link_proposal::Column::ActionId.eq(action.id))
            .add(link_proposal::Column::RequirementId.eq(requirement.id))
            .add(link_proposal::Column::Status.eq(OPEN));
        if !work.cx.rows::<link_proposal::Entity>(same).await?.is_empty() {
            let message = "This link has been proposed already: wait until the programme office decides.";
            return Err(UserError::invalid("requirementId", message).into());
        }
        let proposal = link_proposal::Model {
            id: Uuid::now_v7(),
            programme_id: action.programme_id,
            action_id: action.id,
            requirement_id: requirement.id,
            qualifier: self.qualifier,
            reason: self.reason,
            status: OPEN.to_owned(),
            proposed_by_id: work.acts_as(),
            proposed_on: work.today(),
            decided_on: None,
            decision_reason: None,
            version: 1,
            created_at: work.now(),
            updated_at: work.now(),
        };
        let id = proposal.id;
        work.cx.create(proposal).await?;
        Ok(Done::with("linkProposal", id).and("action", action.id))
    }
}

/// A proposal as it is decided.
fn decided(
    proposal: &link_proposal::Model,
    work: &Work,
    status: &str,
    reason: Option<String>,
) -> link_proposal::Model {
    link_proposal::Model {
        status: status.to_owned(),
        decided_on: Some(work.today()),
        decision_reason: reason,
        ..proposal.clone()
    }
}

/// The link is made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LinkProposalAccept {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    reason: Option<String>,
}

impl Command for LinkProposalAccept {
    const OPERATION: Operation = Operation::LinkProposalAccept;
    const ABOUT: &'static str =
        "Makes the link that a partner proposed, with the qualifier that was proposed.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = PROPOSAL_AND_ACTION;

    fn target(&self) -> Target {
        Target::existing(&["LinkProposal"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let proposal: link_proposal::Model = work.find(&self.id, "id").await?;
        // The link is made as any: while its action and its plan allow it.
        work.may(Operation::ActionLink, (Table::Action, proposal.action_id), "id").await?;
        let action = work.cx.row::<action::Model>(proposal.action_id).await?;
        let requirement = work.cx.row::<requirement::Model>(proposal.requirement_id).await?;
        let (Some(action), Some(requirement)) = (action, requirement) else {
            return Err(UserError::not_found("id").into());
        };
        let qualifier = proposal.qualifier.clone().map_or(Patch::Clear, Patch::Set);
        link(work, &action, &requirement, qualifier).await?;
        let after = decided(&proposal, work, "ACCEPTED", self.reason);
        work.cx.update(&proposal, after).await?;
        Ok(Done::with("linkProposal", proposal.id).and("action", action.id))
    }
}

/// The link is not made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LinkProposalDecline {
    id: GlobalId,
    expected_version: i32,
    reason: String,
}

impl Command for LinkProposalDecline {
    const OPERATION: Operation = Operation::LinkProposalDecline;
    const ABOUT: &'static str = "Declines a proposed link, with a reason that the partner sees.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = PROPOSAL_AND_ACTION;

    fn target(&self) -> Target {
        Target::existing(&["LinkProposal"], &self.id, self.expected_version)
    }

    fn reason(&self) -> Option<&str> {
        Some(&self.reason)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let proposal: link_proposal::Model = work.find(&self.id, "id").await?;
        let after = decided(&proposal, work, "DECLINED", Some(self.reason));
        work.cx.update(&proposal, after).await?;
        Ok(Done::with("linkProposal", proposal.id).and("action", proposal.action_id))
    }
}
