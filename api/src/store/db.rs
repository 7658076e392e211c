//! Stub.
#![allow(missing_docs)]
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend};

#[derive(Clone, Debug, Default)]
pub struct Pool {}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DbError(String);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    Current,
    Behind { pending: usize },
    Ahead,
    Empty,
}

#[derive(Clone, Debug)]
pub struct Db {
    pub(crate) read: DatabaseConnection,
    pub(crate) write: DatabaseConnection,
}

impl Db {
    pub async fn connect(url: &str, _settings: &Pool) -> Result<Db, DbError> {
        let mut options = ConnectOptions::new(url.to_owned());
        options.max_connections(1).sqlx_logging(false);
        let c = Database::connect(options).await.map_err(|e| DbError(e.to_string()))?;
        Ok(Db { read: c.clone(), write: c })
    }
    pub fn backend(&self) -> DbBackend {
        self.read.get_database_backend()
    }
    pub async fn migrate(&self) -> Result<(), DbError> {
        self.write
            .execute_unprepared("create table if not exists dev_issuer_key (kid text primary key, private_pem text not null, created_at text not null)")
            .await
            .map_err(|e| DbError(e.to_string()))?;
        Ok(())
    }
    pub async fn schema_state(&self) -> Result<SchemaState, DbError> {
        let known = self.read.execute_unprepared("select 1 from dev_issuer_key").await.is_ok();
        Ok(if known { SchemaState::Current } else { SchemaState::Empty })
    }
}
