//! The headings of a plan: a tree in the order of print.

use std::collections::HashMap;

use entity::{plan, theme};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// A heading is added.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ThemeCreate {
    plan_id: GlobalId,
    name: String,
    #[serde(default)]
    parent_id: Option<GlobalId>,
}

impl Command for ThemeCreate {
    const OPERATION: Operation = Operation::ThemeCreate;
    const ABOUT: &'static str = "Adds a heading to a plan, after those that there are.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("theme", "Theme"), ("plan", "Plan")];

    fn target(&self) -> Target {
        Target::whole(&["Plan"], "planId", &self.plan_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let plan: plan::Model = work.find(&self.plan_id, "planId").await?;
        let themes = of_plan(plan.id, work).await?;
        let parent = match &self.parent_id {
            Some(id) => Some(parent(id, plan.id, work).await?),
            None => None,
        };
        let last = themes.iter().map(|theme| theme.position).max().unwrap_or(0);
        let row = theme::Model {
            id: Uuid::now_v7(),
            programme_id: plan.programme_id,
            plan_id: plan.id,
            parent_id: parent,
            name: self.name,
            position: last.saturating_add(1),
            version: 1,
            created_at: work.now(),
            updated_at: work.now(),
        };
        check_name(&row, &themes)?;
        let id = row.id;
        work.cx.create(row).await?;
        Ok(Done::with("theme", id).and("plan", plan.id))
    }
}

/// A heading changes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ThemeUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    name: Patch<String>,
    #[serde(default)]
    parent_id: Patch<GlobalId>,
}

impl Command for ThemeUpdate {
    const OPERATION: Operation = Operation::ThemeUpdate;
    const ABOUT: &'static str = "Changes a heading's name, or the heading that it stands under.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("theme", "Theme")];

    fn target(&self) -> Target {
        Target::existing(&["Theme"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: theme::Model = work.find(&self.id, "id").await?;
        let themes = of_plan(before.plan_id, work).await?;
        let parent_id = match self.parent_id {
            Patch::Set(id) => Some(parent(&id, before.plan_id, work).await?),
            Patch::Clear => None,
            Patch::Keep => before.parent_id,
        };
        let tree: Vec<_> = themes.iter().map(|theme| (theme.id, theme.parent_id)).collect();
        if parent_id.is_some_and(|parent| domain::tree::closes_circle(&tree, before.id, parent)) {
            let message = "This heading stands under the one that changes: name one that does not.";
            return Err(UserError::invalid("parentId", message).into());
        }
        let name = self.name.required(before.name.clone(), "name")?;
        let after = theme::Model { name, parent_id, ..before.clone() };
        check_name(&after, &themes)?;
        let after = work.cx.update(&before, after).await?;
        Ok(Done::with("theme", after.id))
    }
}

/// The headings get another order.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ThemesReorder {
    plan_id: GlobalId,
    expected_version: i32,
    theme_ids: Vec<GlobalId>,
}

impl Command for ThemesReorder {
    const OPERATION: Operation = Operation::ThemesReorder;
    const ABOUT: &'static str =
        "Puts the headings of a plan into another order: all of them, or all under one heading.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("plan", "Plan")];

    fn target(&self) -> Target {
        Target::existing_at(&["Plan"], "planId", &self.plan_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let plan: plan::Model = work.find(&self.plan_id, "planId").await?;
        let themes = of_plan(plan.id, work).await?;
        let by_id: HashMap<Uuid, &theme::Model> = themes.iter().map(|theme| (theme.id, theme)).collect();
        let mut wanted: Vec<&theme::Model> = Vec::new();
        for (place, id) in self.theme_ids.iter().enumerate() {
            let path = format!("themeIds.{place}");
            let named: theme::Model = work.find(id, &path).await?;
            let Some(named) = by_id.get(&named.id) else {
                return Err(UserError::invalid(&path, "This heading belongs to another plan.").into());
            };
            if wanted.contains(named) {
                return Err(UserError::invalid(&path, "This heading stands here twice.").into());
            }
            wanted.push(named);
        }
        let is_whole = wanted.len() == themes.len();
        let parent = wanted.first().map(|theme| theme.parent_id);
        let siblings = themes.iter().filter(|theme| Some(theme.parent_id) == parent).count();
        let are_siblings = wanted.iter().all(|theme| Some(theme.parent_id) == parent);
        let are_all_siblings = are_siblings && siblings == wanted.len();
        if !is_whole && !are_all_siblings {
            let message = "Name every heading of the plan, or every heading under one and no other.";
            return Err(UserError::invalid("themeIds", message).into());
        }
        let is_changed = reorder(&wanted, &themes, work).await?;
        if is_changed {
            // The order is the plan's: whoever saw the old one has an old version of it.
            work.cx.touch(&plan).await?;
        }
        Ok(Done::with("plan", plan.id))
    }
}

/// Puts headings into the places that they have together, in this order.
async fn reorder(
    wanted: &[&theme::Model],
    themes: &[theme::Model],
    work: &mut Work,
) -> Result<bool, Refusal> {
    let mut places: Vec<i32> = wanted.iter().map(|theme| theme.position).collect();
    places.sort_unstable();
    let moved: Vec<(theme::Model, i32)> = wanted
        .iter()
        .zip(places)
        .filter(|(theme, place)| theme.position != *place)
        .map(|(theme, place)| ((*theme).clone(), place))
        .collect();
    // No two headings of a plan may ever have one place: out of the way first, then each to its own.
    let mut beyond = themes.iter().map(|theme| theme.position).max().unwrap_or(0);
    let mut away = Vec::with_capacity(moved.len());
    for (theme, place) in &moved {
        beyond = beyond.saturating_add(1);
        away.push((work.cx.update(theme, theme::Model { position: beyond, ..theme.clone() }).await?, *place));
    }
    for (theme, position) in away {
        let there = theme::Model { position, ..theme.clone() };
        work.cx.update(&theme, there).await?;
    }
    Ok(!moved.is_empty())
}

async fn of_plan(plan: Uuid, work: &Work) -> Result<Vec<theme::Model>, Refusal> {
    Ok(work.cx.rows::<theme::Entity>(Condition::all().add(theme::Column::PlanId.eq(plan))).await?)
}

async fn parent(id: &GlobalId, plan: Uuid, work: &Work) -> Result<Uuid, Refusal> {
    let parent: theme::Model = work.find(id, "parentId").await?;
    if parent.plan_id != plan {
        return Err(UserError::invalid("parentId", "This heading belongs to another plan.").into());
    }
    Ok(parent.id)
}

fn check_name(theme: &theme::Model, themes: &[theme::Model]) -> Result<(), UserError> {
    let is_same = |other: &&theme::Model| {
        other.id != theme.id && other.parent_id == theme.parent_id && other.name == theme.name
    };
    if themes.iter().any(|other| is_same(&other)) {
        let message = "There is a heading of this name in the same place: choose another name.";
        return Err(UserError::invalid("name", message));
    }
    Ok(())
}
