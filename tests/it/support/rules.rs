//! What the rules of the `domain` crate say about what a test has written: to compare with what the API says.

use std::str::FromStr;

use chrono::NaiveDate;
use domain::cadence::{self, Reporting};
use domain::coverage::{Link, Reach, Term, of_term};
use domain::forecast::{Edge, Forecast, Node};
use domain::standing::{self, Dependency, Facts, Step, thresholds};
use domain::{ActionStatus, Coverage, Health};
use entity::*;
use uuid::Uuid;

use super::world::Record;

/// A word of the record as the rules know it.
pub fn word<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

impl Record {
    /// The updates on an action, the latest first.
    pub fn updates_on(&self, action: &action::Model) -> Vec<&progress_update::Model> {
        let mut updates: Vec<_> = self.updates.iter().filter(|row| row.action_id == action.id).collect();
        updates.sort_by_key(|row| std::cmp::Reverse((row.reported_on, row.id)));
        updates
    }

    /// When the next update is due.
    pub fn update_due_on(&self, action: &action::Model) -> Option<NaiveDate> {
        let plan = self.plans.iter().find(|plan| plan.id == action.plan_id).unwrap();
        cadence::update_due_on(&Reporting {
            plan_status: word(&plan.status),
            plan_live_on: plan.agreed_on.or(plan.published_on),
            every_days: plan.update_every_days as u32,
            status: word(&action.status),
            start_on: action.start_on,
            last_reported_on: self.updates_on(action).first().map(|update| update.reported_on),
        })
    }

    /// What the lead declared last.
    pub fn declared_health(&self, action: &action::Model) -> Option<Health> {
        self.updates_on(action).iter().find_map(|update| update.declared_health.as_deref()).map(word)
    }

    /// What the service is to compute, for a viewer who may read the updates, or may not.
    pub fn computed_health(
        &self,
        action: &action::Model,
        today: NaiveDate,
        reads_updates: bool,
        sees: impl Fn(&action::Model) -> bool,
    ) -> Health {
        let steps: Vec<Step> = self
            .steps
            .iter()
            .filter(|step| step.action_id == action.id)
            .map(|step| Step {
                due_on: step.due_on,
                is_settled: step.done_on.is_some() || step.struck_out_on.is_some(),
            })
            .collect();
        let awaited = self.dependencies.iter().filter(|row| row.action_id == action.id);
        let dependencies: Vec<Dependency> = awaited
            .map(|row| self.actions.iter().find(|other| other.id == row.depends_on_id).unwrap())
            .filter(|other| sees(other))
            .map(|other| Dependency {
                due_on: other.due_on,
                is_finished: word::<ActionStatus>(&other.status).is_finished(),
            })
            .collect();
        let status = word(&action.status);
        let (start_on, due_on) = (action.start_on, action.due_on);
        let days =
            thresholds(&Facts { status, start_on, due_on, steps: &steps, dependencies: &dependencies });
        let update_due_on = self.update_due_on(action).filter(|_| reads_updates);
        standing::computed_health(status, action.status_on, days, update_due_on, today)
    }

    /// When each action of the actions that `sees` lets through will be finished.
    pub fn forecast(&self, today: NaiveDate, sees: impl Fn(&action::Model) -> bool) -> Forecast<Uuid> {
        let seen = self.actions.iter().filter(|action| sees(action));
        let nodes: Vec<_> = seen
            .map(|action| Node {
                id: action.id,
                status: word(&action.status),
                finished_on: action.status_on,
                start_on: action.start_on,
                due_on: action.due_on,
            })
            .collect();
        let edges = self.dependencies.iter();
        let edges: Vec<_> =
            edges.map(|row| Edge { action: row.action_id, depends_on: row.depends_on_id }).collect();
        Forecast::new(&nodes, &edges, today).unwrap()
    }

    /// How far a requirement is answered by the actions that `sees` lets through.
    pub fn coverage(
        &self,
        requirement: &requirement::Model,
        sees: &impl Fn(&action::Model) -> bool,
    ) -> Coverage {
        of_term(&self.term(requirement, sees))
    }

    fn term(&self, requirement: &requirement::Model, sees: &impl Fn(&action::Model) -> bool) -> Term {
        let links = self.links.iter().filter(|link| link.requirement_id == requirement.id);
        let links = links.filter_map(|link| {
            let action = self.actions.iter().find(|action| action.id == link.action_id).unwrap();
            let reach = if link.qualifier.is_some() { Reach::Qualified } else { Reach::Whole };
            sees(action).then(|| Link { status: word(&action.status), reach })
        });
        let children = self.requirements.iter().filter(|other| other.parent_id == Some(requirement.id));
        Term { links: links.collect(), children: children.map(|child| self.term(child, sees)).collect() }
    }
}
