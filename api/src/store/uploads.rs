//! Files on their way: announced by a mutation, brought by a PUT, and then attached, or forgotten.
//!
//! An upload is no part of the record, as the key of a request is none: nothing in the programme is different for it, nobody but
//! who announced it sees it, and it goes away by itself. What belongs to evidence is `evidence_file`, which the one write path
//! writes and records.

use chrono::{DateTime, TimeDelta, Utc};
use domain::file::Scan;
use entity::upload::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::db::Db;
use super::write::{WriteCx, WriteError};

/// For how long something waits to be attached.
pub const KEPT: TimeDelta = TimeDelta::hours(24);

/// An upload, as it is now.
pub async fn find(db: &Db, id: Uuid) -> Result<Option<Model>, DbErr> {
    // By the writer, so that what was announced a moment ago is there.
    Entity::find_by_id(id).one(&db.write).await
}

/// Its bytes are there, checked, and the scanner said this of them.
pub async fn received(db: &Db, id: Uuid, scan: Scan, now: DateTime<Utc>) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(id),
        scan: Set(scan.as_str().to_owned()),
        received_at: Set(Some(now)),
        ..ActiveModel::default()
    };
    Entity::update(row).exec(&db.write).await.map(|_| ())
}

/// Some of those that nobody attached in time, or that were taken off again, the oldest first.
pub async fn abandoned(db: &Db, now: DateTime<Utc>, most: u64) -> Result<Vec<Model>, DbErr> {
    let old = Entity::find().filter(Column::IsAttached.eq(false)).filter(Column::PreparedAt.lt(now - KEPT));
    old.order_by_asc(Column::PreparedAt).limit(most).all(&db.write).await
}

/// Forgets one whose bytes are gone.
pub async fn forget(db: &Db, id: Uuid) -> Result<(), DbErr> {
    let own = Entity::delete_many().filter(Column::Id.eq(id)).filter(Column::IsAttached.eq(false));
    own.exec(&db.write).await.map(|_| ())
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
        let row = ActiveModel { id: Set(id), is_attached: Set(is_attached), ..ActiveModel::default() };
        Entity::update(row).exec(self.transaction()).await?;
        Ok(())
    }
}
