//! Forecast: where a slip ends up.
//!
//! Actions depend on each other. When one is late, those that wait for it keep the time that they were given after it, and
//! move; those with time in hand do not.

use std::{
    collections::HashMap,
    fmt::{self, Debug},
    hash::Hash,
};

use chrono::{Days, NaiveDate};

use crate::ActionStatus;

/// One action, as far as its forecast asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node<K> {
    /// Which action it is.
    pub id: K,
    /// How far it has come.
    pub status: ActionStatus,
    /// The day it was finished, where it is complete or assured.
    pub finished_on: Option<NaiveDate>,
    /// When it is to start.
    pub start_on: Option<NaiveDate>,
    /// When it is due.
    pub due_on: Option<NaiveDate>,
}

/// One dependency: `action` cannot be finished before `depends_on` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge<K> {
    /// The action that waits.
    pub action: K,
    /// The action it waits for.
    pub depends_on: K,
}

/// Actions that wait for each other in a circle, so that none can ever be finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle<K> {
    /// The circle: each waits for the next, and the last for the first.
    pub members: Vec<K>,
}

impl<K: Debug> fmt::Display for Cycle<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "actions wait for each other in a circle: {:?}", self.members)
    }
}

impl<K: Debug> std::error::Error for Cycle<K> {}

/// A circle among dependencies, if there is one.
pub fn circle<K: Copy + Eq + Hash>(edges: &[Edge<K>]) -> Option<Cycle<K>> {
    let (mut ids, mut index) = (Vec::new(), HashMap::new());
    for id in edges.iter().flat_map(|edge| [edge.action, edge.depends_on]) {
        index.entry(id).or_insert_with(|| {
            ids.push(id);
            ids.len() - 1
        });
    }
    let mut waits_for = vec![Vec::new(); ids.len()];
    for edge in edges {
        waits_for[index[&edge.action]].push(index[&edge.depends_on]);
    }
    let members = dependencies_first(&waits_for).err()?;
    Some(Cycle { members: members.into_iter().map(|at| ids[at]).collect() })
}

/// The forecast of every action of a programme on one day.
#[derive(Clone, Debug)]
pub struct Forecast<K> {
    ids: Vec<K>,
    index: HashMap<K, usize>,
    entries: Vec<Entry>,
}

/// `driver` is the unfinished dependency that decides the date, where one does.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    on: Option<NaiveDate>,
    driver: Option<usize>,
    is_open: bool,
}

impl<K: Copy + Eq + Hash> Forecast<K> {
    /// Works out all dates, or names a circle. An edge to an action that is not among `nodes` is left out: nothing is known
    /// about it.
    pub fn new(nodes: &[Node<K>], edges: &[Edge<K>], today: NaiveDate) -> Result<Self, Cycle<K>> {
        let index: HashMap<K, usize> = nodes.iter().enumerate().map(|(at, node)| (node.id, at)).collect();
        let mut waits_for = vec![Vec::new(); nodes.len()];
        for edge in edges {
            if let (Some(action), Some(other)) = (index.get(&edge.action), index.get(&edge.depends_on)) {
                waits_for[*action].push(*other);
            }
        }
        let order = dependencies_first(&waits_for)
            .map_err(|members| Cycle { members: members.into_iter().map(|at| nodes[at].id).collect() })?;
        let mut entries = vec![Entry::default(); nodes.len()];
        for at in order {
            entries[at] = entry(nodes, &entries, &waits_for[at], at, today);
        }
        Ok(Self { ids: nodes.iter().map(|node| node.id).collect(), index, entries })
    }

    /// The day on which an action is expected to be finished: the day it was, if it is. `None` where nothing says, and for
    /// actions that were withdrawn or rolled over.
    pub fn on(&self, id: K) -> Option<NaiveDate> {
        self.index.get(&id).and_then(|at| self.entries[*at].on)
    }

    /// The unfinished actions that decide when the last one is finished, in the order of work: a day lost in any of them
    /// is a day lost at the end. Ends at the action with the latest forecast, of several the first given.
    pub fn critical_path(&self) -> Vec<K> {
        let open =
            (0..self.entries.len()).filter(|at| self.entries[*at].is_open && self.entries[*at].on.is_some());
        let last = open.rev().max_by_key(|at| self.entries[*at].on);
        let mut path: Vec<K> =
            std::iter::successors(last, |at| self.entries[*at].driver).map(|at| self.ids[at]).collect();
        path.reverse();
        path
    }
}

/// One action's forecast from those of its dependencies, which are all worked out already.
fn entry<K>(nodes: &[Node<K>], entries: &[Entry], waits_for: &[usize], at: usize, today: NaiveDate) -> Entry {
    let node = &nodes[at];
    if !node.status.is_open() {
        let on = node.finished_on.filter(|_| node.status.is_finished());
        return Entry { on, driver: None, is_open: false };
    }
    let base = node.due_on.map(|due_on| due_on.max(today));
    let last = waits_for
        .iter()
        .copied()
        .filter(|other| entries[*other].on.is_some())
        .max_by_key(|other| entries[*other].on);
    let planned = waits_for.iter().filter_map(|other| nodes[*other].due_on).max();
    let held_until = last.and_then(|other| entries[other].on).map(|ready| {
        let after = ready.checked_add_days(working_time(node, planned)).unwrap_or(NaiveDate::MAX);
        after.max(today)
    });
    let is_driven = held_until.is_some() && held_until >= base;
    let driver = last.filter(|other| is_driven && entries[*other].is_open);
    Entry { on: base.max(held_until), driver, is_open: true }
}

/// The days that the plan gives the action once it can be worked on: from its start or, if later, from the last of its
/// dependencies' due dates, to its own. None where a date is missing or they overlap.
fn working_time<K>(node: &Node<K>, planned: Option<NaiveDate>) -> Days {
    let days = match (node.due_on, node.start_on.max(planned)) {
        (Some(due_on), Some(from)) => (due_on - from).num_days(),
        _ => 0,
    };
    Days::new(u64::try_from(days).unwrap_or(0))
}

/// An order in which everything comes after what it waits for, or the members of a circle.
fn dependencies_first(waits_for: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut open: Vec<usize> = waits_for.iter().map(Vec::len).collect();
    let mut held_by = vec![Vec::new(); waits_for.len()];
    for (at, others) in waits_for.iter().enumerate() {
        for other in others {
            held_by[*other].push(at);
        }
    }
    let mut order: Vec<usize> = (0..open.len()).filter(|at| open[*at] == 0).collect();
    let mut next = 0;
    while let Some(at) = order.get(next).copied() {
        next += 1;
        for held in &held_by[at] {
            open[*held] -= 1;
            if open[*held] == 0 {
                order.push(*held);
            }
        }
    }
    match (0..open.len()).find(|at| open[*at] > 0) {
        None => Ok(order),
        Some(first) => Err(circle_from(first, waits_for, &open)),
    }
}

/// Everything that is left waits for something that is left, so walking on must come round.
fn circle_from(first: usize, waits_for: &[Vec<usize>], open: &[usize]) -> Vec<usize> {
    let mut walk = vec![first];
    loop {
        let at = walk[walk.len() - 1];
        let Some(next) = waits_for[at].iter().copied().find(|other| open[*other] > 0) else { return walk };
        if let Some(start) = walk.iter().position(|seen| *seen == next) {
            return walk.split_off(start);
        }
        walk.push(next);
    }
}

#[cfg(test)]
#[path = "forecast_tests.rs"]
mod tests;
