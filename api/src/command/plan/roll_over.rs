//! Unfinished actions of a plan that ends are carried on by new ones in its successor.
//!
//! Everything is done set by set: one statement reads, and one writes, all rows of a kind. A plan of 200 actions takes as many
//! statements as one of two; only actions of other plans that wait for one that is carried on are changed one by one.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use domain::workflow::{self, Act};
use entity::{
    action, action_dependency, action_direction, action_party, action_requirement, plan, step, theme,
};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use crate::command::Work;
use crate::command::refusal::{Refusal, UserError};

/// Carries the actions over.
///
/// # Errors
/// The database fails.
pub(super) async fn roll_over(
    old: Vec<action::Model>,
    plan: &plan::Model,
    successor: &plan::Model,
    on: NaiveDate,
    work: &mut Work,
) -> Result<(), Refusal> {
    if old.is_empty() {
        return Ok(());
    }
    let themes = themes(&old, plan, successor, work).await?;
    let there = work.cx.rows::<action::Entity>(all(action::Column::PlanId.eq(successor.id))).await?;
    let mut taken: HashSet<String> = there.iter().map(|action| action.reference.clone()).collect();
    let mut position = there.iter().map(|action| action.position).max().unwrap_or(0);
    let mut ended = Vec::with_capacity(old.len());
    let mut carried = Vec::with_capacity(old.len());
    let mut new_ids = HashMap::new();
    for before in old {
        let from = before.status.parse()?;
        let to = workflow::apply(from, Act::RollOver)
            .map_err(|refusal| UserError::illegal("id", refusal.to_string()))?;
        position = position.saturating_add(1);
        let reference = free_reference(&before.reference, &mut taken);
        let theme_id = before.theme_id.and_then(|id| themes.get(&id).copied());
        let new = action::Model { position, theme_id, ..carries_on(&before, successor, reference, work) };
        new_ids.insert(before.id, new.id);
        carried.push(new);
        let after = action::Model { status: to.as_str().to_owned(), status_on: Some(on), ..before.clone() };
        ended.push((before, after));
    }
    let ids: Vec<Uuid> = ended.iter().map(|(before, _)| before.id).collect();
    work.cx.update_all(ended).await?;
    let steps = open_steps(&ids, &new_ids, work).await?;
    let carried = work.cx.with_standing(carried, &steps).await?;
    work.cx.create_all(carried).await?;
    work.cx.create_all(steps).await?;
    attach(&ids, &new_ids, work).await?;
    wait_anew(&ids, &new_ids, work).await
}

fn all(condition: sea_orm::sea_query::SimpleExpr) -> Condition {
    Condition::all().add(condition)
}

/// The new action: what was to be achieved, by when. Claims, verdicts and what was reported stay with the old one. Work that
/// is under way stays so.
fn carries_on(old: &action::Model, successor: &plan::Model, reference: String, work: &Work) -> action::Model {
    let old = old.clone();
    action::Model {
        theme_id: old.theme_id,
        reference_sort: domain::reference::sort_key(&reference),
        reference,
        position: old.position,
        aim: old.aim,
        organisation_id: old.organisation_id,
        start_on: old.start_on,
        due_on: old.due_on,
        due_precision: old.due_precision,
        timeframe_as_printed: old.timeframe_as_printed,
        status: old.status,
        status_on: old.status_on,
        rolled_over_from_id: Some(old.id),
        notes: old.notes,
        ..action::Model::begun(old.programme_id, successor.id, work.now())
    }
}

/// The same number where it is free; else the number with a word that nobody takes for print.
fn free_reference(reference: &str, taken: &mut HashSet<String>) -> String {
    let numbered = (2_u32..).map(|count| format!("{reference} (carried over {count})"));
    let first = [reference.to_owned(), format!("{reference} (carried over)")];
    let free = first.into_iter().chain(numbered).find(|name| !taken.contains(name));
    let free = free.unwrap_or_else(|| reference.to_owned());
    taken.insert(free.clone());
    free
}

/// The headings of the successor for the headings that the actions stand under: those of the same names, or new ones.
async fn themes(
    old: &[action::Model],
    plan: &plan::Model,
    successor: &plan::Model,
    work: &mut Work,
) -> Result<HashMap<Uuid, Uuid>, Refusal> {
    let of_plans = theme::Column::PlanId.is_in([plan.id, successor.id]);
    let mut rows = work.cx.rows::<theme::Entity>(all(of_plans)).await?;
    rows.sort_by_key(|theme| (theme.position, theme.id));
    let old_themes: HashMap<Uuid, &theme::Model> =
        rows.iter().filter(|theme| theme.plan_id == plan.id).map(|theme| (theme.id, theme)).collect();
    let in_successor = rows.iter().filter(|theme| theme.plan_id == successor.id);
    let mut position = in_successor.clone().map(|theme| theme.position).max().unwrap_or(0);
    let mut there: HashMap<(Option<Uuid>, String), Uuid> =
        in_successor.map(|theme| ((theme.parent_id, theme.name.clone()), theme.id)).collect();
    let mut needed: Vec<Uuid> = old.iter().filter_map(|action| action.theme_id).collect();
    needed.sort_by_key(|id| old_themes.get(id).map(|theme| theme.position));
    needed.dedup();
    let mut matched = HashMap::new();
    let mut new = Vec::new();
    for id in needed {
        let up = std::iter::successors(old_themes.get(&id), |theme| old_themes.get(&theme.parent_id?));
        let mut way: Vec<&&theme::Model> = up.take(old_themes.len()).collect();
        way.reverse();
        let mut parent_id = None;
        for theme in way {
            let key = (parent_id, theme.name.clone());
            let found = *there.entry(key).or_insert_with(|| {
                position = position.saturating_add(1);
                let row = theme::Model {
                    id: Uuid::now_v7(),
                    plan_id: successor.id,
                    parent_id,
                    position,
                    version: 1,
                    created_at: work.now(),
                    updated_at: work.now(),
                    ..(**theme).clone()
                };
                let id = row.id;
                new.push(row);
                id
            });
            matched.insert(theme.id, found);
            parent_id = Some(found);
        }
    }
    work.cx.create_all(new).await?;
    Ok(matched)
}

/// What is still to be done, for the new actions.
async fn open_steps(
    old: &[Uuid],
    new_ids: &HashMap<Uuid, Uuid>,
    work: &Work,
) -> Result<Vec<step::Model>, Refusal> {
    let open = all(step::Column::ActionId.is_in(old.iter().copied()))
        .add(step::Column::DoneOn.is_null())
        .add(step::Column::StruckOutOn.is_null());
    let steps = work.cx.rows::<step::Entity>(open).await?.into_iter();
    let new = steps.filter_map(|step| {
        let action_id = *new_ids.get(&step.action_id)?;
        let (id, at) = (Uuid::now_v7(), work.now());
        Some(step::Model { id, action_id, version: 1, created_at: at, updated_at: at, ..step })
    });
    Ok(new.collect())
}

/// Who leads the new actions, what they answer to, and what they wait for.
async fn attach(old: &[Uuid], new_ids: &HashMap<Uuid, Uuid>, work: &mut Work) -> Result<(), Refusal> {
    let ids = || old.iter().copied();
    let new = |id: Uuid| new_ids.get(&id).copied();
    let parties =
        work.cx.rows::<action_party::Entity>(all(action_party::Column::ActionId.is_in(ids()))).await?;
    let parties = parties
        .into_iter()
        .filter_map(|row| Some(action_party::Model { action_id: new(row.action_id)?, ..row }))
        .collect();
    work.cx.attach_all::<action_party::Model>(parties).await?;

    let of_old = all(action_requirement::Column::ActionId.is_in(ids()));
    let links = work.cx.rows::<action_requirement::Entity>(of_old).await?;
    let links = links
        .into_iter()
        .filter_map(|row| Some(action_requirement::Model { action_id: new(row.action_id)?, ..row }))
        .collect();
    work.cx.attach_all::<action_requirement::Model>(links).await?;

    let of_old = all(action_direction::Column::ActionId.is_in(ids()));
    let named = work.cx.rows::<action_direction::Entity>(of_old).await?;
    let named = named
        .into_iter()
        .filter_map(|row| Some(action_direction::Model { action_id: new(row.action_id)?, ..row }))
        .collect();
    work.cx.attach_all::<action_direction::Model>(named).await?;
    Ok(())
}

/// The new actions wait for what the old ones waited for and is still to come, and what waited for an old one waits for the
/// new one: an action that was carried on is never finished itself, and would hold the others up for ever.
async fn wait_anew(old: &[Uuid], new_ids: &HashMap<Uuid, Uuid>, work: &mut Work) -> Result<(), Refusal> {
    let new = |id: Uuid| new_ids.get(&id).copied();
    let either = Condition::any()
        .add(action_dependency::Column::ActionId.is_in(old.iter().copied()))
        .add(action_dependency::Column::DependsOnId.is_in(old.iter().copied()));
    let waits = work.cx.rows::<action_dependency::Entity>(either).await?;
    let others = waits.iter().flat_map(|row| [row.action_id, row.depends_on_id]);
    let others: HashSet<Uuid> = others.filter(|id| new(*id).is_none()).collect();
    let others = work.cx.rows::<action::Entity>(all(action::Column::Id.is_in(others))).await?;
    let is_open = |action: &&action::Model| ["NOT_STARTED", "IN_PROGRESS"].contains(&action.status.as_str());
    let mut open: HashMap<Uuid, action::Model> =
        others.iter().filter(is_open).map(|action| (action.id, action.clone())).collect();
    let mut carried = Vec::new();
    for row in &waits {
        let goes_on = open.contains_key(&row.depends_on_id).then_some(row.depends_on_id);
        match (new(row.action_id), new(row.depends_on_id).or(goes_on)) {
            (Some(action_id), Some(depends_on_id)) => {
                carried.push(action_dependency::Model { action_id, depends_on_id, ..row.clone() });
            }
            (None, Some(depends_on_id)) => {
                if let Some(waiting) = open.get_mut(&row.action_id) {
                    *waiting = work.cx.touch(waiting).await?;
                    work.cx.detach(row).await?;
                    work.cx.attach(action_dependency::Model { depends_on_id, ..row.clone() }).await?;
                }
            }
            _ => {}
        }
    }
    work.cx.attach_all(carried).await?;
    Ok(())
}
