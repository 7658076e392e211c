//! How a programme stood at a moment, and what changed between two: from the ledger, by the rules of today, for what the
//! viewer may see (`docs/adr/0012-position.md`).

mod answer;
mod load;
mod sight;
mod then;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::cadence::Reporting;
use domain::coverage::{Link, Term, of_term};
use domain::position::{Recorded, Reported, Standing, standing};
use domain::standing::{Dependency, Facts};
use domain::{ActionStatus, Coverage, Health};
use uuid::Uuid;

use self::load::Now;
use self::sight::Sight;
use self::then::{Action, Plan, Scheme, Then};
use crate::authz::viewer::Viewer;

pub use self::answer::{changes, check_changes, check_position, position};

/// A moment of the record, and the domain's day at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    at: DateTime<Utc>,
    day: NaiveDate,
}

/// How a programme stood, as far as the viewer may see.
#[derive(Debug)]
struct Position {
    moment: Moment,
    /// The actions, in order of plan and position.
    actions: Vec<Stood>,
    /// How far each demand was answered.
    coverage: Vec<Coverage>,
    scheme: HashMap<Health, Scheme>,
}

/// How an action stood.
#[derive(Debug, Clone)]
struct Stood {
    action: Action,
    plan: Plan,
    /// What the organisation that answered for it is called.
    organisation: Option<String>,
    standing: Standing,
}

impl Position {
    /// The position of a programme that has no entry yet.
    fn empty(moment: Moment) -> Self {
        Self { moment, actions: Vec::new(), coverage: Vec::new(), scheme: HashMap::new() }
    }

    /// The position that follows from a programme as it was recorded.
    fn new(then: &Then, now: &Now, viewer: &Viewer, programme: Uuid, moment: Moment) -> Self {
        let sight = Sight { viewer, programme, is_open: now.open.contains(&programme), day: moment.day };
        let in_sight: HashMap<Uuid, (&Action, &Plan)> = then
            .actions
            .iter()
            .filter(|action| now.actions.contains_key(&action.id))
            .filter_map(|action| Some((action, then.plans.get(&action.plan_id)?)))
            .filter(|(_, plan)| now.others.contains(&plan.id))
            .filter(|(action, plan)| sight.action_was_open(then, action, plan))
            .map(|(action, plan)| (action.id, (action, plan)))
            .collect();
        let stood = |(action, plan): &(&Action, &Plan)| {
            let may_read = now.actions.get(&action.id).is_some_and(|reads| *reads)
                && sight.updates_were_open(then, action, plan);
            let awaited = action.depends_on.iter().filter_map(|id| in_sight.get(id)).map(|(of, _)| *of);
            Stood {
                standing: stand(then, action, plan, awaited, may_read, moment.day),
                organisation: action.organisation_id.and_then(|id| now.organisations.get(&id).cloned()),
                action: (*action).clone(),
                plan: (*plan).clone(),
            }
        };
        Self {
            moment,
            actions: then.actions.iter().filter_map(|action| in_sight.get(&action.id)).map(stood).collect(),
            coverage: coverage(then, now, sight, &in_sight),
            scheme: then.scheme.clone(),
        }
    }
}

/// How an action stood on the day, by the rules that hold on every day.
fn stand<'a>(
    then: &Then,
    action: &Action,
    plan: &Plan,
    awaited: impl Iterator<Item = &'a Action>,
    may_read: bool,
    day: NaiveDate,
) -> Standing {
    let dependencies: Vec<Dependency> = awaited
        .map(|other| Dependency { due_on: other.due_on, is_finished: other.status.is_finished() })
        .collect();
    let (status, start_on) = (action.status, action.start_on);
    let updates = then.updates.get(&action.id).map(Vec::as_slice).unwrap_or_default();
    let reported = may_read.then(|| Reported {
        reporting: Reporting {
            plan_status: plan.status,
            plan_live_on: plan.agreed_on.or(plan.published_on),
            every_days: plan.update_every_days,
            status,
            start_on,
            last_reported_on: updates.last().map(|update| update.reported_on),
        },
        declared: updates.iter().rev().find_map(|update| update.declared),
    });
    let facts = Facts {
        status,
        start_on,
        due_on: action.due_on,
        steps: then.steps.get(&action.id).map(Vec::as_slice).unwrap_or_default(),
        dependencies: &dependencies,
    };
    standing(&Recorded { facts, status_on: action.status_on, reported }, day)
}

/// How far each demand in sight was answered by the actions in sight.
fn coverage(
    then: &Then,
    now: &Now,
    sight: Sight<'_>,
    in_sight: &HashMap<Uuid, (&Action, &Plan)>,
) -> Vec<Coverage> {
    let mut links: HashMap<Uuid, Vec<Link>> = HashMap::new();
    for (action, _) in in_sight.values() {
        for (requirement, reach) in &action.requirements {
            links.entry(*requirement).or_default().push(Link { status: action.status, reach: *reach });
        }
    }
    let mut children: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for requirement in &then.requirements {
        if let Some(parent) = requirement.parent_id {
            children.entry(parent).or_default().push(requirement.id);
        }
    }
    let was_open = |source: &Uuid| then.published.get(source).is_some_and(|on| sight.source_was_open(*on));
    then.requirements
        .iter()
        .filter(|of| now.others.contains(&of.id) && was_open(&of.source_id))
        .map(|of| of_term(&term(of.id, &links, &children, &mut HashSet::new())))
        .collect()
}

/// A requirement with those below it. One that is below itself, which no write path allows, has nothing below it.
fn term(
    id: Uuid,
    links: &HashMap<Uuid, Vec<Link>>,
    children: &HashMap<Uuid, Vec<Uuid>>,
    above: &mut HashSet<Uuid>,
) -> Term {
    let mut below = Vec::new();
    if above.insert(id) {
        let children_of = children.get(&id).map(Vec::as_slice).unwrap_or_default();
        below.extend(children_of.iter().map(|child| term(*child, links, children, above)));
        above.remove(&id);
    }
    Term { links: links.get(&id).cloned().unwrap_or_default(), children: below }
}

/// How many there are of a status.
fn count_of(actions: &[Stood], status: ActionStatus) -> usize {
    actions.iter().filter(|stood| stood.standing.status == status).count()
}
