//! From the ledger to deliveries: what the owner of an endpoint sees of the next entries becomes what it is to be told.
//!
//! The deliveries and the new place of the cursor are written in one transaction, in which the cursor's row is locked: however
//! many replicas look, and wherever one of them dies, each entry becomes one delivery with one id.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::webhook::{Happened, NOTICE, event_type, notice_type};
use entity::{webhook_cursor, webhook_delivery};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryResult,
    TransactionTrait,
};
use uuid::Uuid;

use super::{About, new_delivery};
use crate::authz::identity::{Identity, webhook_subject};
use crate::authz::viewer::Viewer;
use crate::store::db::{Db, IMMEDIATE, to_the_end};
use crate::store::sql::Sql;
use crate::store::standings;
use crate::store::table::Table;
use crate::store::visibility::{is_about_seen, visible};

/// How many entries are looked through at a time.
const AT_ONCE: i64 = 500;
/// From how many pending deliveries on no more are made for an endpoint: what is further waits in the ledger.
const MOST_PENDING: usize = 1_000;

/// What came of looking through the next entries for one endpoint.
#[derive(Debug)]
pub struct Looked {
    /// The endpoint.
    pub endpoint: Uuid,
    /// What came of it.
    pub came: Came,
}

/// What came of it.
#[derive(Debug)]
pub enum Came {
    /// Deliveries, or none.
    Made {
        /// How many.
        count: usize,
        /// Whether there are further entries.
        is_behind: bool,
    },
    /// It has no membership to see by any more, and its cursor stays.
    Outsider,
    /// The database cannot do it for this endpoint, and its cursor stays.
    Failed(DbErr),
}

/// Looks through the next entries for one endpoint that is behind, other than these. Nothing where none is, or where others are
/// looking.
///
/// # Errors
/// The database can do it for none; nothing is lost.
pub async fn look_through(
    db: &Db,
    now: DateTime<Utc>,
    today: NaiveDate,
    except: &[Uuid],
) -> Result<Option<Looked>, DbErr> {
    let (db, except) = (db.clone(), except.to_vec());
    to_the_end(async move {
        // Mostly nobody is behind: then nobody's turn to write is taken.
        if next(&db.read, &except, false).await?.is_none() {
            return Ok(None);
        }
        let transaction = db.write.begin_with_options(IMMEDIATE).await?;
        let Some(behind) = next(&transaction, &except, true).await? else { return Ok(None) };
        let endpoint = behind.endpoint;
        // What is wrong from here on is wrong for this endpoint, as far as anybody can tell: others may have their turn.
        let came = look_for(transaction, behind, (now, today)).await.unwrap_or_else(Came::Failed);
        Ok(Some(Looked { endpoint, came }))
    })
    .await
}

/// Looks through the next entries for an endpoint that is held.
async fn look_for(
    transaction: DatabaseTransaction,
    behind: Behind,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<Came, DbErr> {
    let Some(viewer) = viewer(&transaction, &behind, today).await? else { return Ok(Came::Outsider) };
    let until = behind.head.min(behind.sequence + AT_ONCE);
    let rows = transaction.query_all_raw(entries(&transaction, &behind, until, &viewer)).await?;
    let mut made = Vec::new();
    for row in &rows {
        made.extend(delivery(row, &behind, now)?);
    }
    let count = made.len();
    if !made.is_empty() {
        let made = made.into_iter().map(IntoActiveModel::into_active_model);
        webhook_delivery::Entity::insert_many::<webhook_delivery::ActiveModel, _>(made)
            .exec_without_returning(&transaction)
            .await?;
    }
    let cursor = webhook_cursor::ActiveModel {
        endpoint_id: Set(behind.endpoint),
        sequence: Set(until),
        ..Default::default()
    };
    webhook_cursor::Entity::update(cursor).exec(&transaction).await?;
    transaction.commit().await?;
    Ok(Came::Made { count, is_behind: until < behind.head })
}

/// An endpoint that is behind, and held.
struct Behind {
    endpoint: Uuid,
    programme: Uuid,
    /// The types that it chose; empty: all.
    types: BTreeSet<String>,
    sequence: i64,
    head: i64,
}

/// The endpoint to look through next, and whether to hold it.
async fn next(
    connection: &impl ConnectionTrait,
    except: &[Uuid],
    is_held: bool,
) -> Result<Option<Behind>, DbErr> {
    let mut sql = Sql::new(connection.get_database_backend());
    sql.push("SELECT e.id, e.programme_id, e.event_types, c.sequence, h.sequence FROM webhook_cursor c ");
    sql.push("JOIN webhook_endpoint e ON e.id = c.endpoint_id ");
    sql.push("JOIN ledger_head h ON h.programme_id = e.programme_id ");
    sql.push("WHERE e.status = 'ENABLED' AND c.sequence < h.sequence AND NOT ");
    sql.is_one_of("e", "id", except);
    sql.push(" AND (SELECT COUNT(*) FROM webhook_delivery d WHERE d.endpoint_id = e.id AND d.status = 'PENDING') < ");
    sql.number(MOST_PENDING).push(" ORDER BY e.id LIMIT 1");
    if is_held && sql.is_postgres() {
        sql.push(" FOR UPDATE OF c SKIP LOCKED");
    }
    let row = connection.query_one_raw(sql.statement()).await?;
    row.map(|row| {
        let types: String = row.try_get_by_index(2)?;
        Ok(Behind {
            endpoint: row.try_get_by_index(0)?,
            programme: row.try_get_by_index(1)?,
            types: types.split_ascii_whitespace().map(Into::into).collect(),
            sequence: row.try_get_by_index(3)?,
            head: row.try_get_by_index(4)?,
        })
    })
    .transpose()
}

/// Who the endpoint sees as; nobody where its membership has ended.
async fn viewer(
    transaction: &DatabaseTransaction,
    behind: &Behind,
    today: NaiveDate,
) -> Result<Option<Viewer>, DbErr> {
    let identity = Identity::of(webhook_subject(behind.endpoint));
    let statement = standings::standings(transaction.get_database_backend(), Some(&identity));
    let viewer = standings::viewer(Some(&identity), today, &transaction.query_all_raw(statement).await?)?;
    let is_member = viewer.standings.iter().any(|of| of.programme_id == Some(behind.programme));
    Ok(is_member.then_some(viewer))
}

/// The entries that the viewer sees between the cursor and a place.
fn entries(
    transaction: &DatabaseTransaction,
    behind: &Behind,
    until: i64,
    viewer: &Viewer,
) -> sea_orm::Statement {
    let mut sql = Sql::new(transaction.get_database_backend());
    sql.push("SELECT t.sequence, t.entity_type, t.entity_id, COALESCE(");
    is_about_seen(&mut sql, "t", viewer);
    sql.push(", FALSE), NOT EXISTS (SELECT 1 FROM ledger_entry o WHERE o.programme_id = t.programme_id AND ");
    sql.push("o.entity_id = t.entity_id AND o.sequence < t.sequence), CASE WHEN t.entity_type = '");
    sql.push(NOTICE).push("' THEN t.state END FROM ledger_entry t WHERE t.programme_id = ");
    sql.bind(behind.programme).push(" AND t.sequence > ").bind(behind.sequence);
    sql.push(" AND t.sequence <= ").bind(until).push(" AND ");
    visible(&mut sql, Table::LedgerEntry, "t", viewer);
    sql.push(" ORDER BY t.sequence");
    sql.statement()
}

/// What an entry is to the endpoint; nothing where it did not choose to be told of such.
fn delivery(
    row: &QueryResult,
    behind: &Behind,
    now: DateTime<Utc>,
) -> Result<Option<webhook_delivery::Model>, DbErr> {
    let (sequence, entity_type): (i64, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    let (entity_id, is_seen): (Uuid, bool) = (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
    let (is_first, state): (bool, Option<String>) = (row.try_get_by_index(4)?, row.try_get_by_index(5)?);
    let happened = match (is_seen, is_first) {
        (false, _) => Happened::Removed,
        (true, true) => Happened::Created,
        (true, false) => Happened::Updated,
    };
    let event = match state {
        Some(state) if happened == Happened::Created => {
            kind_of(&state).and_then(|kind| notice_type(&kind)).map(Into::into)
        }
        Some(_) => None,
        None => event_type(&entity_type, happened),
    };
    let event = event.filter(|event| behind.types.is_empty() || behind.types.contains(event));
    let about = About::Entry { sequence, entity_type, entity_id };
    Ok(event.map(|event| new_delivery(behind.endpoint, event, about, now)))
}

/// What kind of notice a state is.
fn kind_of(state: &str) -> Option<String> {
    let state: serde_json::Value = serde_json::from_str(state).ok()?;
    state.get("kind")?.as_str().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_told_by_its_kind() {
        let kind = kind_of(r#"{"kind":"ACTION_SLIPPED","action_id":null}"#).unwrap();
        assert_eq!(notice_type(&kind), Some("action.slipped"));
        assert_eq!((kind_of("{}"), kind_of("no state")), (None, None));
    }
}
