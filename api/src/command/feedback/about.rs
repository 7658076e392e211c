//! What feedback is about: actions and requirements.

use entity::{action, feedback, feedback_action, feedback_requirement, requirement};
use sea_orm::ColumnTrait;
use uuid::Uuid;

use crate::command::Work;
use crate::command::input::{ACTIONS, GlobalId, REQUIREMENTS};
use crate::command::refusal::{Refusal, UserError};
use crate::store::table::Table;

/// The actions that feedback is to be about. Each that comes to those of before, or goes, must let the viewer add feedback to it.
pub(super) async fn actions(work: &Work, ids: &[GlobalId], before: &[Uuid]) -> Result<Vec<Uuid>, Refusal> {
    let named: Vec<action::Model> = work.find_all(ids, ACTIONS).await?;
    let named: Vec<Uuid> = named.into_iter().map(|action| action.id).collect();
    let (places, new): (Vec<usize>, Vec<Uuid>) =
        named.iter().enumerate().filter(|(_, id)| !before.contains(id)).unzip();
    let place = |at: usize| format!("{ACTIONS}.{}", places.get(at).unwrap_or(&at));
    work.may_each(work.operation(), Table::Action, &new, place).await?;
    let gone: Vec<Uuid> = before.iter().copied().filter(|id| !named.contains(id)).collect();
    work.may_each(work.operation(), Table::Action, &gone, |_| ACTIONS.to_owned()).await?;
    if named.is_empty() && !work.is_office() {
        let message =
            "Name at least one action that you lead: the programme office records what is about none.";
        return Err(UserError::invalid(ACTIONS, message).into());
    }
    Ok(named)
}

/// The requirements that feedback is to be about. To which demands it speaks is for the programme office to say.
pub(super) async fn requirements(
    work: &Work,
    ids: &[GlobalId],
    before: &[Uuid],
) -> Result<Vec<Uuid>, Refusal> {
    let named: Vec<requirement::Model> = work.find_all(ids, REQUIREMENTS).await?;
    let named: Vec<Uuid> = named.into_iter().map(|requirement| requirement.id).collect();
    let is_as_before = named.len() == before.len() && named.iter().all(|id| before.contains(id));
    if !is_as_before && !work.is_office() {
        return Err(UserError::forbidden(REQUIREMENTS).into());
    }
    Ok(named)
}

/// What feedback is about now.
pub(super) struct Links {
    actions: Vec<feedback_action::Model>,
    requirements: Vec<feedback_requirement::Model>,
}

impl Links {
    /// Those of feedback that is there.
    pub(super) async fn of(work: &Work, feedback: &feedback::Model) -> Result<Self, Refusal> {
        let of = feedback_action::Column::FeedbackId.eq(feedback.id);
        let actions = work.cx.rows::<feedback_action::Entity>(of).await?;
        let of = feedback_requirement::Column::FeedbackId.eq(feedback.id);
        Ok(Self { actions, requirements: work.cx.rows::<feedback_requirement::Entity>(of).await? })
    }

    /// Those of feedback that was recorded just now.
    pub(super) fn none() -> Self {
        Self { actions: Vec::new(), requirements: Vec::new() }
    }

    pub(super) fn action_ids(&self) -> Vec<Uuid> {
        self.actions.iter().map(|link| link.action_id).collect()
    }

    pub(super) fn requirement_ids(&self) -> Vec<Uuid> {
        self.requirements.iter().map(|link| link.requirement_id).collect()
    }

    /// Whether these are other than they are to be.
    pub(super) fn differ(&self, actions: &[Uuid], requirements: &[Uuid]) -> bool {
        let is_same =
            |old: Vec<Uuid>, new: &[Uuid]| old.len() == new.len() && old.iter().all(|id| new.contains(id));
        !is_same(self.action_ids(), actions) || !is_same(self.requirement_ids(), requirements)
    }

    /// Makes them what they are to be. The feedback has been recorded.
    pub(super) async fn become_these(
        self,
        work: &mut Work,
        feedback: &feedback::Model,
        (actions, requirements): (Vec<Uuid>, Vec<Uuid>),
    ) -> Result<(), Refusal> {
        let (programme_id, feedback_id) = (feedback.programme_id, feedback.id);
        let about = |action_id| feedback_action::Model { programme_id, feedback_id, action_id };
        work.cx.replace(&self.actions, actions.into_iter().map(about).collect()).await?;
        let about =
            |requirement_id| feedback_requirement::Model { programme_id, feedback_id, requirement_id };
        work.cx.replace(&self.requirements, requirements.into_iter().map(about).collect()).await?;
        Ok(())
    }
}
