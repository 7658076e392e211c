//! How far the reading of documents for import has come. Any replica takes up what waits, and what another left lying.
//!
//! Whoever reads one holds it for a while, and only as long as they do can they say what came of it: who dies meanwhile has it
//! taken up by another, and who comes back too late says nothing.

use chrono::{DateTime, SubsecRound, Utc};
use domain::document::{DocumentKind, ReadingState};
use entity::upload;
use entity::upload_reading::{Column, Entity, Model};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    TransactionTrait, UpdateMany,
};
use uuid::Uuid;

use super::db::{Db, IMMEDIATE, to_the_end};
use super::sql::Sql;
use super::write::{WriteCx, WriteError};

/// How often it is tried to read a document whose reader dies.
pub const MOST_ATTEMPTS: i32 = 3;
/// What is said of a document that the scanner found infected.
const INFECTED: &str = "The scanner found malicious content in this document: it is not read. Have the device that it comes from looked at.";
/// What is said of one that cannot be read for a reason which nobody knows.
const GIVEN_UP: &str = "This document could not be read: it was tried three times. Save it again in its program, or as another kind of file, and send that.";

/// A document that is held, to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The upload that brings it.
    pub upload: upload::Model,
    /// What it is.
    pub kind: DocumentKind,
    /// Until when it is held. Nobody else holds it with the same.
    until: DateTime<Utc>,
}

/// How the reading of a document stands.
pub async fn find(db: &Db, upload: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(upload).one(&db.write).await
}

/// Takes up a document that waits, the longest waiting first, and holds it. Where a scanner looks at files, only what it found clean.
pub async fn take_up(
    db: &Db,
    has_scanner: bool,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<Held>, DbErr> {
    // What is compared later is what was stored.
    let (db, until) = (db.clone(), until.trunc_subsecs(6));
    to_the_end(async move {
        let transaction = db.write.begin_with_options(IMMEDIATE).await?;
        let held = loop {
            let Some(row) = waiting(&transaction, has_scanner, now).await? else { break None };
            if row.attempts >= MOST_ATTEMPTS {
                refuse(Entity::update_many().filter(Column::UploadId.eq(row.upload_id)), GIVEN_UP, now)
                    .exec(&transaction)
                    .await?;
                continue;
            }
            let held = Entity::update_many()
                .filter(Column::UploadId.eq(row.upload_id))
                .col_expr(Column::State, Expr::value(ReadingState::Reading.as_str()))
                .col_expr(Column::ClaimedUntil, Expr::value(until))
                .col_expr(Column::Attempts, Expr::value(row.attempts + 1))
                .col_expr(Column::Done, Expr::value(None::<i32>))
                .col_expr(Column::Total, Expr::value(None::<i32>));
            held.exec(&transaction).await?;
            // The row refers to it, so that it is there.
            let upload = upload::Entity::find_by_id(row.upload_id).one(&transaction).await?;
            break upload.zip(row.kind.parse().ok()).map(|(upload, kind)| Held { upload, kind, until });
        };
        transaction.commit().await?;
        Ok(held)
    })
    .await
}

/// The document that has waited longest. On PostgreSQL those that another takes up at the same time are passed over.
async fn waiting(
    transaction: &DatabaseTransaction,
    has_scanner: bool,
    now: DateTime<Utc>,
) -> Result<Option<Model>, DbErr> {
    let mut sql = Sql::new(transaction.get_database_backend());
    sql.push("SELECT ")
        .columns_of::<Entity>("r")
        .push(" FROM upload_reading r JOIN upload u ON u.id = r.upload_id ");
    sql.push("WHERE u.received_at IS NOT NULL AND u.scan IN ");
    sql.push(if has_scanner { "('CLEAN')" } else { "('CLEAN', 'UNSCANNED')" });
    sql.push(" AND r.state IN ('WAITING', 'READING') AND (r.claimed_until IS NULL OR r.claimed_until <= ")
        .bind(now);
    sql.push(") ORDER BY u.received_at, u.id LIMIT 1");
    if sql.is_postgres() {
        sql.push(" FOR UPDATE OF r SKIP LOCKED");
    }
    Entity::find().from_raw_sql(sql.statement()).one(transaction).await
}

/// Says how far one has come that is held. False where it is held no longer.
pub async fn progress(db: &Db, held: &Held, done: u32, of: u32) -> Result<bool, DbErr> {
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let own = still(held)
        .col_expr(Column::Done, Expr::value(whole(Ord::min(done, of))))
        .col_expr(Column::Total, Expr::value(whole(of)));
    Ok(own.exec(&db.write).await?.rows_affected > 0)
}

/// Says what one holds, as JSON. False where it is held no longer.
pub async fn read(db: &Db, held: &Held, result: String, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let own = still(held)
        .col_expr(Column::State, Expr::value(ReadingState::Read.as_str()))
        .col_expr(Column::Result, Expr::value(result))
        .col_expr(Column::Done, Expr::col(Column::Total))
        .col_expr(Column::ReadAt, Expr::value(now))
        .col_expr(Column::ClaimedUntil, Expr::value(None::<DateTime<Utc>>));
    Ok(own.exec(&db.write).await?.rows_affected > 0)
}

/// Says why one cannot be read. False where it is held no longer.
pub async fn refused(db: &Db, held: &Held, problem: &str, now: DateTime<Utc>) -> Result<bool, DbErr> {
    Ok(refuse(still(held), problem, now).exec(&db.write).await?.rows_affected > 0)
}

/// Puts one off that was not read. Whether it counts as tried, of which there is a limit: not where it was for us.
pub async fn put_off(db: &Db, held: &Held, until: DateTime<Utc>, counts: bool) -> Result<(), DbErr> {
    let mut own = still(held)
        .col_expr(Column::State, Expr::value(ReadingState::Waiting.as_str()))
        .col_expr(Column::ClaimedUntil, Expr::value(until));
    if !counts {
        own = own.col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1));
    }
    own.exec(&db.write).await.map(|_| ())
}

/// The row, as long as it is held.
fn still(held: &Held) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::UploadId.eq(held.upload.id))
        .filter(Column::State.eq(ReadingState::Reading.as_str()))
        .filter(Column::ClaimedUntil.eq(held.until))
}

fn refuse(row: UpdateMany<Entity>, problem: &str, now: DateTime<Utc>) -> UpdateMany<Entity> {
    row.col_expr(Column::State, Expr::value(ReadingState::Refused.as_str()))
        .col_expr(Column::Problem, Expr::value(problem))
        .col_expr(Column::ReadAt, Expr::value(now))
        .col_expr(Column::ClaimedUntil, Expr::value(None::<DateTime<Utc>>))
}

/// The bytes of an upload are there. Of one that is no document, or is read already, nothing changes.
pub(super) async fn can_begin(transaction: &DatabaseTransaction, upload: Uuid) -> Result<(), DbErr> {
    let awaited = Entity::update_many()
        .filter(Column::UploadId.eq(upload))
        .filter(Column::State.eq(ReadingState::Awaited.as_str()))
        .col_expr(Column::State, Expr::value(ReadingState::Waiting.as_str()));
    awaited.exec(transaction).await.map(|_| ())
}

/// The scanner found an upload infected: it is not read.
pub(super) async fn is_infected(transaction: &DatabaseTransaction, upload: Uuid) -> Result<(), DbErr> {
    let before = [ReadingState::Awaited, ReadingState::Waiting].map(ReadingState::as_str);
    let unread =
        Entity::update_many().filter(Column::UploadId.eq(upload)).filter(Column::State.is_in(before));
    unread
        .col_expr(Column::State, Expr::value(ReadingState::Refused.as_str()))
        .col_expr(Column::Problem, Expr::value(INFECTED))
        .exec(transaction)
        .await
        .map(|_| ())
}

/// The upload is forgotten, and with it what was read.
pub(super) async fn forget(transaction: &DatabaseTransaction, upload: Uuid) -> Result<(), DbErr> {
    Entity::delete_by_id(upload).exec(transaction).await.map(|_| ())
}

impl WriteCx {
    /// Notes a document that somebody is going to send for import.
    pub async fn announce_document(
        &mut self,
        upload: upload::Model,
        kind: DocumentKind,
    ) -> Result<(), WriteError> {
        let reading = Model {
            upload_id: upload.id,
            kind: kind.as_str().to_owned(),
            state: ReadingState::Awaited.as_str().to_owned(),
            done: None,
            total: None,
            problem: None,
            result: None,
            attempts: 0,
            claimed_until: None,
            read_at: None,
        };
        self.announce(upload).await?;
        Entity::insert(reading.into_active_model()).exec_without_returning(self.transaction()).await?;
        Ok(())
    }

    /// How the reading of an upload stands.
    pub async fn reading_of(&self, upload: Uuid) -> Result<Option<Model>, WriteError> {
        Ok(Entity::find_by_id(upload).one(self.transaction()).await?)
    }
}
