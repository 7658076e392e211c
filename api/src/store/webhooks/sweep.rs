//! What has ended is kept for a while, and how much has not is measured.

use chrono::{DateTime, TimeDelta, Utc};
use domain::webhook::DeliveryStatus;
use entity::{webhook_attempt, webhook_delivery, webhook_secret};
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
    TransactionTrait,
};
use uuid::Uuid;

use crate::store::db::{Db, IMMEDIATE, to_the_end};

/// For how long deliveries that have ended are kept, with their attempts.
pub const KEPT: TimeDelta = TimeDelta::days(30);
/// How many go at a time.
const AT_ONCE: u64 = 500;

/// Takes away some of what has ended long ago, and secrets that sign no more. How many deliveries went.
///
/// # Errors
/// The database cannot do it.
pub async fn sweep(db: &Db, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let db = db.clone();
    to_the_end(async move {
        use webhook_delivery::{Column, Entity};
        let transaction = db.write.begin_with_options(IMMEDIATE).await?;
        let over = webhook_secret::Entity::delete_many().filter(webhook_secret::Column::ExpiresAt.lte(now));
        over.exec(&transaction).await?;
        let old = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::CreatedAt.lt(now - KEPT))
            .filter(Column::UpdatedAt.lt(now - KEPT))
            .filter(Column::Status.ne(DeliveryStatus::Pending.as_str()))
            .order_by_asc(Column::CreatedAt)
            .limit(AT_ONCE)
            // Attempts go after their deliveries are held: those that somebody else holds stay for the next time.
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let old: Vec<Uuid> = old.into_tuple().all(&transaction).await?;
        let attempts = webhook_attempt::Entity::delete_many();
        let of_old = webhook_attempt::Column::DeliveryId.is_in(old.iter().copied());
        attempts.filter(of_old).exec(&transaction).await?;
        let gone = Entity::delete_many().filter(Column::Id.is_in(old)).exec(&transaction).await?;
        transaction.commit().await?;
        Ok(gone.rows_affected)
    })
    .await
}

/// How much is still to be told by endpoints that are enabled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Entries of ledgers that have not been looked through, over all endpoints.
    pub entries: i64,
    /// Deliveries that have not been taken.
    pub pending: i64,
    /// Since when the oldest of those is tried, or due where it was not tried yet; after a replay anew.
    pub oldest: Option<DateTime<Utc>>,
}

/// Measures it.
///
/// # Errors
/// The database cannot be read.
pub async fn backlog(db: &Db) -> Result<Backlog, DbErr> {
    let behind = "SELECT CAST(COALESCE(SUM(h.sequence - c.sequence), 0) AS BIGINT) FROM webhook_cursor c \
                  JOIN webhook_endpoint e ON e.id = c.endpoint_id \
                  JOIN ledger_head h ON h.programme_id = e.programme_id WHERE e.status = 'ENABLED'";
    let pending = "SELECT COUNT(*), MIN(COALESCE(d.begun_at, d.next_attempt_at)) FROM webhook_delivery d \
                   JOIN webhook_endpoint e ON e.id = d.endpoint_id \
                   WHERE e.status = 'ENABLED' AND d.status = 'PENDING'";
    let db = db.clone();
    to_the_end(async move {
        let one = async |sql: &str| db.read.query_one_raw(Statement::from_string(db.backend(), sql)).await;
        let entries = one(behind).await?.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        let Some(row) = one(pending).await? else { return Ok(Backlog { entries, ..Backlog::default() }) };
        Ok(Backlog { entries, pending: row.try_get_by_index(0)?, oldest: row.try_get_by_index(1)? })
    })
    .await
}
