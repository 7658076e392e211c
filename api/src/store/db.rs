//! The connection to the database.
//!
//! SQLite has one writer and several readers; PostgreSQL has one pool for both. An in-memory SQLite database lives in its one connection:
//! whoever holds a transaction there must read through it. Beside PostgreSQL there can be replicas.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions,
};
use sqlx::postgres::PgListener;
use tokio::task::JoinError;

use crate::observe::current::as_part;

pub(crate) use self::describe::described;
pub use self::error::DbError;
pub(crate) use self::line::Line;
pub(crate) use self::replicas::Replica;
pub use self::schema::SchemaState;
pub use self::trouble::Trouble;

mod connect;
mod describe;
mod error;
mod failover;
mod line;
mod pools;
mod replicas;
mod schema;
mod trouble;

/// Works with the database to the end, whether or not anybody still waits for what comes of it: a client that hangs up, a
/// request out of time, a query beside which another failed. A statement that is dropped under way leaves its connection with
/// an answer that nobody has read; where that answer is an error (the statement's time-out, say), `sqlx` 0.9 closes the
/// connection, waits over TLS for a server that has nothing more to say, and the pool is one connection smaller for ever.
/// What is not waited for is bounded by the limit on statements.
///
/// It runs under no span of ours: the driver's thread for SQLite would hold it for longer than the answer takes.
pub async fn to_the_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    joined(tokio::spawn(as_part(work))).await
}

/// What a task comes to.
pub(crate) async fn joined<T>(task: impl Future<Output = Result<T, JoinError>>) -> T {
    match task.await {
        Ok(done) => done,
        Err(fault) if fault.is_panic() => std::panic::resume_unwind(fault.into_panic()),
        // The runtime is going down, and whoever waits with it.
        Err(_) => std::future::pending().await,
    }
}

/// How a transaction begins that is going to write. SQLite refuses at once, whatever the time-out, to let a reader become a
/// writer while another writes; PostgreSQL takes no notice.
pub(crate) const IMMEDIATE: TransactionOptions = TransactionOptions {
    isolation_level: None,
    access_mode: None,
    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
};

/// How many connections to keep, and for how long one may be kept busy. The default suits a service.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Connections to PostgreSQL, or readers of an SQLite file.
    pub size: u32,
    /// How long a statement may run before it is stopped; on SQLite, which has one writer, a whole transaction that writes.
    /// None: as long as it takes.
    pub statement_timeout: Option<Duration>,
}

impl Default for Pool {
    fn default() -> Self {
        Self { size: 16, statement_timeout: Some(Duration::from_secs(10)) }
    }
}

impl Pool {
    /// For a command that somebody runs by hand: it may go through the whole database.
    pub fn of_command() -> Self {
        Self { statement_timeout: None, ..Self::default() }
    }
}

/// The database: cheap to clone, shared by everything in the process.
#[derive(Clone)]
pub struct Db {
    pub(crate) read: DatabaseConnection,
    pub(crate) write: DatabaseConnection,
    /// Whether reading and writing share one pool.
    has_one_pool: bool,
    address: Arc<Address>,
    /// What reads besides, where it is not behind.
    replicas: Arc<replicas::Replicas>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({})", self.address.place)
    }
}

/// Where the database is. The URL may hold a password and is never shown; `place` is what people see.
struct Address {
    url: String,
    place: String,
    doubt: failover::Doubt,
}

impl Db {
    /// Opens the database that `url` names: `sqlite://path?mode=rwc`, `sqlite::memory:` or `postgres://...`.
    pub async fn connect(url: &str, settings: &Pool) -> Result<Self, DbError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => connect::sqlite(url, settings).await,
            Some("postgres" | "postgresql") => connect::postgres(url, settings).await,
            _ => Err(DbError::Url { why: "does not start with sqlite: or postgres:".to_owned() }),
        }
    }

    /// Which database it is.
    pub fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    /// Where it is, for people to read: a file, or a server with database and user, never a password.
    pub fn place(&self) -> &str {
        &self.address.place
    }

    /// Hears what is said in a channel of PostgreSQL, on a connection of its own.
    pub(super) async fn hear(&self, channel: &str) -> Result<PgListener, sqlx::Error> {
        connect::hear(&self.address.url, channel).await
    }

    /// Copies an SQLite database as it is now into a file that is empty, or not there yet. Others read and write meanwhile.
    ///
    /// # Errors
    /// It cannot be read, or the file not written.
    pub async fn copy_into(&self, file: &Path) -> Result<(), DbErr> {
        let name = file.to_str().ok_or_else(|| DbErr::Custom("the file's name is not UTF-8".to_owned()))?;
        let copy = Statement::from_sql_and_values(self.backend(), "VACUUM INTO $1", [name.into()]);
        self.write.execute_raw(copy).await.map(drop)
    }

    /// Closes all connections once their work is done.
    pub async fn close(self) -> Result<(), DbError> {
        self.close_replicas().await?;
        self.read.close_by_ref().await?;
        Ok(self.write.close_by_ref().await?)
    }
}

#[cfg(test)]
mod tests;
