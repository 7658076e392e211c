//! Files on their way: announced by a mutation, brought by a PUT, and then attached or imported, or forgotten.
//!
//! An upload is no part of the record, as the key of a request is none: nothing in the programme is different for it, hardly
//! anybody sees it, and it goes away by itself. What belongs to evidence is `evidence_file`, and what was imported
//! `source_document`: the one write path writes and records both.

use chrono::{DateTime, TimeDelta, Utc};
use domain::document::UploadPurpose;
use domain::file::Scan;
use entity::evidence_file;
use entity::upload::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select, TransactionTrait,
};
use uuid::Uuid;

use super::db::{Db, IMMEDIATE};
use super::document_readings as readings;
use super::read::ReadCx;
use super::sql::Sql;
use super::table::Table;
use super::visibility::visible;
use super::write::{WriteCx, WriteError};
use crate::authz::viewer::Viewer;

/// For how long a file waits to be attached.
pub const KEPT: TimeDelta = TimeDelta::hours(24);

/// An upload, as it is now.
pub async fn find(db: &Db, id: Uuid) -> Result<Option<Model>, DbErr> {
    // By the writer, so that what was announced a moment ago is there.
    Entity::find_by_id(id).one(&db.write).await
}

/// Whether the viewer sees an upload.
pub(crate) async fn sees(read: &ReadCx, id: Uuid) -> Result<bool, DbErr> {
    let mut sql = read.sql();
    sql.push("SELECT t.id FROM upload t WHERE t.id = ").bind(id).push(" AND ");
    visible(&mut sql, Table::Upload, "t", &read.cx.viewer);
    Ok(!read.query(Table::Upload.name(), sql.statement()).await?.is_empty())
}

/// Its bytes are there, checked, and the scanner said this of them. A document can be read from then on.
pub async fn received(db: &Db, id: Uuid, scan: Scan, now: DateTime<Utc>) -> Result<(), DbErr> {
    let transaction = db.write.begin_with_options(IMMEDIATE).await?;
    let row = ActiveModel {
        id: Set(id),
        scan: Set(scan.as_str().to_owned()),
        received_at: Set(Some(now)),
        ..ActiveModel::default()
    };
    Entity::update(row).exec(&transaction).await?;
    readings::can_begin(&transaction, id).await?;
    transaction.commit().await
}

/// The ids of all that there are.
pub async fn ids(db: &Db) -> Result<Vec<Uuid>, DbErr> {
    Entity::find().select_only().column(Column::Id).into_tuple().all(&db.read).await
}

/// What the scanner says of one, where it has said nothing yet. What it finds infected cannot be attached; whoever sends such
/// bytes has them kept nowhere.
pub async fn scanned(db: &Db, id: Uuid, scan: Scan) -> Result<(), DbErr> {
    let transaction = db.write.begin_with_options(IMMEDIATE).await?;
    let unscanned =
        Entity::update_many().filter(Column::Id.eq(id)).filter(Column::Scan.eq(Scan::Unscanned.as_str()));
    let scanned = unscanned.col_expr(Column::Scan, Expr::value(scan.as_str()));
    scanned.exec(&transaction).await?;
    if scan == Scan::Infected {
        readings::is_infected(&transaction, id).await?;
    }
    transaction.commit().await
}

/// Those that are there, not attached, and not looked at by the scanner.
pub(super) fn waiting() -> Select<Entity> {
    Entity::find()
        .filter(Column::IsAttached.eq(false))
        .filter(Column::ReceivedAt.is_not_null())
        .filter(Column::Scan.eq(Scan::Unscanned.as_str()))
}

/// Some that wait for the scanner, from one id on.
pub async fn unscanned(db: &Db, after: Uuid, most: u64) -> Result<Vec<Model>, DbErr> {
    waiting().filter(Column::Id.gt(after)).order_by_asc(Column::Id).limit(most).all(&db.read).await
}

/// Some of those that nobody attached in time, or that were taken off again, the oldest first.
pub async fn abandoned(db: &Db, now: DateTime<Utc>, most: u64) -> Result<Vec<Model>, DbErr> {
    let old = Entity::find().filter(Column::IsAttached.eq(false)).filter(Column::ExpiresAt.lte(now));
    old.order_by_asc(Column::ExpiresAt).limit(most).all(&db.write).await
}

/// Says that the bytes of one that is not attached are no longer there, before they are taken away: from then on it cannot be
/// attached. False where it is attached after all.
pub async fn give_up(db: &Db, id: Uuid) -> Result<bool, DbErr> {
    let own = Entity::update_many().filter(Column::Id.eq(id)).filter(Column::IsAttached.eq(false));
    let given_up = own.col_expr(Column::ReceivedAt, Expr::value(None::<DateTime<Utc>>));
    Ok(given_up.exec(&db.write).await?.rows_affected > 0)
}

/// Forgets one whose bytes are gone.
pub async fn forget(db: &Db, id: Uuid) -> Result<(), DbErr> {
    let transaction = db.write.begin_with_options(IMMEDIATE).await?;
    let own = Entity::find_by_id(id).filter(Column::IsAttached.eq(false)).lock_exclusive();
    if own.one(&transaction).await?.is_some() {
        readings::forget(&transaction, id).await?;
        Entity::delete_by_id(id).exec(&transaction).await?;
    }
    transaction.commit().await
}

/// The files of a programme with one of these hashes.
pub async fn files_with(
    db: &Db,
    programme: Uuid,
    hashes: Vec<String>,
) -> Result<Vec<evidence_file::Model>, DbErr> {
    let of_programme = evidence_file::Entity::find().filter(evidence_file::Column::ProgrammeId.eq(programme));
    of_programme.filter(evidence_file::Column::Sha256.is_in(hashes)).all(&db.write).await
}

impl WriteCx {
    /// Notes what somebody is going to send. The transaction is then worth committing though it records nothing.
    pub async fn announce(&mut self, row: Model) -> Result<(), WriteError> {
        Entity::insert(row.into_active_model()).exec_without_returning(self.transaction()).await?;
        self.keeps_more();
        Ok(())
    }

    /// An upload becomes part of the evidence, or is no longer.
    pub async fn mark_attached(&self, id: Uuid, is_attached: bool) -> Result<(), WriteError> {
        let mut row = Entity::update_many().filter(Column::Id.eq(id));
        if is_attached {
            // Since it was read, its bytes may have been given up.
            row = row.filter(Column::ReceivedAt.is_not_null());
        }
        let row = row.col_expr(Column::IsAttached, Expr::value(is_attached));
        match row.exec(self.transaction()).await?.rows_affected {
            0 if is_attached => Err(WriteError::Stale("upload")),
            _ => Ok(()),
        }
    }

    /// Takes these off again: their bytes go with the next sweep.
    pub async fn take_off(&self, ids: impl IntoIterator<Item = Uuid>) -> Result<(), WriteError> {
        let row =
            ActiveModel { is_attached: Set(false), expires_at: Set(self.now()), ..ActiveModel::default() };
        let these = Entity::update_many().set(row).filter(Column::Id.is_in(ids));
        these.exec(self.transaction()).await?;
        Ok(())
    }

    /// Notes the files that a load brings with it, which are attached from the beginning.
    pub async fn bring(&mut self, rows: Vec<Model>) -> Result<(), WriteError> {
        self.insert(rows).await
    }

    /// An upload, if the viewer sees it.
    pub async fn own_upload(&self, viewer: &Viewer, id: Uuid) -> Result<Option<Model>, WriteError> {
        let transaction = self.transaction();
        let mut sql = Sql::new(transaction.get_database_backend());
        sql.push("SELECT ")
            .columns_of::<Entity>("t")
            .push(" FROM upload t WHERE ")
            .is_one_of("t", "id", &[id])
            .push(" AND ");
        visible(&mut sql, Table::Upload, "t", viewer);
        Ok(Entity::find().from_raw_sql(sql.statement()).one(transaction).await?)
    }

    /// How many files somebody has announced in a programme for a purpose that wait to be attached, or imported.
    pub async fn on_their_way(
        &self,
        programme: Uuid,
        subject: &str,
        purpose: UploadPurpose,
    ) -> Result<usize, WriteError> {
        let waiting = Entity::find()
            .filter(Column::ProgrammeId.eq(programme))
            .filter(Column::Purpose.eq(purpose.as_str()))
            .filter(Column::Subject.eq(subject))
            .filter(Column::IsAttached.eq(false))
            .filter(Column::ExpiresAt.gt(self.now()));
        let count = waiting.count(self.transaction()).await?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// How many bytes the files of a programme have together: the attached ones, those on their way, and those that the sweep
    /// has yet to delete.
    pub async fn bytes_kept(&self, programme: Uuid) -> Result<u64, WriteError> {
        let transaction = self.transaction();
        let mut sql = Sql::new(transaction.get_database_backend());
        // Without the cast the sum is a number of any length on PostgreSQL.
        sql.push("SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM upload WHERE programme_id = ");
        sql.bind(programme);
        let row = transaction.query_one_raw(sql.statement()).await?;
        let sum: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        Ok(sum.unsigned_abs())
    }
}
