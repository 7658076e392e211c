//! What the issuer of machine clients asks the database, and what it keeps there beside the record.

use chrono::{DateTime, NaiveDate, Utc};
use domain::client::ClientStatus;
use entity::{
    client_assertion, machine_client, machine_client_secret, machine_client_use, machine_issuer_key,
};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::db::Db;

/// A client that is not shut out. It has no `Debug`: nobody prints its hashes by mistake.
pub(crate) struct Found {
    /// Its id, which is its name to the issuer.
    pub(crate) id: Uuid,
    /// Its subject.
    pub(crate) subject: String,
    /// What it may do, in words.
    pub(crate) scopes: String,
    /// Its public keys.
    pub(crate) jwks: Option<String>,
    /// Its secrets that are good now.
    pub(crate) secrets: Vec<FoundSecret>,
}

/// A secret, as it is kept.
pub(crate) struct FoundSecret {
    pub(crate) id: Uuid,
    pub(crate) hint: String,
    pub(crate) hash: String,
}

/// A client by its id, unless it is shut out.
pub(crate) async fn find(db: &Db, client: Uuid, now: DateTime<Utc>) -> Result<Option<Found>, DbErr> {
    let live = machine_client::Entity::find_by_id(client)
        .filter(machine_client::Column::Status.eq(ClientStatus::Live.as_str()));
    let good = Condition::any()
        .add(machine_client_secret::Column::ExpiresAt.is_null())
        .add(machine_client_secret::Column::ExpiresAt.gt(now));
    let secrets = machine_client_secret::Entity::find()
        .filter(machine_client_secret::Column::ClientId.eq(client))
        .filter(good);
    // Both always: whether there is such a client is not told by how long it takes to say no.
    let (row, secrets) = (live.one(&db.read).await?, secrets.all(&db.read).await?);
    Ok(row.map(|row| Found {
        id: row.id,
        subject: row.subject,
        scopes: row.scopes,
        jwks: row.jwks,
        secrets: secrets
            .into_iter()
            .map(|of| FoundSecret { id: of.id, hint: of.hint, hash: of.hash })
            .collect(),
    }))
}

/// Notes that a client, and perhaps a secret of its, was used on a day: one write a day for each.
pub(crate) async fn used(db: &Db, ids: &[Uuid], day: NaiveDate) -> Result<(), DbErr> {
    let known = machine_client_use::Entity::find()
        .filter(machine_client_use::Column::Id.is_in(ids.iter().copied()))
        .filter(machine_client_use::Column::UsedOn.gte(day));
    let known = known.all(&db.read).await?;
    let new = ids.iter().filter(|id| known.iter().all(|row| row.id != **id));
    let rows: Vec<_> =
        new.map(|id| machine_client_use::ActiveModel { id: Set(*id), used_on: Set(day) }).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let renew = OnConflict::column(machine_client_use::Column::Id)
        .update_column(machine_client_use::Column::UsedOn)
        .to_owned();
    machine_client_use::Entity::insert_many(rows)
        .on_conflict(renew)
        .exec_without_returning(&db.write)
        .await?;
    Ok(())
}

/// Takes an assertion of a client; false where it was taken before, by whatever replica.
pub(crate) async fn take_assertion(
    db: &Db,
    subject: &str,
    jti: &str,
    expires_at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    use client_assertion::{ActiveModel, Column, Entity};
    let row = ActiveModel {
        subject: Set(subject.to_owned()),
        jti: Set(jti.to_owned()),
        expires_at: Set(expires_at),
    };
    let keep_the_first = OnConflict::columns([Column::Subject, Column::Jti]).do_nothing().to_owned();
    match Entity::insert(row).on_conflict(keep_the_first).exec_without_returning(&db.write).await {
        Ok(taken) => Ok(taken == 1),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Forgets the assertions that would not be taken any more.
pub(crate) async fn forget_assertions(db: &Db, now: DateTime<Utc>) -> Result<(), DbErr> {
    let old = client_assertion::Entity::delete_many().filter(client_assertion::Column::ExpiresAt.lt(now));
    old.exec(&db.write).await.map(|_| ())
}

/// The issuer's keys, in the order in which they were made. Reads through the writer, so that a key made a moment ago is seen.
pub(crate) async fn issuer_keys(db: &Db) -> Result<Vec<machine_issuer_key::Model>, DbErr> {
    let all = machine_issuer_key::Entity::find().order_by_asc(machine_issuer_key::Column::Number);
    all.all(&db.write).await
}

/// Keeps a key, unless another process has made one with its number.
pub(crate) async fn add_key(db: &Db, key: machine_issuer_key::Model) -> Result<(), DbErr> {
    let keep_the_first = OnConflict::column(machine_issuer_key::Column::Number).do_nothing().to_owned();
    let added = machine_issuer_key::Entity::insert(key.into_active_model()).on_conflict(keep_the_first);
    match added.exec_without_returning(&db.write).await {
        Ok(_) | Err(DbErr::RecordNotInserted) => Ok(()),
        Err(fault) => Err(fault),
    }
}

/// Removes keys by their numbers.
pub(crate) async fn remove_keys(db: &Db, numbers: &[i32]) -> Result<(), DbErr> {
    if numbers.is_empty() {
        return Ok(());
    }
    let these = machine_issuer_key::Column::Number.is_in(numbers.iter().copied());
    machine_issuer_key::Entity::delete_many().filter(these).exec(&db.write).await.map(|_| ())
}
