//! What is done about it: plans, themes, actions, and what became of them.

use std::collections::{HashMap, HashSet};

use entity::{plan, progress_update, theme};
use import::programme::{Action, Plan, Progress};
use uuid::Uuid;

use super::build::{At, Build, position};
use super::draft::{Draft, StepDraft};

/// Themes of a plan as they come up: name and the place of the parent in the list.
pub(super) type Tree = Vec<(String, Option<usize>)>;

impl<'a> Build<'a> {
    pub(super) fn done(&mut self) {
        for row in &self.known.actions {
            self.actions.insert((row.plan_id, row.reference.clone()), row.id);
        }
        for plan in in_order(&self.bundle.file.plans) {
            self.plan(plan);
        }
        for progress in &self.bundle.file.progress {
            self.progress(progress);
        }
        self.finish();
    }

    fn plan(&mut self, given: &'a Plan) {
        let known = self.known.plans.iter().find(|row| row.title == given.title).map(|row| row.id);
        if let Some(id) = known {
            self.plans.insert(&given.key, id);
            if given.actions_from.is_some() {
                let at = At("plan", &given.key, "title");
                self.problem(
                    at,
                    "the programme has a plan of this title",
                    "change that one through the API, or give another title",
                );
            }
            for action in &given.actions {
                self.action(At("plan.action", &given.key, "reference"), &given.key, &action.reference);
            }
            return;
        }
        let id = Uuid::now_v7();
        self.plans.insert(&given.key, id);
        let at = |field| At("plan", &given.key, field);
        let predecessor_id = given.follows.as_ref().and_then(|key| {
            let found = self.plans.get(key.as_str()).copied();
            if found.is_none() {
                self.problem(at("follows"), format!("{key:?} is no plan's key"), "add a plan with this key");
            }
            found
        });
        if let Some(owner_id) = self.party(at("owner"), &given.owner) {
            self.rows.plans.push(plan::Model {
                id,
                programme_id: self.programme,
                title: given.title.clone(),
                status: given.status.to_string(),
                owner_id,
                start_on: given.start_on,
                end_on: given.end_on,
                predecessor_id,
                update_every_days: i32::try_from(given.update_every_days).unwrap_or(i32::MAX),
                strands_required: i32::try_from(given.strands_required).unwrap_or(i32::MAX),
                considered_on: given.considered_on,
                agreed_on: given.agreed_on,
                published_on: given.published_on,
                closed_on: given.closed_on,
                import_digest: self.bundle.tables.get(&given.key).map(|table| table.digest.clone()),
                version: 1,
                created_at: self.when.now,
                updated_at: self.when.now,
            });
        }
        if let Some(table) = self.bundle.tables.get(&given.key) {
            self.table(given, id, table);
            return;
        }
        let places: HashMap<&str, usize> =
            given.themes.iter().enumerate().map(|(index, theme)| (theme.key.as_str(), index)).collect();
        let tree: Tree = given
            .themes
            .iter()
            .map(|theme| {
                (theme.name.clone(), theme.under.as_ref().and_then(|key| places.get(key.as_str()).copied()))
            })
            .collect();
        let ids = self.themes(id, &tree);
        for (index, action) in given.actions.iter().enumerate() {
            let theme = action
                .theme
                .as_ref()
                .and_then(|key| places.get(key.as_str()))
                .and_then(|at| ids.get(*at))
                .copied();
            let draft = self.action_draft(given, id, index, action, theme);
            self.actions.insert((id, draft.reference.clone()), draft.id);
            self.drafts.push(draft);
        }
    }

    /// Writes a plan's themes down in depth-first order and returns their ids in the order given.
    pub(super) fn themes(&mut self, plan_id: Uuid, tree: &Tree) -> Vec<Uuid> {
        let ids: Vec<Uuid> = tree.iter().map(|_| Uuid::now_v7()).collect();
        for (place, index) in depth_first(tree).into_iter().enumerate() {
            let (Some((name, parent)), Some(id)) = (tree.get(index), ids.get(index)) else { continue };
            self.rows.themes.push(theme::Model {
                id: *id,
                programme_id: self.programme,
                plan_id,
                parent_id: parent.and_then(|parent| ids.get(parent).copied()),
                name: name.clone(),
                position: position(place),
                version: 1,
                created_at: self.when.now,
                updated_at: self.when.now,
            });
        }
        ids
    }

    fn action_draft(
        &mut self,
        plan: &Plan,
        plan_id: Uuid,
        index: usize,
        given: &Action,
        theme: Option<Uuid>,
    ) -> Draft {
        let entry = format!("{} / {}", plan.key, given.reference);
        let at = |field| At("plan.action", &entry, field);
        let mut draft = Draft::new(&plan.key, plan_id, &given.reference, index);
        draft.aim.clone_from(&given.aim);
        draft.theme = theme;
        draft.leads = given.leads.iter().filter_map(|key| self.party(at("leads"), key)).collect();
        draft.contributors =
            given.contributors.iter().filter_map(|key| self.party(at("contributors"), key)).collect();
        draft.organisation = self.maybe_party(at("organisation"), given.organisation.as_ref());
        draft.start_on = given.start_on;
        draft.due_on = given.due_on;
        draft.due_precision = given.due_precision.map(|precision| precision.as_str());
        draft.timeframe_as_printed.clone_from(&given.timeframe_as_printed);
        draft.status = given.status.as_str();
        draft.status_on = given.status_on;
        draft.rolled_over_from.clone_from(&given.rolled_over_from);
        draft.notes.clone_from(&given.notes);
        draft.depends_on = given.depends_on.iter().map(|on| (on.clone(), given.illustrative)).collect();
        for link in &given.addresses {
            if let Some(requirement) = self.requirement(at("addresses"), &link.source, &link.reference) {
                draft.link(requirement, link.qualifier.clone());
            }
        }
        for direction in &given.directions {
            if let Some(source) = self.source(at("directions"), &direction.source) {
                draft.name_direction(source.id, &direction.as_printed);
            }
        }
        for step in &given.steps {
            draft.steps.push(StepDraft {
                text: step.text.clone(),
                due_on: step.due_on,
                done_on: step.done_on,
                struck_out_on: step.struck_out_on,
                struck_out_reason: step.struck_out_reason.clone(),
                lead: self.maybe_party(at("step.lead"), step.lead.as_ref()),
                is_illustrative: step.illustrative,
            });
        }
        draft
    }

    fn progress(&mut self, given: &Progress) {
        let entry = format!("{} / {}", given.plan, given.action);
        let at = |field| At("progress", &entry, field);
        let Some(action_id) = self.action(at("action"), &given.plan, &given.action) else { return };
        match self.drafts.iter().position(|draft| draft.id == action_id) {
            Some(index) => self.progress_of_new(given, index, &entry),
            None if says_more_than_updates(given) => {
                self.problem(
                    at("action"),
                    "the programme has this action",
                    "only updates can be added; change the rest through the API",
                );
            }
            None => {}
        }
        for update in &given.updates {
            // Found again by its action, day and words.
            let same = |row: &progress_update::Model| {
                row.action_id == action_id
                    && row.reported_on == update.on
                    && row.narrative == update.narrative
            };
            if self.known.updates.iter().any(same) {
                continue;
            }
            let author_id = self.maybe_party(At("progress.update", &entry, "by"), update.by.as_ref());
            let row = self.update(action_id, update.on, &update.narrative);
            self.rows.updates.push(progress_update::Model {
                declared_health: Some(update.health.to_string()),
                obstacles: update.obstacles.clone(),
                next_steps: update.next_steps.clone(),
                author_id,
                is_illustrative: update.illustrative,
                ..row
            });
        }
    }

    fn progress_of_new(&mut self, given: &Progress, index: usize, entry: &str) {
        let at = |field| At("progress", entry, field);
        let organisation = self.maybe_party(at("organisation"), given.organisation.as_ref());
        let contributors: Vec<Uuid> =
            given.contributors.iter().filter_map(|key| self.party(at("contributors"), key)).collect();
        let leads: Vec<Option<Uuid>> =
            given.steps.iter().map(|step| self.maybe_party(at("step.lead"), step.lead.as_ref())).collect();
        let mut missing = Vec::new();
        let Some(draft) = self.drafts.get_mut(index) else { return };
        if let Some(status) = given.status {
            draft.status = status.as_str();
            draft.status_on = given.status_on;
        }
        draft.organisation = organisation.or(draft.organisation);
        draft.contributors.extend(contributors);
        if given.rolled_over_from.is_some() {
            draft.rolled_over_from.clone_from(&given.rolled_over_from);
        }
        draft.depends_on.extend(given.depends_on.iter().map(|on| (on.clone(), given.illustrative)));
        if let Some(notes) = &given.notes {
            draft.note(notes);
        }
        for (given, lead) in given.steps.iter().zip(leads) {
            let place = usize::try_from(given.number).ok().and_then(|number| number.checked_sub(1));
            let Some(step) = place.and_then(|place| draft.steps.get_mut(place)) else {
                missing.push(given.number);
                continue;
            };
            step.due_on = given.due_on.or(step.due_on);
            step.lead = lead.or(step.lead);
            step.is_illustrative |= given.illustrative;
            if given.done_on.is_some() || given.struck_out_on.is_some() {
                step.done_on = given.done_on;
                step.struck_out_on = given.struck_out_on;
                step.struck_out_reason.clone_from(&given.struck_out_reason);
            }
        }
        for number in missing {
            self.problem(
                At("progress.step", entry, "number"),
                format!("the action has no step {number}"),
                "count its steps from 1",
            );
        }
    }
}

fn says_more_than_updates(given: &Progress) -> bool {
    given.status.is_some()
        || given.organisation.is_some()
        || given.rolled_over_from.is_some()
        || given.notes.is_some()
        || given.impact.is_some()
        || !(given.contributors.is_empty() && given.depends_on.is_empty() && given.steps.is_empty())
}

/// The plans, each after the one that it follows. Rows may refer only to rows that stand before them.
fn in_order(plans: &[Plan]) -> Vec<&Plan> {
    let keys: HashSet<&str> = plans.iter().map(|plan| plan.key.as_str()).collect();
    let mut placed: HashSet<&str> = HashSet::new();
    let mut ordered: Vec<&Plan> = Vec::new();
    while ordered.len() < plans.len() {
        let ready = |plan: &&Plan| {
            !placed.contains(plan.key.as_str())
                && plan
                    .follows
                    .as_ref()
                    .is_none_or(|key| placed.contains(key.as_str()) || !keys.contains(key.as_str()))
        };
        // The check of the file refuses circles; without it the rest would stand in the file's order.
        let rest = || plans.iter().find(|plan| !placed.contains(plan.key.as_str()));
        let Some(next) = plans.iter().find(ready).or_else(rest) else { break };
        placed.insert(&next.key);
        ordered.push(next);
    }
    ordered
}

/// The places of a tree's themes, each directly below its parent or the parent's other parts.
fn depth_first(tree: &Tree) -> Vec<usize> {
    // Last first, so that the first is taken first.
    let children = |of: Option<usize>| {
        let all = tree.iter().enumerate().filter(move |(_, (_, parent))| *parent == of);
        all.map(|(index, _)| index).rev().collect::<Vec<_>>()
    };
    let (mut ordered, mut left) = (Vec::new(), children(None));
    while let Some(index) = left.pop() {
        ordered.push(index);
        left.extend(children(Some(index)));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_that_comes_back_takes_its_new_parts_to_its_first_place() {
        let node = |name: &str, parent| (name.to_owned(), parent);
        let tree = vec![
            node("Practice", None),
            node("Hub", Some(0)),
            node("Performance", None),
            node("Standards", Some(2)),
            node("Care", Some(0)),
        ];
        let names: Vec<_> = depth_first(&tree).into_iter().map(|index| tree[index].0.as_str()).collect();
        assert_eq!(names, ["Practice", "Hub", "Care", "Performance", "Standards"]);
    }

    #[test]
    fn plans_stand_after_those_that_they_follow() {
        let plan = |key: &str, follows: Option<&str>| Plan {
            key: key.to_owned(),
            follows: follows.map(str::to_owned),
            ..super::super::bundle::draft_plan(key)
        };
        let plans =
            [plan("c", Some("b")), plan("b", Some("a")), plan("x", None), plan("a", Some("elsewhere"))];
        let keys: Vec<_> = in_order(&plans).into_iter().map(|plan| plan.key.as_str()).collect();
        assert_eq!(keys, ["x", "a", "b", "c"]);
    }
}
