//! The connection to the database, and what state its schema is in.
//!
//! SQLite has one writer and several readers; PostgreSQL has one pool for both. An in-memory SQLite database lives in its one connection:
//! whoever holds a transaction there must read through it. Beside PostgreSQL there can be replicas.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, FromQueryResult, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::SchemaManager;
use sqlx::postgres::PgListener;
use tokio::task::JoinError;

use crate::observe::current::as_part;

pub(crate) use self::describe::described;
pub use self::error::{DbError, SchemaState};
pub(crate) use self::replicas::Replica;
pub use self::trouble::Trouble;

mod connect;
mod describe;
mod error;
mod pools;
mod replicas;
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

/// The key of the advisory lock under which replicas migrate one after the other: "goldthrd" in ASCII.
const MIGRATION_LOCK: i64 = 0x676f_6c64_7468_7264;

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

    /// Closes all connections once their work is done.
    pub async fn close(self) -> Result<(), DbError> {
        self.close_replicas().await?;
        self.read.close_by_ref().await?;
        Ok(self.write.close_by_ref().await?)
    }

    /// Brings the schema up to what this program needs. Replicas that start together wait for one another.
    pub async fn migrate(&self) -> Result<(), DbError> {
        let state = self.schema_state().await?;
        if matches!(state, SchemaState::Ahead { .. }) {
            return Err(DbError::WrongSchema { place: self.address.place.clone(), state });
        }
        let done = match self.backend() {
            DbBackend::Postgres => self.migrate_locked().await,
            _ => self.migrate_in_one().await,
        };
        done.map_err(|source| DbError::Migration { place: self.address.place.clone(), source })
    }

    /// SQLite's write lock, taken before looking what is pending, makes processes take turns; each then sees what the one before did.
    async fn migrate_in_one(&self) -> Result<(), DbErr> {
        let transaction = self.write.begin_with_options(IMMEDIATE).await?;
        Migrator::up(&transaction, None).await?;
        transaction.commit().await
    }

    /// SeaORM's migrations take no lock. Ours is held by a connection of its own, without the limits that suit requests:
    /// waiting for another replica, or building an index, may take longer than any of them allows.
    async fn migrate_locked(&self) -> Result<(), DbErr> {
        let mut options = connect::quiet(&self.address.url);
        options.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
        let own = Database::connect(options).await?;
        own.execute_unprepared(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")).await?;
        let done = Migrator::up(&own, None).await;
        own.close().await?;
        done
    }

    /// Compares the schema with the one that this program needs. Only reads.
    pub async fn schema_state(&self) -> Result<SchemaState, DbError> {
        #[derive(FromQueryResult)]
        struct Applied {
            version: String,
        }
        let known: Vec<String> =
            Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        if !SchemaManager::new(&self.read).has_table("seaql_migrations").await? {
            return Ok(SchemaState::Empty);
        }
        let sql = "SELECT version FROM seaql_migrations ORDER BY version";
        let applied: Vec<String> = Applied::find_by_statement(Statement::from_string(self.backend(), sql))
            .all(&self.read)
            .await?
            .into_iter()
            .map(|row| row.version)
            .collect();
        Ok(compare(&known, &applied))
    }

    /// Refuses a database whose schema is not the one that this program needs.
    pub async fn require_current(&self) -> Result<(), DbError> {
        match self.schema_state().await? {
            SchemaState::Current => Ok(()),
            state => Err(DbError::WrongSchema { place: self.address.place.clone(), state }),
        }
    }
}

fn compare(known: &[String], applied: &[String]) -> SchemaState {
    let without = |some: &[String], others: &[String]| -> Vec<String> {
        some.iter().filter(|name| !others.contains(name)).cloned().collect()
    };
    let unknown = without(applied, known);
    let pending = without(known, applied);
    if !unknown.is_empty() {
        SchemaState::Ahead { unknown }
    } else if applied.is_empty() {
        SchemaState::Empty
    } else if !pending.is_empty() {
        SchemaState::Behind { pending }
    } else {
        SchemaState::Current
    }
}

#[cfg(test)]
mod tests;
