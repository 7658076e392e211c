//! An action is linked to the requirements that it addresses.

use entity::{action, action_direction, action_requirement, requirement, source};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;

use super::links;
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};
use crate::store::ids;

/// What the payload of each shows.
const ACTION: &[(&str, &str)] = &[("action", "Action")];

/// An action, by the field `actionId`, at the version that the viewer saw, where they say.
fn action_at(id: &GlobalId, expected_version: Option<i32>) -> Target {
    Target::Thing { id: id.clone(), of: &["Action"], path: "actionId", expected_version }
}

/// The requirement that an id names. A direction as a whole is none: one of its terms is.
///
/// # Errors
/// It is not there for the viewer, or the id of something else.
pub(super) async fn requirement_of(
    work: &Work,
    id: &GlobalId,
    path: &str,
) -> Result<requirement::Model, Refusal> {
    check_clause(id, path)?;
    work.find(id, path).await
}

/// Refuses the id of a whole source where that of one demand is asked for.
///
/// # Errors
/// It is one.
pub(super) fn check_clause(id: &GlobalId, path: &str) -> Result<(), UserError> {
    let message = match ids::decode(&id.0).map(|(ty, _)| ty.name) {
        Some("Direction") => "This is a direction as a whole: name the term of it that is meant.",
        Some("Inspection" | "Review") => {
            "This is a source as a whole: name the recommendation that is meant."
        }
        _ => return Ok(()),
    };
    Err(UserError::invalid(path, message))
}

/// The link between an action and a requirement, where there is one.
///
/// # Errors
/// The database does not answer.
pub(super) async fn link_of(
    work: &Work,
    action: &action::Model,
    requirement: &requirement::Model,
) -> Result<Option<action_requirement::Model>, Refusal> {
    let this = Condition::all()
        .add(action_requirement::Column::ActionId.eq(action.id))
        .add(action_requirement::Column::RequirementId.eq(requirement.id));
    Ok(work.cx.rows::<action_requirement::Entity>(this).await?.pop())
}

/// Links an action to a requirement, or gives the link that there is another qualifier. The same link again changes nothing.
///
/// # Errors
/// It could not be written.
pub(super) async fn link(
    work: &mut Work,
    action: &action::Model,
    requirement: &requirement::Model,
    qualifier: Patch<String>,
) -> Result<(), Refusal> {
    let wanted = vec![((action.id, requirement.id), qualifier)];
    links::write(work, vec![action.clone()], wanted).await
}

/// A link is made, or gets another qualifier.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionLink {
    action_id: GlobalId,
    requirement_id: GlobalId,
    #[serde(default)]
    qualifier: Patch<String>,
    #[serde(default)]
    expected_version: Option<i32>,
}

impl Command for ActionLink {
    const OPERATION: Operation = Operation::ActionLink;
    const ABOUT: &'static str =
        "Links an action to a requirement that it addresses, or gives that link another qualifier.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = ACTION;

    fn target(&self) -> Target {
        action_at(&self.action_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.action_id, "actionId").await?;
        let requirement = requirement_of(work, &self.requirement_id, "requirementId").await?;
        link(work, &action, &requirement, self.qualifier).await?;
        Ok(Done::with("action", action.id))
    }
}

/// A link is taken back.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionUnlink {
    action_id: GlobalId,
    requirement_id: GlobalId,
    #[serde(default)]
    expected_version: Option<i32>,
}

impl Command for ActionUnlink {
    const OPERATION: Operation = Operation::ActionUnlink;
    const ABOUT: &'static str = "Takes back the link between an action and a requirement.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = ACTION;

    fn target(&self) -> Target {
        action_at(&self.action_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.action_id, "actionId").await?;
        let requirement = requirement_of(work, &self.requirement_id, "requirementId").await?;
        let Some(link) = link_of(work, &action, &requirement).await? else {
            let message = "The action is not linked to this requirement: there is nothing to take back.";
            return Err(UserError::invalid("requirementId", message).into());
        };
        work.cx.touch(&action).await?;
        work.cx.detach(&link).await?;
        Ok(Done::with("action", action.id))
    }
}

/// A link to a direction as a whole gets its clause.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionLinkResolve {
    action_id: GlobalId,
    direction_id: GlobalId,
    requirement_id: GlobalId,
    #[serde(default)]
    qualifier: Patch<String>,
    #[serde(default)]
    expected_version: Option<i32>,
}

impl Command for ActionLinkResolve {
    const OPERATION: Operation = Operation::ActionLinkResolve;
    const ABOUT: &'static str = "Says which term is meant where a plan names a direction without a clause: the link to that term takes its place.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = ACTION;

    fn target(&self) -> Target {
        action_at(&self.action_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let action: action::Model = work.find(&self.action_id, "actionId").await?;
        let direction: source::Model =
            work.find_of(&["Direction"], &self.direction_id, "directionId").await?;
        let requirement = requirement_of(work, &self.requirement_id, "requirementId").await?;
        if requirement.source_id != direction.id {
            let message = "This is no term of that direction: name one that is.";
            return Err(UserError::invalid("requirementId", message).into());
        }
        let this = Condition::all()
            .add(action_direction::Column::ActionId.eq(action.id))
            .add(action_direction::Column::SourceId.eq(direction.id));
        let Some(unspecified) = work.cx.rows::<action_direction::Entity>(this).await?.pop() else {
            let message = "The action does not name this direction without a clause: use actionLink instead.";
            return Err(UserError::invalid("directionId", message).into());
        };
        let action = work.cx.touch(&action).await?;
        work.cx.detach(&unspecified).await?;
        link(work, &action, &requirement, self.qualifier).await?;
        Ok(Done::with("action", action.id))
    }
}
