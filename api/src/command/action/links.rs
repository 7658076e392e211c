//! Many links at once: all of them, or none.

use std::collections::{BTreeMap, HashMap, HashSet};

use entity::{action, action_requirement, requirement};
use sea_orm::ColumnTrait;
use serde::Deserialize;
use uuid::Uuid;

use super::link::check_clause;
use super::updates::check_size;
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};
use crate::store::table::Table;

/// Many links are made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ActionsLink {
    programme_id: GlobalId,
    links: Vec<Row>,
    #[serde(default)]
    dry_run: Option<bool>,
}

/// One of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Row {
    action_id: GlobalId,
    requirement_id: GlobalId,
    #[serde(default)]
    qualifier: Patch<String>,
}

impl Command for ActionsLink {
    const OPERATION: Operation = Operation::ActionsLink;
    const ABOUT: &'static str = "Makes up to 200 links at once, each as actionLink would: all of them, or none where one cannot be made.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("actions", "[Action!]")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run.unwrap_or_default()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        check_size(self.links.len(), "links")?;
        let ids = self.links.iter().map(|row| &row.action_id);
        let actions: Vec<action::Model> = work.find_each(ids, |at| format!("links.{at}.actionId")).await?;
        let keys: Vec<Uuid> = actions.iter().map(|action| action.id).collect();
        work.may_each(Operation::ActionsLink, Table::Action, &keys, |at| format!("links.{at}.actionId"))
            .await?;
        let requirements = self.requirements(work).await?;
        let pairs: Vec<(Uuid, Uuid)> = keys.iter().copied().zip(requirements).collect();
        check_twice(&pairs)?;
        let qualifiers = self.links.into_iter().map(|row| row.qualifier);
        let wanted = pairs.into_iter().zip(qualifiers).collect();
        write(work, actions, wanted).await?;
        Ok(Done::default().and_all("actions", unique(keys)))
    }
}

impl ActionsLink {
    async fn requirements(&self, work: &Work) -> Result<Vec<Uuid>, Refusal> {
        let place = |at: usize| format!("links.{at}.requirementId");
        let ids = || self.links.iter().map(|row| &row.requirement_id);
        let wrong = ids().enumerate().filter_map(|(at, id)| check_clause(id, &place(at)).err());
        let wrong: Vec<UserError> = wrong.collect();
        all_well(wrong)?;
        let rows: Vec<requirement::Model> = work.find_each(ids(), place).await?;
        Ok(rows.iter().map(|row| row.id).collect())
    }
}

/// Each id once, in the order in which they came.
pub(super) fn unique(ids: Vec<Uuid>) -> Vec<Uuid> {
    let mut seen = HashSet::new();
    ids.into_iter().filter(|id| seen.insert(*id)).collect()
}

/// Refuses a pair that stands twice: which qualifier would count?
fn check_twice(pairs: &[(Uuid, Uuid)]) -> Result<(), Refusal> {
    let mut seen = HashMap::new();
    let mut errors = Vec::new();
    for (at, pair) in pairs.iter().enumerate() {
        if let Some(first) = seen.get(pair) {
            let message = format!("This is the link of row {first} again: leave one of them out.");
            errors.push(UserError::invalid(&format!("links.{at}"), message));
        } else {
            seen.insert(*pair, at);
        }
    }
    Ok(all_well(errors)?)
}

/// Writes those that differ from what there is. Each action that gets any becomes one new version.
///
/// # Errors
/// They could not be written.
pub(super) async fn write(
    work: &mut Work,
    actions: Vec<action::Model>,
    wanted: Vec<((Uuid, Uuid), Patch<String>)>,
) -> Result<(), Refusal> {
    let actions: BTreeMap<Uuid, action::Model> =
        actions.into_iter().map(|action| (action.id, action)).collect();
    let of_actions = action_requirement::Column::ActionId.is_in(actions.keys().copied());
    let old = work.cx.rows::<action_requirement::Entity>(of_actions).await?;
    let mut last: HashMap<Uuid, i32> = HashMap::new();
    for link in &old {
        let position = last.entry(link.action_id).or_default();
        *position = link.position.max(*position);
    }
    let mut come = Vec::new();
    for ((action_id, requirement_id), qualifier) in wanted {
        let Some(action) = actions.get(&action_id) else { continue };
        let same = |link: &&action_requirement::Model| {
            (link.action_id, link.requirement_id) == (action_id, requirement_id)
        };
        let there = old.iter().find(same);
        let new = action_requirement::Model {
            programme_id: action.programme_id,
            action_id,
            requirement_id,
            qualifier: qualifier.over(there.and_then(|link| link.qualifier.clone())),
            position: match there {
                Some(link) => link.position,
                None => {
                    let position = last.entry(action_id).or_default();
                    *position += 1;
                    *position
                }
            },
        };
        if there == Some(&new) {
            continue;
        }
        if !come.iter().any(|link: &action_requirement::Model| link.action_id == action_id) {
            work.cx.touch(action).await?;
        }
        if let Some(there) = there {
            work.cx.detach(there).await?;
        }
        come.push(new);
    }
    Ok(work.cx.attach_all(come).await?)
}
