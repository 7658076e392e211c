//! Which actions an entry of the ledger is about, so that whoever shows one action can follow that action alone.
//!
//! An entry is about the action that it changes, and about every action that the thing it changes names, before the change or
//! after it: a step that is gone, and evidence that was detached, are told too. What a thing names is read from the state that the
//! ledger keeps of it, so that a new kind of thing with an `action_id`, or with parts that have one, needs nothing here.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::{entry_action, ledger_entry};
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::Value;
use uuid::Uuid;

use super::ledger::{self, Last};
use super::recorded::State;
use super::sql::Sql;
use super::write::{Change, WriteError};

/// What belongs to something that has actions: the column of its state that names the owner, and the owner's actions.
const OWNERS: [(&str, &str); 3] =
    [("evidence_id", "evidence_action"), ("audit_id", "audit_action"), ("measure_id", "measure_action")];

/// The actions that things are about.
pub(super) type About = HashMap<Uuid, BTreeSet<Uuid>>;

/// The actions that changes are about, by the things that are changed.
pub(super) async fn about(
    transaction: &impl ConnectionTrait,
    changes: &[Change],
) -> Result<About, WriteError> {
    let mut about = About::new();
    // What an owner names is looked up at once for all: the things that ask, by the owner.
    let mut asked: BTreeMap<usize, HashMap<Uuid, Vec<Uuid>>> = BTreeMap::new();
    let mut say = |thing: Uuid, state: &State| {
        about.entry(thing).or_default().extend(named(state));
        for (place, (column, _)) in OWNERS.iter().enumerate() {
            if let Some(owner) = uuid(state.get(*column)) {
                asked.entry(place).or_default().entry(owner).or_default().push(thing);
            }
        }
    };
    let mut old: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.entity_type != "Action") {
        say(change.entity_id, &change.state);
        // What is new was nothing before.
        if let Some(programme) = change.programme.filter(|_| change.version > 1 || change.state.is_empty()) {
            old.entry(programme).or_default().push(change.entity_id);
        }
    }
    for (programme, things) in old {
        for (thing, Last { state, .. }) in ledger::last(transaction, programme, &things).await? {
            say(thing, &serde_json::from_str(&state)?);
        }
    }
    for (place, asked) in asked {
        let Some((column, link)) = OWNERS.get(place) else { continue };
        let owners: Vec<Uuid> = asked.keys().copied().collect();
        for (owner, action) in linked(transaction, (column, link), &owners).await? {
            for thing in asked.get(&owner).into_iter().flatten() {
                about.entry(*thing).or_default().insert(action);
            }
        }
    }
    for change in changes.iter().filter(|change| change.entity_type == "Action") {
        about.insert(change.entity_id, BTreeSet::from([change.entity_id]));
    }
    Ok(about)
}

/// The actions that a state names: as its own, or in an item of a list.
fn named(state: &State) -> impl Iterator<Item = Uuid> {
    let items = state.values().filter_map(Value::as_array).flatten();
    let own = uuid(state.get("action_id"));
    own.into_iter().chain(items.filter_map(|item| uuid(item.get("action_id"))))
}

fn uuid(value: Option<&Value>) -> Option<Uuid> {
    Uuid::try_parse(value?.as_str()?).ok()
}

/// The actions of owners.
async fn linked(
    transaction: &impl ConnectionTrait,
    (column, link): (&str, &str),
    owners: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, DbErr> {
    let mut sql = Sql::new(transaction.get_database_backend());
    sql.push("SELECT ").column("l", column).push(", l.action_id FROM ").push(link).push(" l WHERE ");
    sql.is_one_of("l", column, owners);
    let rows = transaction.query_all_raw(sql.statement()).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// What is kept of it, for each entry.
pub(super) fn rows(about: &About, entries: &[ledger_entry::Model]) -> Vec<entry_action::Model> {
    let of = |entry: &ledger_entry::Model| {
        let (programme_id, sequence) = (entry.programme_id, entry.sequence);
        let actions = about.get(&entry.entity_id).into_iter().flatten();
        actions
            .map(move |action| entry_action::Model { programme_id, action_id: *action, sequence })
            .collect::<Vec<_>>()
    };
    entries.iter().flat_map(of).collect()
}
