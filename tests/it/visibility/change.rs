//! Random changes of the world, each of a kind that somebody does not see.

use entity::*;
use uuid::Uuid;

use crate::support::TestApp;
use crate::support::builders::{Write, day};
use crate::support::world::Record;

/// Numbers that look random and are the same for a seed (SplitMix64).
pub struct Die(u64);

impl Die {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// One of these.
    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn some<T: Clone>(&mut self, of: &[T], most: usize) -> Vec<T> {
        let first = self.below(of.len());
        let count = self.below(most + 1);
        of.iter().cycle().skip(first).take(count.min(of.len())).cloned().collect()
    }

    /// Heads or tails.
    pub fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}

/// Makes one change; says what it was, and gives what then stands.
pub async fn random(app: &TestApp, record: Record, die: &mut Die) -> (String, Record) {
    let mut to = app.write().await;
    to.record = record;
    let northshire = to.programme;
    let programme = if die.below(5) == 0 { to.record.programme("southmere").id } else { northshire };
    to.programme = programme;
    let what = match die.below(6) {
        0 | 1 => evidence(&mut to, die).await,
        2 => update(&mut to, die).await,
        3 => source(&mut to, die).await,
        _ => plan(&mut to, die).await,
    };
    let what = format!("{what} in {}", if programme == northshire { "northshire" } else { "southmere" });
    (what, to.commit().await)
}

fn own<T: Clone>(rows: &[T], programme: Uuid, of: impl Fn(&T) -> Uuid) -> Vec<T> {
    rows.iter().filter(|row| of(row) == programme).cloned().collect()
}

async fn evidence(to: &mut Write, die: &mut Die) -> String {
    let actions = own(&to.record.actions, to.programme, |row| row.programme_id);
    let demands = own(&to.record.requirements, to.programme, |row| row.programme_id);
    let marking = die.one(&["OFFICIAL", "OFFICIAL_SENSITIVE"]);
    let title = format!("Random {}", die.next());
    let strand = die.one(&["PERFORMANCE_DATA", "QUALITY_ASSURANCE", "VOICE", "DOCUMENT"]);
    let (shows, is_accepted) = (die.one(&["IMPROVED", "NO_CHANGE", "WORSE"]), die.coin());
    let piece = to
        .evidence(&title, marking, |of| {
            of.strand = strand.to_owned();
            of.shows = (strand != "DOCUMENT").then(|| shows.to_owned());
            of.review_status = if is_accepted { "ACCEPTED" } else { "SUBMITTED" }.to_owned();
        })
        .await;
    let some = die.some(&actions, 2);
    for action in &some {
        to.shows_for(&piece, action).await;
    }
    for demand in die.some(&demands, 1) {
        to.shows(&piece, &demand).await;
    }
    let name = die.one(&["Northshire Police", "Northshire Health Trust", "Harbour School", ""]);
    if !name.is_empty() {
        let party = to.record.party(name).clone();
        to.share(&piece, &party).await;
    }
    let on: Vec<&str> = some.iter().map(|action| action.reference.as_str()).collect();
    format!("evidence {marking} on {on:?}, shared with {name:?}")
}

async fn update(to: &mut Write, die: &mut Die) -> String {
    let actions = own(&to.record.actions, to.programme, |row| row.programme_id);
    let action = die.one(&actions);
    let (on, health) =
        (die.one(&["2018-09-15", "2018-12-09"]), die.one(&["ON_TRACK", "AT_RISK", "OFF_TRACK"]));
    to.update(&action, on, health).await;
    format!("an update {health} of {on} on {}", action.reference)
}

async fn source(to: &mut Write, die: &mut Die) -> String {
    let (kind, is_published) = (die.one(&["INSPECTION", "DIRECTION", "REVIEW"]), die.coin());
    let known = own(&to.record.sources, to.programme, |row| row.programme_id);
    let taken: Vec<Uuid> = known.iter().filter_map(|row| row.supersedes_id).collect();
    let old = known.iter().find(|row| row.kind == "DIRECTION" && !taken.contains(&row.id)).map(|row| row.id);
    let title = format!("Random {}", die.next());
    let source = to
        .source(kind, &title, "2018-11-11", |row| {
            row.published_on = is_published.then(|| day("2018-11-12"));
            row.supersedes_id = old.filter(|_| kind == "DIRECTION");
        })
        .await;
    let demand = to.requirement(&source, "1", "Do this too", |_| {}).await;
    let leaf =
        requirement_leaf::Model { programme_id: to.programme, ancestor_id: demand.id, leaf_id: demand.id };
    to.cx.derive_leaves(vec![leaf]).await.unwrap();
    format!("a source {kind}, published: {is_published}")
}

/// A plan, or one more action of a plan that there is: linked, led, carried on and waiting at random.
async fn plan(to: &mut Write, die: &mut Die) -> String {
    let council = to.record.party("Northshire Council").clone();
    let plans = own(&to.record.plans, to.programme, |row| row.programme_id);
    let (status, is_new) = (die.one(&["DRAFT", "DRAFT", "CONSIDERED", "AGREED", "CLOSED"]), die.coin());
    let taken: Vec<Uuid> = plans.iter().filter_map(|row| row.predecessor_id).collect();
    let before = plans.iter().rev().find(|row| !taken.contains(&row.id)).map(|row| row.id);
    let plan = if is_new {
        let title = format!("Random {}", die.next());
        to.plan(&title, status, &council, |row| {
            row.published_on = None;
            row.predecessor_id = before;
        })
        .await
    } else {
        die.one(&plans)
    };
    let actions = own(&to.record.actions, to.programme, |row| row.programme_id);
    let carried: Vec<Uuid> = actions.iter().filter_map(|row| row.rolled_over_from_id).collect();
    let free: Vec<Uuid> = actions.iter().map(|row| row.id).filter(|id| !carried.contains(id)).collect();
    let from = (!free.is_empty() && die.coin()).then(|| die.one(&free));
    let reference = format!("R{}", die.below(1_000_000));
    let action = to
        .action(&plan, &reference, |row| {
            row.rolled_over_from_id = from;
            (row.due_on, row.due_precision) = (Some(day("2018-11-30")), Some("DAY".to_owned()));
        })
        .await;
    let parties = to.record.parties.clone();
    let parties: Vec<_> = parties
        .into_iter()
        .filter(|row| row.kind != "ORGANISATION" && row.programme_id == Some(to.programme))
        .collect();
    for party in die.some(&parties, 1) {
        to.party_of(&action, &party, "LEAD").await;
    }
    let demands = own(&to.record.requirements, to.programme, |row| row.programme_id);
    let qualifier = die.one(&[None, Some("in part")]);
    for demand in die.some(&demands, 2) {
        to.addresses(&action, &demand, qualifier).await;
    }
    let directions = own(&to.record.sources, to.programme, |row| row.programme_id);
    let directions: Vec<_> = directions.into_iter().filter(|row| row.kind == "DIRECTION").collect();
    if !directions.is_empty() && die.coin() {
        let direction = die.one(&directions);
        to.names(&action, &direction).await;
    }
    for other in die.some(&actions, 1) {
        to.waits_for(&action, &other).await;
    }
    to.step(&action, "Some step", |_| {}).await;
    if die.coin() {
        to.update(&action, "2018-11-25", "OFF_TRACK").await;
    }
    format!("action {reference} in {} ({}, new: {is_new})", plan.title, plan.status)
}
