//! Coverage and health: `docs/rules.md` once more, as far as the county goes.

use super::state::{Action, Model, TODAY};
use crate::support::Persona;

/// Two weeks after today.
const SOON: &str = "2018-12-24";

impl Model {
    /// How a demand is answered by what somebody sees.
    pub fn coverage(&self, who: Persona, demand: usize) -> &'static str {
        let below: Vec<usize> =
            (0..self.demands.len()).filter(|at| self.demands[*at].parent == Some(demand)).collect();
        if below.is_empty() {
            let live = self.actions.iter().filter(|action| action.is_live() && self.sees_action(who, action));
            let links: Vec<bool> = live.filter_map(|action| action.links.get(&demand).copied()).collect();
            return match links.iter().all(|is_partial| *is_partial) {
                _ if links.is_empty() => "UNCOVERED",
                true => "PARTIAL",
                false => "COVERED",
            };
        }
        let of_parts: Vec<&str> = below.iter().map(|at| self.coverage(who, *at)).collect();
        if of_parts.iter().all(|of| *of == of_parts[0]) { of_parts[0] } else { "PARTIAL" }
    }

    /// How an action stands today. Nobody is late with a report here: all plans were agreed today, if they were.
    pub fn health(&self, who: Persona, action: &Action) -> &'static str {
        if action.is_finished() {
            return "DONE";
        }
        if action.due_on.is_some_and(|due| due < TODAY) {
            return "OFF_TRACK";
        }
        let open = action.steps.iter().filter(|step| !step.is_settled);
        let is_behind = open.clone().any(|step| step.due_on.is_some_and(|due| due < TODAY));
        let too_little =
            action.due_on.is_some_and(|due| due <= SOON) && open.count() * 2 > action.steps.len();
        let waits_for_late = action.waits_for.iter().map(|at| &self.actions[*at]).any(|other| {
            let is_late = |due| due < TODAY || action.due_on.is_some_and(|own| due > own);
            !other.is_finished() && self.sees_action(who, other) && other.due_on.is_some_and(is_late)
        });
        if is_behind || too_little || waits_for_late { "AT_RISK" } else { "ON_TRACK" }
    }
}
