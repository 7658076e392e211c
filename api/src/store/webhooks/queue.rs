//! Deliveries handed out to be attempted, and what came of each attempt.
//!
//! Whoever takes one holds it for a while: who dies meanwhile has it taken by another then. Of one endpoint and one thing only
//! the earliest pending delivery is ever due, so that they arrive in order.

use chrono::{DateTime, Utc};
use domain::webhook::DeliveryStatus;
use entity::{webhook_attempt, webhook_cursor, webhook_delivery};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
};
use uuid::Uuid;

use crate::store::db::{Db, IMMEDIATE, to_the_end};
use crate::store::sql::Sql;

/// How many attempts are kept of a delivery.
const MOST_ATTEMPTS: u64 = 20;
/// How many endpoints are looked at in one go.
const MOST_ENDPOINTS: usize = 1_000;

/// An endpoint with something to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The endpoint.
    pub endpoint: Uuid,
    /// Whether its last attempt failed.
    pub is_failing: bool,
}

/// The endpoints that something is due for now, those that fare well first.
///
/// # Errors
/// The database cannot be read.
pub async fn due(db: &Db, now: DateTime<Utc>) -> Result<Vec<Due>, DbErr> {
    let mut sql = Sql::new(db.backend());
    sql.push("SELECT e.id, c.failing_since IS NOT NULL FROM webhook_endpoint e ");
    sql.push("JOIN webhook_cursor c ON c.endpoint_id = e.id WHERE e.status = 'ENABLED' AND ");
    sql.push("(c.held_until IS NULL OR c.held_until <= ").bind(now).push(") AND EXISTS (SELECT 1 FROM ");
    sql.push("webhook_delivery d WHERE d.endpoint_id = e.id AND ");
    is_due(&mut sql, now);
    sql.push(") ORDER BY c.failing_since IS NOT NULL, e.id LIMIT ").number(MOST_ENDPOINTS);
    let (db, statement) = (db.clone(), sql.statement());
    let rows = to_the_end(async move { db.read.query_all_raw(statement).await }).await?;
    let due = |row: &sea_orm::QueryResult| {
        Ok(Due { endpoint: row.try_get_by_index(0)?, is_failing: row.try_get_by_index(1)? })
    };
    rows.iter().map(due).collect()
}

/// Adds the condition that the delivery `d` is due and nobody's, and the earliest pending one about its thing.
fn is_due(sql: &mut Sql, now: DateTime<Utc>) {
    sql.push("d.status = 'PENDING' AND d.next_attempt_at <= ").bind(now);
    sql.push(" AND (d.claimed_until IS NULL OR d.claimed_until <= ").bind(now);
    sql.push(") AND NOT EXISTS (SELECT 1 FROM webhook_delivery o WHERE o.endpoint_id = d.endpoint_id ");
    sql.push("AND o.entity_id = d.entity_id AND o.status = 'PENDING' AND o.sequence < d.sequence)");
}

/// Takes some deliveries of an endpoint that are due, until then. Those that another takes at the same time are passed over.
///
/// # Errors
/// The database cannot do it.
pub async fn claim(
    db: &Db,
    endpoint: Uuid,
    most: usize,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<webhook_delivery::Model>, DbErr> {
    let db = db.clone();
    to_the_end(async move {
        let transaction = db.write.begin_with_options(IMMEDIATE).await?;
        let mut sql = Sql::new(db.backend());
        sql.push("SELECT ").columns_of::<webhook_delivery::Entity>("d");
        sql.push(" FROM webhook_delivery d WHERE d.endpoint_id = ").bind(endpoint).push(" AND ");
        is_due(&mut sql, now);
        sql.push(" ORDER BY d.next_attempt_at, d.sequence, d.id LIMIT ").number(most);
        if sql.is_postgres() {
            sql.push(" FOR UPDATE SKIP LOCKED");
        }
        let found = webhook_delivery::Entity::find().from_raw_sql(sql.statement()).all(&transaction).await?;
        if found.is_empty() {
            return Ok(found);
        }
        let these = webhook_delivery::Entity::update_many()
            .col_expr(webhook_delivery::Column::ClaimedUntil, Expr::value(until))
            .filter(webhook_delivery::Column::Id.is_in(found.iter().map(|row| row.id)));
        these.exec(&transaction).await?;
        transaction.commit().await?;
        let claimed = |row| webhook_delivery::Model { claimed_until: Some(until), ..row };
        Ok(found.into_iter().map(claimed).collect())
    })
    .await
}

/// How it goes on with a delivery after an attempt, or instead of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was taken.
    Delivered,
    /// It is tried again then.
    Again(DateTime<Utc>),
    /// It is given up.
    GivenUp,
    /// There is nothing to tell.
    Skipped,
}

/// Notes how an attempt went, and how it goes on. What was meanwhile taken by another, because it took too long, keeps what
/// that one says, unless it was taken after all. Of one that is gone there is nothing to note.
///
/// # Errors
/// The database cannot do it: the delivery is due again once its time is over.
pub async fn record(
    db: &Db,
    delivery: webhook_delivery::Model,
    attempt: Option<webhook_attempt::Model>,
    ended: Ended,
    (now, held_until): (DateTime<Utc>, Option<DateTime<Utc>>),
) -> Result<(), DbErr> {
    let db = db.clone();
    to_the_end(async move {
        let transaction = db.write.begin_with_options(IMMEDIATE).await?;
        // Whoever needs both holds the cursor first. Where it is gone, the endpoint is, and there is nothing to note.
        let cursor = webhook_cursor::Entity::find_by_id(delivery.endpoint_id).lock_exclusive();
        if cursor.one(&transaction).await?.is_none() {
            return Ok(());
        }
        if settle(&transaction, &delivery, &attempt, ended, now).await? {
            if let Some(attempt) = attempt {
                note(&transaction, attempt).await?;
            }
            fares(&transaction, &delivery, ended, (now, held_until)).await?;
        }
        transaction.commit().await
    })
    .await
}

/// Whether the delivery is still there to be settled by this attempt.
async fn settle(
    transaction: &DatabaseTransaction,
    delivery: &webhook_delivery::Model,
    attempt: &Option<webhook_attempt::Model>,
    ended: Ended,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    use webhook_delivery::{Column, Entity};
    let (status, next) = match ended {
        Ended::Delivered => (DeliveryStatus::Delivered, None),
        Ended::Again(next) => (DeliveryStatus::Pending, Some(next)),
        Ended::GivenUp => (DeliveryStatus::Failed, None),
        Ended::Skipped => (DeliveryStatus::Skipped, None),
    };
    let mut row = Entity::update_many()
        .filter(Column::Id.eq(delivery.id))
        .filter(Column::Status.eq(DeliveryStatus::Pending.as_str()));
    if ended != Ended::Delivered {
        row = row.filter(Column::ClaimedUntil.eq(delivery.claimed_until));
    }
    let begun = delivery.begun_at.or_else(|| attempt.as_ref().map(|attempt| attempt.at));
    let delivered = (ended == Ended::Delivered).then_some(now);
    let row = row
        .col_expr(Column::Status, Expr::value(status.as_str()))
        .col_expr(Column::EventType, Expr::value(delivery.event_type.clone()))
        .col_expr(Column::Tries, Expr::value(delivery.tries + i32::from(attempt.is_some())))
        .col_expr(Column::BegunAt, Expr::value(begun))
        .col_expr(Column::NextAttemptAt, Expr::value(next))
        .col_expr(Column::ClaimedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::DeliveredAt, Expr::value(delivered))
        .col_expr(Column::UpdatedAt, Expr::value(now));
    Ok(row.exec(transaction).await?.rows_affected > 0)
}

/// Keeps an attempt, and of those before it the last few.
async fn note(transaction: &DatabaseTransaction, attempt: webhook_attempt::Model) -> Result<(), DbErr> {
    use webhook_attempt::{Column, Entity};
    let delivery = attempt.delivery_id;
    Entity::insert(attempt.into_active_model()).exec_without_returning(transaction).await?;
    let latest = Entity::find().filter(Column::DeliveryId.eq(delivery));
    let latest = latest.order_by_desc(Column::At).order_by_desc(Column::Id).limit(MOST_ATTEMPTS);
    let kept: Vec<Uuid> = latest.select_only().column(Column::Id).into_tuple().all(transaction).await?;
    let older = Entity::delete_many().filter(Column::DeliveryId.eq(delivery));
    older.filter(Column::Id.is_not_in(kept)).exec(transaction).await?;
    Ok(())
}

/// How the endpoint fares.
async fn fares(
    transaction: &DatabaseTransaction,
    delivery: &webhook_delivery::Model,
    ended: Ended,
    (now, held_until): (DateTime<Utc>, Option<DateTime<Utc>>),
) -> Result<(), DbErr> {
    use webhook_cursor::{Column, Entity};
    let own = || Entity::update_many().filter(Column::EndpointId.eq(delivery.endpoint_id));
    let changed = match ended {
        Ended::Skipped => return Ok(()),
        Ended::Delivered => own()
            .col_expr(Column::FailingSince, Expr::value(None::<DateTime<Utc>>))
            .filter(Column::FailingSince.is_not_null()),
        Ended::Again(_) | Ended::GivenUp => {
            own().col_expr(Column::FailingSince, Expr::value(now)).filter(Column::FailingSince.is_null())
        }
    };
    changed.exec(transaction).await?;
    if let Some(until) = held_until {
        own().col_expr(Column::HeldUntil, Expr::value(until)).exec(transaction).await?;
    }
    Ok(())
}

/// Gives a delivery back that could not be attempted for a reason of ours: it is due then.
///
/// # Errors
/// The database cannot do it: it is due once its time is over.
pub async fn put_off(db: &Db, delivery: &webhook_delivery::Model, until: DateTime<Utc>) -> Result<(), DbErr> {
    use webhook_delivery::{Column, Entity};
    let row = Entity::update_many()
        .filter(Column::Id.eq(delivery.id))
        .filter(Column::Status.eq(DeliveryStatus::Pending.as_str()))
        .filter(Column::ClaimedUntil.eq(delivery.claimed_until))
        .col_expr(Column::NextAttemptAt, Expr::value(until))
        .col_expr(Column::ClaimedUntil, Expr::value(None::<DateTime<Utc>>));
    let db = db.clone();
    to_the_end(async move { row.exec(&db.write).await }).await?;
    Ok(())
}

/// Whether the endpoint has taken anything since then.
///
/// # Errors
/// The database cannot be read.
pub async fn has_taken_since(db: &Db, endpoint: Uuid, since: DateTime<Utc>) -> Result<bool, DbErr> {
    use webhook_delivery::{Column, Entity};
    let taken = Condition::all().add(Column::EndpointId.eq(endpoint)).add(Column::DeliveredAt.gte(since));
    let db = db.clone();
    let count = to_the_end(async move { Entity::find().filter(taken).count(&db.read).await }).await?;
    Ok(count > 0)
}
