//! Terms of a direction: a tree, from which follows what each comes down to.

use domain::tree::{closes_circle, leaves};
use entity::{requirement, requirement_leaf, source};
use serde::Deserialize;
use uuid::Uuid;

use super::recommendation::{blank, check_reference, of_source, place, referred_to};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// A term is recorded.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DirectionTermCreate {
    direction_id: GlobalId,
    #[serde(default)]
    reference: Option<String>,
    text: String,
    #[serde(default)]
    parent_id: Option<GlobalId>,
    #[serde(default)]
    position: Option<i32>,
}

impl Command for DirectionTermCreate {
    const OPERATION: Operation = Operation::DirectionTermCreate;
    const ABOUT: &'static str = "Records a term of a direction.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("directionTerm", "DirectionTerm")];

    fn target(&self) -> Target {
        Target::whole(&["Direction"], "directionId", &self.direction_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let direction: source::Model = work.find(&self.direction_id, "directionId").await?;
        let others = of_source(direction.id, work).await?;
        let parent_id = match &self.parent_id {
            Some(id) => Some(parent(id, direction.id, work).await?),
            None => None,
        };
        let position = place(self.position, &others)?;
        let row = referred_to(
            blank(&direction, "DIRECTION_TERM", self.text, position, work),
            self.reference.as_deref(),
        );
        let row = requirement::Model { parent_id, ..row };
        check_reference(&row, &others)?;
        let id = row.id;
        work.cx.create(row).await?;
        derive_again(&direction, work).await?;
        Ok(Done::with("directionTerm", id))
    }
}

/// A term's record is corrected.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DirectionTermUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    reference: Patch<String>,
    #[serde(default)]
    text: Patch<String>,
    #[serde(default)]
    parent_id: Patch<GlobalId>,
}

impl Command for DirectionTermUpdate {
    const OPERATION: Operation = Operation::DirectionTermUpdate;
    const ABOUT: &'static str =
        "Corrects the record of a term, or puts it under another. What it said before stays in its history.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("directionTerm", "DirectionTerm")];

    fn target(&self) -> Target {
        Target::existing(&["DirectionTerm"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: requirement::Model = work.find(&self.id, "id").await?;
        let others = of_source(before.source_id, work).await?;
        let parent_id = match self.parent_id {
            Patch::Set(id) => Some(parent(&id, before.source_id, work).await?),
            Patch::Clear => None,
            Patch::Keep => before.parent_id,
        };
        let tree: Vec<_> = others.iter().map(|term| (term.id, term.parent_id)).collect();
        if parent_id.is_some_and(|parent| closes_circle(&tree, before.id, parent)) {
            let message = "This term is part of the one that changes: name one that is not.";
            return Err(UserError::invalid("parentId", message).into());
        }
        let text = self.text.required(before.text.clone(), "text")?;
        let after = requirement::Model { text, parent_id, ..before.clone() };
        let after = match self.reference {
            Patch::Keep => after,
            Patch::Clear => referred_to(after, None),
            Patch::Set(reference) => referred_to(after, Some(&reference)),
        };
        check_reference(&after, &others)?;
        let after = work.cx.update(&before, after).await?;
        if after.parent_id != before.parent_id
            && let Some(direction) = work.cx.row::<source::Model>(after.source_id).await?
        {
            derive_again(&direction, work).await?;
        }
        Ok(Done::with("directionTerm", after.id))
    }
}

async fn parent(id: &GlobalId, direction: Uuid, work: &Work) -> Result<Uuid, Refusal> {
    let parent: requirement::Model = work.find_of(&["DirectionTerm"], id, "parentId").await?;
    if parent.source_id != direction {
        return Err(UserError::invalid("parentId", "This term belongs to another direction.").into());
    }
    Ok(parent.id)
}

/// Works out again what each term of a direction comes down to: coverage is counted over that.
async fn derive_again(direction: &source::Model, work: &mut Work) -> Result<(), Refusal> {
    let terms = of_source(direction.id, work).await?;
    let tree: Vec<_> = terms.iter().map(|term| (term.id, term.parent_id)).collect();
    let programme_id = direction.programme_id;
    let rows = leaves(&tree).into_iter().map(|(ancestor_id, leaf_id)| requirement_leaf::Model {
        programme_id,
        ancestor_id,
        leaf_id,
    });
    work.cx.forget_leaves(direction.id).await?;
    work.cx.derive_leaves(rows.collect()).await?;
    Ok(())
}
