//! What evidence speaks for: the actions and requirements that it is attached to.

use std::collections::HashSet;

use domain::ActionStatus;
use entity::{action, evidence, evidence_action, evidence_requirement, requirement};
use sea_orm::ColumnTrait;
use serde::Deserialize;
use uuid::Uuid;

use super::add::{actions, requirements};
use super::{ACTIONS, REQUIREMENTS, is_partner};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};

/// Evidence is attached.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EvidenceAttach {
    evidence_id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    action_ids: Option<Vec<GlobalId>>,
    #[serde(default)]
    requirement_ids: Option<Vec<GlobalId>>,
}

impl Command for EvidenceAttach {
    const OPERATION: Operation = Operation::EvidenceAttach;
    const ABOUT: &'static str =
        "Attaches evidence to actions and requirements, besides those that it is attached to.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("evidence", "Evidence")];

    fn target(&self) -> Target {
        Target::existing_at(&["Evidence"], "evidenceId", &self.evidence_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let evidence: evidence::Model = work.find(&self.evidence_id, "evidenceId").await?;
        let actions = actions(work, self.action_ids.as_deref().unwrap_or_default()).await?;
        let requirements = requirements(work, self.requirement_ids.as_deref().unwrap_or_default()).await?;
        something_is_named(&actions, &requirements)?;
        let Links { actions: known, requirements: answered } = links(work, &evidence).await?;
        let known: HashSet<Uuid> = known.into_iter().map(|link| link.action_id).collect();
        let answered: HashSet<Uuid> = answered.into_iter().map(|link| link.requirement_id).collect();
        let (programme_id, evidence_id) = (evidence.programme_id, evidence.id);
        let new = actions.into_iter().filter(|id| !known.contains(id));
        let new = new.map(|action_id| evidence_action::Model { programme_id, evidence_id, action_id });
        let new: Vec<_> = new.collect();
        let spoken = requirements.into_iter().filter(|id| !answered.contains(id));
        let spoken: Vec<_> = spoken
            .map(|requirement_id| evidence_requirement::Model { programme_id, evidence_id, requirement_id })
            .collect();
        if !new.is_empty() || !spoken.is_empty() {
            work.cx.touch(&evidence).await?;
            work.cx.attach_all(new).await?;
            work.cx.attach_all(spoken).await?;
        }
        Ok(Done::with("evidence", evidence_id))
    }
}

/// Evidence is taken off.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EvidenceDetach {
    evidence_id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    action_ids: Option<Vec<GlobalId>>,
    #[serde(default)]
    requirement_ids: Option<Vec<GlobalId>>,
}

impl Command for EvidenceDetach {
    const OPERATION: Operation = Operation::EvidenceDetach;
    const ABOUT: &'static str =
        "Takes evidence off actions and requirements. An assured action keeps what it was assured on.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("evidence", "Evidence")];

    fn target(&self) -> Target {
        Target::existing_at(&["Evidence"], "evidenceId", &self.evidence_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let evidence: evidence::Model = work.find(&self.evidence_id, "evidenceId").await?;
        let named: Vec<action::Model> =
            work.find_all(self.action_ids.as_deref().unwrap_or_default(), ACTIONS).await?;
        let unsaid = self.requirement_ids.as_deref().unwrap_or_default();
        let unsaid: Vec<requirement::Model> = work.find_all(unsaid, REQUIREMENTS).await?;
        something_is_named(&named, &unsaid)?;
        keeps_its_proof(&named)?;
        let links = links(work, &evidence).await?;
        let is_named = |link: &evidence_action::Model| named.iter().any(|of| of.id == link.action_id);
        let (off, kept): (Vec<_>, Vec<_>) = links.actions.into_iter().partition(is_named);
        if !off.is_empty() && kept.is_empty() && is_partner(work) {
            let message =
                "It has to belong to at least one action of your organisation: attach it to another first.";
            return Err(UserError::invalid(ACTIONS, message).into());
        }
        let is_named =
            |link: &evidence_requirement::Model| unsaid.iter().any(|of| of.id == link.requirement_id);
        let unsaid: Vec<_> = links.requirements.iter().filter(|link| is_named(link)).collect();
        if !off.is_empty() || !unsaid.is_empty() {
            work.cx.touch(&evidence).await?;
            for link in &off {
                work.cx.detach(link).await?;
            }
            for link in unsaid {
                work.cx.detach(link).await?;
            }
        }
        Ok(Done::with("evidence", evidence.id))
    }
}

fn something_is_named<A, R>(actions: &[A], requirements: &[R]) -> Result<(), UserError> {
    if actions.is_empty() && requirements.is_empty() {
        return Err(UserError::invalid(ACTIONS, "Name at least one action or requirement."));
    }
    Ok(())
}

/// An action that was assured stays so, and so must the proof on which it was.
fn keeps_its_proof(actions: &[action::Model]) -> Result<(), Vec<UserError>> {
    let is_assured = |action: &action::Model| action.status == ActionStatus::Assured.as_str();
    let assured = actions.iter().enumerate().filter(|(_, action)| is_assured(action));
    let message = "This action was assured on its evidence, which stays: add newer evidence beside it.";
    let errors: Vec<UserError> =
        assured.map(|(place, _)| UserError::illegal(&format!("{ACTIONS}.{place}"), message)).collect();
    all_well(errors)
}

/// What evidence is attached to now.
struct Links {
    actions: Vec<evidence_action::Model>,
    requirements: Vec<evidence_requirement::Model>,
}

async fn links(work: &Work, evidence: &evidence::Model) -> Result<Links, Refusal> {
    let of = evidence_action::Column::EvidenceId.eq(evidence.id);
    let actions = work.cx.rows::<evidence_action::Entity>(of).await?;
    let of = evidence_requirement::Column::EvidenceId.eq(evidence.id);
    Ok(Links { actions, requirements: work.cx.rows::<evidence_requirement::Entity>(of).await? })
}
