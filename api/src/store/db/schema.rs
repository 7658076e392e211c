//! What state the schema is in, and how it is brought up to what this program needs.

use std::time::Duration;

use migration::{FLOOR_COLUMN, FLOOR_TABLE, Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement,
    TransactionTrait,
};
use sea_orm_migration::{IntoSchemaManagerConnection, SchemaManager};

use super::{Db, DbError, IMMEDIATE, Trouble, connect};

/// The key of the advisory lock under which replicas migrate one after the other: "goldthrd" in ASCII.
const MIGRATION_LOCK: i64 = 0x676f_6c64_7468_7264;
/// How often whoever waits for another that migrates looks whether it is done.
const LOOK: Duration = Duration::from_millis(250);
/// How long a migration waits for a table that is in use. Requests that come meanwhile wait behind it, which they do for longer than
/// that (`connect::SESSION`): they never fail by it.
const LOCK_TIMEOUT: &str = "1s";
/// How long a migration that found a table in use leaves it to the others before it tries again, and how often it does.
const YIELD: Duration = Duration::from_secs(1);
const TRIES: usize = 150;

/// How the schema in the database compares with the one that this program needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// Nothing was ever migrated.
    Empty,
    /// Some migrations are still to run.
    Behind {
        /// Their names, oldest first.
        pending: Vec<String>,
    },
    /// As it should be.
    Current,
    /// A newer program was here, and what it added lets this one go on.
    Newer {
        /// The migrations that this program does not know.
        unknown: Vec<String>,
    },
    /// A newer program was here, and this one does not understand any more what there is.
    Ahead {
        /// The migrations that this program does not know.
        unknown: Vec<String>,
    },
}

impl SchemaState {
    /// Whether this program may use the database.
    pub fn is_usable(&self) -> bool {
        matches!(self, Self::Current | Self::Newer { .. })
    }
}

impl std::fmt::Display for SchemaState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => write!(f, "it is empty; run `golden-thread migrate` first"),
            Self::Behind { pending } => {
                write!(
                    f,
                    "it is behind by {} ({}); run `golden-thread migrate`",
                    pending.len(),
                    pending.join(", ")
                )
            }
            Self::Current => write!(f, "it is up to date"),
            Self::Newer { unknown } => write!(
                f,
                "a newer version of the program has migrated it ({}), and this version may go on",
                unknown.join(", ")
            ),
            Self::Ahead { unknown } => write!(
                f,
                "a newer version of the program has migrated it ({}), and this version does not understand it any more; \
                 use that version, or a database of this one",
                unknown.join(", ")
            ),
        }
    }
}

impl Db {
    /// Compares the schema with the one that this program needs. Only reads.
    pub async fn schema_state(&self) -> Result<SchemaState, DbError> {
        Ok(state_of(&self.read).await?)
    }

    /// Refuses a database that this program may not use; else says in what state its schema is.
    pub async fn require_usable(&self) -> Result<SchemaState, DbError> {
        self.usable(self.schema_state().await?)
    }

    /// Brings the schema up to what this program needs, and leaves alone what a newer one did that lets it go on. Whoever comes
    /// while another migrates waits.
    pub async fn migrate(&self) -> Result<SchemaState, DbError> {
        let found = match self.backend() {
            DbBackend::Postgres => self.migrate_locked().await,
            _ => self.migrate_in_one().await,
        };
        let failed = |source| DbError::Migration { place: self.address.place.clone(), source };
        self.usable(found.map_err(failed)?)
    }

    fn usable(&self, state: SchemaState) -> Result<SchemaState, DbError> {
        if state.is_usable() {
            return Ok(state);
        }
        Err(DbError::WrongSchema { place: self.address.place.clone(), state })
    }

    /// SQLite's write lock, taken before looking what is pending, makes processes take turns; each then sees what the one before did.
    async fn migrate_in_one(&self) -> Result<SchemaState, DbErr> {
        let transaction = self.begin_in_turn().await?;
        let state = state_of(&transaction).await?;
        if !is_to_be_migrated(&state) {
            return Ok(state);
        }
        Migrator::up(&transaction, None).await?;
        transaction.commit().await?;
        Ok(SchemaState::Current)
    }

    /// Begins to write, however long another does.
    async fn begin_in_turn(&self) -> Result<DatabaseTransaction, DbErr> {
        loop {
            match self.write.begin_with_options(IMMEDIATE).await {
                Err(fault) if Trouble::of(&fault) == Trouble::Contended => {
                    tracing::info!("another process is writing to the database: waiting for it");
                }
                begun => return begun,
            }
        }
    }

    /// SeaORM's migrations take no lock. Ours is held by a connection of its own, without the limits that suit requests:
    /// waiting for another replica, or building an index, may take longer than any of them allows.
    async fn migrate_locked(&self) -> Result<SchemaState, DbErr> {
        let mut options = connect::quiet(&self.address.url);
        options.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
        let own = Database::connect(options).await?;
        let done = migrate_in_turn(&own).await;
        own.close().await?;
        done
    }
}

/// Migrates on a connection of PostgreSQL, once nobody else does.
async fn migrate_in_turn(own: &DatabaseConnection) -> Result<SchemaState, DbErr> {
    take_turn(own).await?;
    let state = state_of(own).await?;
    if !is_to_be_migrated(&state) {
        return Ok(state);
    }
    own.execute_unprepared(&format!("SET lock_timeout = '{LOCK_TIMEOUT}'")).await?;
    let mut tries = 1;
    loop {
        match Migrator::up(own, None).await {
            Err(fault) if Trouble::of(&fault) == Trouble::Contended && tries < TRIES => {
                tracing::info!(tries, "what is to be changed is in use: trying again");
                tries += 1;
                tokio::time::sleep(YIELD).await;
            }
            done => return done.map(|()| SchemaState::Current),
        }
    }
}

/// Waits until nobody else migrates. It asks again and again: a statement that waits for the lock would be a transaction that an
/// index that is built concurrently waits for in its turn.
async fn take_turn(own: &DatabaseConnection) -> Result<(), DbErr> {
    let sql = format!("SELECT pg_try_advisory_lock({MIGRATION_LOCK})");
    let mut is_first = true;
    loop {
        let asked = Statement::from_string(DbBackend::Postgres, sql.as_str());
        let is_ours = own.query_one_raw(asked).await?.map(|row| row.try_get_by_index(0)).transpose()?;
        if is_ours == Some(true) {
            return Ok(());
        }
        if std::mem::take(&mut is_first) {
            tracing::info!("another process is migrating the database: waiting for it");
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn is_to_be_migrated(state: &SchemaState) -> bool {
    matches!(state, SchemaState::Empty | SchemaState::Behind { .. })
}

/// Compares the schema that a connection sees with the one that this program needs.
async fn state_of<'c, C>(connection: &'c C) -> Result<SchemaState, DbErr>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    let known: Vec<String> =
        Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let manager = SchemaManager::new(connection);
    if !manager.has_table("seaql_migrations").await? {
        return Ok(SchemaState::Empty);
    }
    let applied = texts(connection, "SELECT version FROM seaql_migrations ORDER BY version").await?;
    let state = compare(&known, &applied);
    if let SchemaState::Ahead { unknown } = &state
        && known.iter().all(|name| applied.contains(name))
    {
        let floor = texts(connection, &format!("SELECT {FLOOR_COLUMN} FROM {FLOOR_TABLE}")).await?;
        if !floor.is_empty() && floor.iter().all(|name| known.contains(name)) {
            return Ok(SchemaState::Newer { unknown: unknown.clone() });
        }
    }
    Ok(state)
}

/// The one column of what a statement finds.
async fn texts<C: ConnectionTrait>(connection: &C, sql: &str) -> Result<Vec<String>, DbErr> {
    let rows =
        connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

pub(super) fn compare(known: &[String], applied: &[String]) -> SchemaState {
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
