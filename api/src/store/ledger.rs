//! The ledger: every change for good, each entry chained to the one before, so that a change of the record shows.

use std::collections::HashMap;

use chrono::SecondsFormat;
use entity::{ledger_entry, ledger_head, programme};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IsolationLevel,
    QueryFilter, QueryOrder, QueryResult, QuerySelect, TransactionTrait,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::db::Db;
use super::sql::Sql;

/// What stands for the hash of the entry before the first.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// The version of the canonical form, part of what is hashed.
const FORM: &str = "golden-thread-ledger-1";
/// How many entries are verified at a time.
const PAGE: u64 = 1000;

/// The hash of an entry: SHA-256, in lower-case hex, of its canonical form.
///
/// The canonical form is the fields in the order below, each written as its length in bytes, a colon, its text and a line feed; an
/// absent reason is written as a hyphen and a line feed. Ids are in hyphenated lower case, times in UTC with six digits of
/// fraction and `Z`, the state is the very text that is stored. Anybody can compute it without this program:
/// form, programme, sequence, time, actor, role, operation, entity type, entity id, entity version, state, reason, request id, previous hash.
pub(crate) fn hash(entry: &ledger_entry::Model) -> String {
    let mut form = Canonical(Sha256::new());
    form.put(FORM);
    form.put(&entry.programme_id.to_string());
    form.put(&entry.sequence.to_string());
    form.put(&entry.at.to_rfc3339_opts(SecondsFormat::Micros, true));
    form.put(&entry.actor);
    form.put(&entry.role);
    form.put(&entry.operation);
    form.put(&entry.entity_type);
    form.put(&entry.entity_id.to_string());
    form.put(&entry.entity_version.to_string());
    form.put(&entry.state);
    match &entry.reason {
        Some(reason) => form.put(reason),
        None => form.0.update(b"-\n"),
    }
    form.put(&entry.request_id);
    form.put(&entry.previous_hash);
    form.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Canonical(Sha256);

impl Canonical {
    /// The length in front keeps two neighbouring texts from being cut elsewhere with the same result.
    fn put(&mut self, text: &str) {
        self.0.update(format!("{}:{text}\n", text.len()));
    }
}

/// What verifying a programme's ledger found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chain {
    /// Every entry is as it was written and none is missing.
    Whole {
        /// How many there are.
        entries: i64,
    },
    /// Something was changed.
    Broken {
        /// The number of the first entry that is not as it was written, or that is missing.
        sequence: i64,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// How an entry of the ledger can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not there, though a later one is, or the head counts it.
    Missing,
    /// It does not name the hash of the entry before it.
    Unchained,
    /// What it says is not what was hashed.
    Altered,
    /// The head of the ledger names another hash, or does not count it.
    NotTheHead,
}

impl std::fmt::Display for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole { entries } => write!(f, "the ledger is whole: {entries} entries"),
            Self::Broken { sequence, fault } => {
                let what = match fault {
                    Fault::Missing => "is missing",
                    Fault::Unchained => "does not follow from the entry before it",
                    Fault::Altered => "has been altered",
                    Fault::NotTheHead => "is not what the head of the ledger says",
                };
                write!(f, "the ledger is broken: entry {sequence} {what}")
            }
        }
    }
}

/// The programmes that have a ledger, with their slugs in order: all of them, or the one with this slug.
pub async fn ledgers(db: &Db, slug: Option<&str>) -> Result<Vec<(String, Uuid)>, DbErr> {
    let mut programmes = programme::Entity::find().order_by_asc(programme::Column::Slug);
    if let Some(slug) = slug {
        programmes = programmes.filter(programme::Column::Slug.eq(slug));
    }
    let columns = [programme::Column::Slug, programme::Column::Id];
    programmes.select_only().columns(columns).into_tuple().all(&db.read).await
}

/// Reads a programme's ledger from its first entry, a page at a time, and names the first that is broken.
///
/// All pages and the head are read from one snapshot: what is written meanwhile is no break.
pub async fn verify_chain(db: &Db, programme: Uuid) -> Result<Chain, DbErr> {
    let isolation = (db.backend() == DbBackend::Postgres).then_some(IsolationLevel::RepeatableRead);
    let snapshot = db.read.begin_with_config(isolation, None).await?;
    let chain = walk(&snapshot, programme).await?;
    snapshot.rollback().await?;
    Ok(chain)
}

async fn walk(snapshot: &DatabaseTransaction, programme: Uuid) -> Result<Chain, DbErr> {
    let (mut sequence, mut last) = (0, GENESIS.to_owned());
    loop {
        let page = ledger_entry::Entity::find()
            .filter(ledger_entry::Column::ProgrammeId.eq(programme))
            .filter(ledger_entry::Column::Sequence.gt(sequence))
            .order_by_asc(ledger_entry::Column::Sequence)
            .limit(PAGE)
            .all(snapshot)
            .await?;
        if page.is_empty() {
            break;
        }
        for entry in page {
            sequence += 1;
            if let Some(fault) = fault(&entry, sequence, &last) {
                return Ok(Chain::Broken { sequence, fault });
            }
            last = entry.hash;
        }
    }
    let head = ledger_head::Entity::find_by_id(programme).one(snapshot).await?;
    Ok(match head {
        Some(head) if head.sequence > sequence => {
            Chain::Broken { sequence: sequence + 1, fault: Fault::Missing }
        }
        Some(head) if head.sequence == sequence && head.hash == last => Chain::Whole { entries: sequence },
        _ => Chain::Broken { sequence, fault: Fault::NotTheHead },
    })
}

fn fault(entry: &ledger_entry::Model, sequence: i64, last: &str) -> Option<Fault> {
    if entry.sequence != sequence {
        Some(Fault::Missing)
    } else if entry.previous_hash != last {
        Some(Fault::Unchained)
    } else if hash(entry) != entry.hash {
        Some(Fault::Altered)
    } else {
        None
    }
}

/// What the last entry about a thing says.
pub(super) struct Last {
    /// The name of its type.
    pub(super) entity_type: String,
    /// Its version.
    pub(super) version: i32,
    /// Its state, as JSON.
    pub(super) state: String,
}

/// What the last entries of a programme about some things say.
pub(super) async fn last(
    transaction: &impl ConnectionTrait,
    programme: Uuid,
    things: &[Uuid],
) -> Result<HashMap<Uuid, Last>, DbErr> {
    let mut sql = Sql::new(transaction.get_database_backend());
    sql.push("SELECT t.entity_id, t.entity_type, t.entity_version, t.state FROM ledger_entry t WHERE ");
    sql.column("t", "programme_id").push(" = ").bind(programme).push(" AND ");
    sql.is_one_of("t", "entity_id", things);
    sql.push(" AND t.sequence = (SELECT MAX(n.sequence) FROM ledger_entry n WHERE ");
    sql.push("n.programme_id = t.programme_id AND n.entity_id = t.entity_id)");
    let rows = transaction.query_all_raw(sql.statement()).await?;
    let last = |row: &QueryResult| {
        let (entity_type, version) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        Ok((row.try_get_by_index(0)?, Last { entity_type, version, state: row.try_get_by_index(3)? }))
    };
    rows.iter().map(last).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    fn entry() -> ledger_entry::Model {
        ledger_entry::Model {
            programme_id: Uuid::from_u128(1),
            sequence: 7,
            at: DateTime::<Utc>::from_timestamp(1_544_432_400, 0).unwrap(),
            actor: "programme-office".to_owned(),
            role: "OFFICER".to_owned(),
            operation: "actionUpdate".to_owned(),
            entity_type: "Action".to_owned(),
            entity_id: Uuid::from_u128(2),
            entity_version: 3,
            state: r#"{"aim":"é"}"#.to_owned(),
            reason: None,
            request_id: "r1".to_owned(),
            previous_hash: GENESIS.to_owned(),
            hash: String::new(),
        }
    }

    #[test]
    fn the_canonical_form_is_as_documented() {
        let form = "22:golden-thread-ledger-1\n36:00000000-0000-0000-0000-000000000001\n1:7\n27:2018-12-10T09:00:00.000000Z\n\
                    16:programme-office\n7:OFFICER\n12:actionUpdate\n6:Action\n36:00000000-0000-0000-0000-000000000002\n1:3\n\
                    12:{\"aim\":\"é\"}\n-\n2:r1\n64:0000000000000000000000000000000000000000000000000000000000000000\n";
        let expected: String = Sha256::digest(form).iter().map(|byte| format!("{byte:02x}")).collect();

        assert_eq!(hash(&entry()), expected);
    }

    #[test]
    fn every_field_counts() {
        let changes: [fn(&mut ledger_entry::Model); 13] = [
            |e| e.programme_id = Uuid::from_u128(9),
            |e| e.sequence = 8,
            |e| e.at += chrono::TimeDelta::microseconds(1),
            |e| e.actor.push('x'),
            |e| e.role.push('x'),
            |e| e.operation.push('x'),
            |e| e.entity_type.push('x'),
            |e| e.entity_id = Uuid::from_u128(9),
            |e| e.entity_version = 4,
            |e| e.state.push(' '),
            |e| e.reason = Some("-".to_owned()),
            |e| e.request_id.push('x'),
            |e| e.previous_hash = "f".repeat(64),
        ];
        for change in changes {
            let mut other = entry();
            change(&mut other);
            assert_ne!(hash(&other), hash(&entry()), "{other:?}");
        }
    }

    #[test]
    fn text_moved_from_one_field_to_the_next_changes_the_hash() {
        let (mut one, mut two) = (entry(), entry());
        (one.actor, one.role) = ("ab".to_owned(), "c".to_owned());
        (two.actor, two.role) = ("a".to_owned(), "bc".to_owned());
        assert_ne!(hash(&one), hash(&two));
    }
}
