//! Which past the database has. A restore takes entries back whose numbers are given again, to others; whoever had read them must not
//! go on from there. So a database that was restored gets a new name for its past, which the cursors of feeds carry.

use sea_orm::{ConnectionTrait, DbErr, Statement, TransactionTrait};
use uuid::Uuid;

use super::db::{Db, IMMEDIATE};
use super::sql::Sql;

/// The name of the past; empty where nothing was ever restored.
///
/// # Errors
/// The database cannot be read.
pub async fn of(db: &Db) -> Result<String, DbErr> {
    let row = db.read.query_one_raw(Statement::from_string(db.backend(), "SELECT id FROM timeline")).await?;
    row.map_or_else(|| Ok(String::new()), |row| row.try_get_by_index(0))
}

/// Begins another past: the database was restored.
///
/// # Errors
/// The database cannot be written to; nothing is changed.
pub async fn begin(db: &Db) -> Result<(), DbErr> {
    let transaction = db.write.begin_with_options(IMMEDIATE).await?;
    transaction.execute_unprepared("DELETE FROM timeline").await?;
    let mut sql = Sql::new(db.backend());
    sql.push("INSERT INTO timeline (id) VALUES (").bind(Uuid::now_v7().simple().to_string()).push(")");
    transaction.execute_raw(sql.statement()).await?;
    transaction.commit().await
}
