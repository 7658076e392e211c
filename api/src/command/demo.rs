//! Stub.
#![allow(missing_docs)]
use crate::store::db::{Db, DbError};
pub async fn load(_db: &Db, _today: chrono::NaiveDate) -> Result<(), DbError> {
    Ok(())
}
