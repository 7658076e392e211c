//! The key of the development issuer, kept in the database so that every process on the same database, and the
//! `token` command, sign and trust the same one.

use chrono::{DateTime, Utc};
use entity::dev_issuer_key::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, sea_query::OnConflict};

use super::db::Db;

/// The stored form of the development issuer's key.
pub struct DevKey {
    /// The key's identifier, which tokens name in their header.
    pub kid: String,
    /// PKCS #8 in PEM. Never logged.
    pub private_pem: String,
}

/// The key kept under `candidate.kid`, or `candidate` once it is stored.
///
/// The primary key decides between two processes that start at once: the second insert does nothing, and both then
/// read the same row.
pub async fn load_or_insert(db: &Db, candidate: DevKey, now: DateTime<Utc>) -> Result<DevKey, DbErr> {
    if let Some(found) = find(db, &candidate.kid).await? {
        return Ok(found);
    }
    let row = ActiveModel {
        kid: Set(candidate.kid.clone()),
        private_pem: Set(candidate.private_pem),
        created_at: Set(now),
    };
    let keep_the_first = OnConflict::column(Column::Kid).do_nothing().to_owned();
    Entity::insert(row).on_conflict(keep_the_first).exec_without_returning(&db.write).await?;
    find(db, &candidate.kid).await?.ok_or_else(|| DbErr::RecordNotFound("development issuer key".into()))
}

/// The key kept under `kid`, if there is one. Reads through the writer, so that a row written a moment ago is seen.
async fn find(db: &Db, kid: &str) -> Result<Option<DevKey>, DbErr> {
    let row = Entity::find_by_id(kid.to_owned()).one(&db.write).await?;
    Ok(row.map(|row| DevKey { kid: row.kid, private_pem: row.private_pem }))
}
