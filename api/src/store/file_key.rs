//! The key with which addresses of files are signed, kept in the database so that every replica signs and trusts the same ones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use entity::file_key::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, sea_query::OnConflict};

use super::db::Db;

/// The name of the key in use.
const KID: &str = "files-1";

/// The secret of a database: the one that is there, or `candidate` once it is stored. Never logged.
///
/// The primary key decides between two processes that start at once: the second insert does nothing, and both read one row.
pub async fn load_or_insert(db: &Db, candidate: &[u8], now: DateTime<Utc>) -> Result<Vec<u8>, DbErr> {
    if let Some(found) = find(db).await? {
        return Ok(found);
    }
    let row = ActiveModel {
        kid: Set(KID.to_owned()),
        secret: Set(STANDARD.encode(candidate)),
        created_at: Set(now),
    };
    let keep_the_first = OnConflict::column(Column::Kid).do_nothing().to_owned();
    Entity::insert(row).on_conflict(keep_the_first).exec_without_returning(&db.write).await?;
    find(db).await?.ok_or_else(|| DbErr::RecordNotFound("key of files".into()))
}

/// Reads through the writer, so that a row written a moment ago is seen.
async fn find(db: &Db) -> Result<Option<Vec<u8>>, DbErr> {
    let row = Entity::find_by_id(KID.to_owned()).one(&db.write).await?;
    row.map(|row| STANDARD.decode(row.secret).map_err(|_| DbErr::Type("the key of files".into()))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::on_both_migrated;

    #[tokio::test]
    async fn whoever_comes_first_makes_it_and_all_have_the_same() {
        on_both_migrated(async |db| {
            let now = crate::config::now();
            let (one, two) = ([1; 32], [2; 32]);
            let (first, second) = tokio::join!(load_or_insert(db, &one, now), load_or_insert(db, &two, now));
            let (first, second) = (first.unwrap(), second.unwrap());
            assert!(first == second && (first == one || first == two));
            assert_eq!(load_or_insert(db, &[3; 32], now).await.unwrap(), first);
        })
        .await;
    }
}
