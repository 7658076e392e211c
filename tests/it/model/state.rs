//! What the model knows: plain lists, as one would keep them on paper.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

use super::act::{Act, Sent};
use super::text;
use crate::support::Persona;

pub type Day = &'static str;
pub const TODAY: Day = "2018-12-10";

/// Everything.
#[derive(Debug, Clone)]
pub struct Model {
    pub programme: Uuid,
    pub parties: Vec<Party>,
    pub demands: Vec<Demand>,
    pub plans: Vec<Plan>,
    pub actions: Vec<Action>,
    pub evidence: Vec<Evidence>,
}

#[derive(Debug, Clone)]
pub struct Party {
    pub id: String,
    /// The subject of whom this is the post.
    pub of: Option<Persona>,
    pub organisation: Option<Organisation>,
    /// The members of a group, by their places in the list.
    pub members: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Organisation {
    Council,
    Police,
    Health,
}

/// A recommendation or a term.
#[derive(Debug, Clone)]
pub struct Demand {
    pub id: String,
    pub parent: Option<usize>,
}

#[derive(Debug, Clone)]
pub struct Plan {
    pub id: String,
    pub version: i32,
    pub status: &'static str,
    pub was_published: bool,
    pub strands: usize,
    pub predecessor: Option<usize>,
}

#[derive(Debug, Clone)]
pub struct Action {
    pub id: String,
    pub version: i32,
    pub status: &'static str,
    pub plan: usize,
    pub reference: String,
    pub due_on: Option<Day>,
    pub leads: Vec<usize>,
    /// The demands that it addresses, and whether only in part.
    pub links: BTreeMap<usize, bool>,
    pub waits_for: BTreeSet<usize>,
    pub steps: Vec<Step>,
    pub claimed_by: Option<Persona>,
    pub updates: usize,
}

#[derive(Debug, Clone)]
pub struct Step {
    pub id: String,
    pub version: i32,
    pub due_on: Option<Day>,
    pub is_settled: bool,
}

#[derive(Debug, Clone)]
pub struct Evidence {
    pub id: String,
    pub version: i32,
    pub strand: &'static str,
    pub is_sensitive: bool,
    pub review: &'static str,
    pub added_by: Persona,
    pub actions: BTreeSet<usize>,
    pub shared_with: BTreeSet<Organisation>,
}

impl Action {
    pub fn is_open(&self) -> bool {
        ["NOT_STARTED", "IN_PROGRESS"].contains(&self.status)
    }

    pub fn is_live(&self) -> bool {
        !["WITHDRAWN", "ROLLED_OVER"].contains(&self.status)
    }

    pub fn is_finished(&self) -> bool {
        ["COMPLETE", "ASSURED"].contains(&self.status)
    }
}

impl Model {
    /// What a command that was done leaves. `new` is its payload, from which only ids are taken.
    pub fn follow(&mut self, sent: &Sent, new: &Value) {
        match &sent.act {
            Act::Create { plan, reference, due_on, lead } => self.actions.push(Action {
                id: text(&new["action"]["id"]),
                version: 1,
                status: "NOT_STARTED",
                plan: *plan,
                reference: reference.clone(),
                due_on: *due_on,
                leads: lead.iter().copied().collect(),
                links: BTreeMap::new(),
                waits_for: BTreeSet::new(),
                steps: Vec::new(),
                claimed_by: None,
                updates: 0,
            }),
            Act::StepAdd { action, due_on } => self.actions[*action].steps.push(Step {
                id: text(&new["step"]["id"]),
                version: 1,
                due_on: *due_on,
                is_settled: false,
            }),
            Act::StepComplete { action, step } | Act::StepStrikeOut { action, step } => {
                let step = &mut self.actions[*action].steps[*step];
                (step.is_settled, step.version) = (true, step.version + 1);
            }
            Act::StepReopen { action, step } => {
                let step = &mut self.actions[*action].steps[*step];
                (step.is_settled, step.version) = (false, step.version + 1);
            }
            Act::Report { action, .. } => self.actions[*action].updates += 1,
            Act::EvidenceAdd { action, strand, is_sensitive } => {
                let organisation = sent.who.organisation();
                let shared_with = organisation.filter(|_| *is_sensitive).into_iter().collect();
                self.evidence.push(Evidence {
                    id: text(&new["evidence"]["id"]),
                    version: 1,
                    strand,
                    is_sensitive: *is_sensitive,
                    review: "SUBMITTED",
                    added_by: sent.who,
                    actions: action.iter().copied().collect(),
                    shared_with,
                });
            }
            Act::EvidenceAttach { evidence, action } => {
                let evidence = &mut self.evidence[*evidence];
                evidence.version += i32::from(evidence.actions.insert(*action));
            }
            Act::EvidenceReview { evidence, is_accepted } => {
                let evidence = &mut self.evidence[*evidence];
                evidence.review = if *is_accepted { "ACCEPTED" } else { "REFUSED" };
                evidence.version += 1;
            }
            Act::Consider { plan } => self.to(*plan, "CONSIDERED"),
            Act::Agree { plan } => self.to(*plan, "AGREED"),
            Act::Publish { plan } => {
                self.to(*plan, "PUBLISHED");
                self.plans[*plan].was_published = true;
            }
            Act::Close { plan, successor } => {
                if let Some(successor) = successor {
                    self.succeed(*plan, *successor, new);
                }
                self.to(*plan, "CLOSED");
            }
            _ => self.follow_action(sent),
        }
    }

    fn follow_action(&mut self, sent: &Sent) {
        let Some(at) = sent.act.action() else { return };
        let action = &mut self.actions[at];
        let is_changed = match &sent.act {
            Act::Link { demand, is_partial, .. } => {
                action.links.insert(*demand, *is_partial) != Some(*is_partial)
            }
            Act::Unlink { demand, .. } => action.links.remove(demand).is_some(),
            Act::HandOver { leads, .. } => std::mem::replace(&mut action.leads, leads.clone()) != *leads,
            Act::MoveDueDate { due_on, .. } => action.due_on.replace(due_on) != Some(due_on),
            Act::Wait { on, .. } => action.waits_for.insert(*on),
            Act::WaitNoMore { on, .. } => action.waits_for.remove(on),
            act => {
                action.status = match act {
                    Act::Start { .. } | Act::Refuse { .. } => "IN_PROGRESS",
                    Act::Claim { .. } => "COMPLETE",
                    Act::Assure { .. } => "ASSURED",
                    Act::Withdraw { .. } => "WITHDRAWN",
                    _ => action.status,
                };
                match act {
                    Act::Claim { .. } => action.claimed_by = Some(sent.who),
                    Act::Refuse { .. } => action.claimed_by = None,
                    _ => {}
                }
                true
            }
        };
        action.version += i32::from(is_changed);
    }

    fn to(&mut self, plan: usize, status: &'static str) {
        self.plans[plan].status = status;
        self.plans[plan].version += 1;
    }

    /// What is unfinished goes on in the successor, with its leads, links and open steps; `there` is what it holds now.
    fn succeed(&mut self, plan: usize, successor: usize, there: &Value) {
        if self.plans[successor].predecessor.replace(plan).is_none() {
            self.plans[successor].version += 1;
        }
        let old: Vec<usize> = (0..self.actions.len())
            .filter(|at| self.actions[*at].plan == plan && self.actions[*at].is_open())
            .collect();
        let mut carried = BTreeMap::new();
        for at in &old {
            let reference = self.free(&self.actions[*at].reference, successor);
            let node = there.as_array().unwrap().iter().find(|node| node["reference"] == reference.as_str());
            let node = node.unwrap_or_else(|| panic!("{reference} was not carried over: {there}"));
            let steps: Vec<String> =
                node["steps"].as_array().unwrap().iter().map(|step| text(&step["id"])).collect();
            let before = &mut self.actions[*at];
            let open: Vec<&Step> = before.steps.iter().filter(|step| !step.is_settled).collect();
            assert_eq!(open.len(), steps.len(), "the open steps of {reference}");
            let after = Action {
                id: text(&node["id"]),
                version: 1,
                plan: successor,
                reference,
                steps: open
                    .iter()
                    .zip(steps)
                    .map(|(step, id)| Step { id, version: 1, ..(*step).clone() })
                    .collect(),
                waits_for: BTreeSet::new(),
                claimed_by: None,
                updates: 0,
                ..before.clone()
            };
            before.status = "ROLLED_OVER";
            before.version += 1;
            carried.insert(*at, self.actions.len());
            self.actions.push(after);
        }
        self.wait_anew(&carried);
    }

    fn free(&self, reference: &str, plan: usize) -> String {
        let is_taken = |name: &String| {
            self.actions.iter().any(|action| action.plan == plan && action.reference == *name)
        };
        let names = (2..).map(|count| format!("{reference} (carried over {count})"));
        let first = [reference.to_owned(), format!("{reference} (carried over)")];
        first.into_iter().chain(names).find(|name| !is_taken(name)).unwrap()
    }

    /// The new wait for what the old waited for, as far as that is still to come, and what waited for the old waits for the new.
    fn wait_anew(&mut self, carried: &BTreeMap<usize, usize>) {
        for at in 0..self.actions.len() {
            for on in self.actions[at].waits_for.clone() {
                let new_on = carried.get(&on).copied();
                let goes_on = new_on.or_else(|| self.actions[on].is_open().then_some(on));
                if let (Some(new), Some(on)) = (carried.get(&at), goes_on) {
                    self.actions[*new].waits_for.insert(on);
                } else if let (None, Some(new_on), true) =
                    (carried.get(&at), new_on, self.actions[at].is_open())
                {
                    self.actions[at].waits_for.remove(&on);
                    self.actions[at].waits_for.insert(new_on);
                }
            }
        }
        self.bump_those_that_wait(carried);
    }

    fn bump_those_that_wait(&mut self, carried: &BTreeMap<usize, usize>) {
        let new: BTreeSet<usize> = carried.values().copied().collect();
        for at in 0..self.actions.len() {
            let is_other = !carried.contains_key(&at) && !new.contains(&at);
            let waits_anew = self.actions[at].waits_for.iter().any(|on| new.contains(on));
            self.actions[at].version += i32::from(is_other && waits_anew);
        }
    }
}
