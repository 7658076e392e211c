//! How each kind of database is opened, and why it could not be.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgPool};

use super::failover::Doubt;
use super::trouble::driver_error;
use super::{Address, Db, DbError, Pool};

/// How long to wait for a free connection: an outage must be an answer soon, not a pile of waiting requests.
const ACQUIRE: Duration = Duration::from_secs(5);
/// A connection that has been idle for so long is asked whether it still lives before it is used. Asking each time would
/// double the round trips of a busy service.
const IDLE: Duration = Duration::from_secs(1);
/// How long an SQLite connection waits for another that writes.
const BUSY: Duration = Duration::from_secs(5);
/// So many instructions of its machine SQLite runs before it asks whether the time is up: less than a millisecond's work, and
/// more than most statements take.
const INSTRUCTIONS: i32 = 10_000;
/// What a PostgreSQL session sets for itself, beside the limit of a statement: limits, so that no lock or forgotten
/// transaction holds up the others; and plans that are kept. The same few statements run again and again, reading little by
/// index: to plan each anew, or to compile it, would cost more than to run it. Nor does one run in several processes: it is small, others
/// want processors too, and what several relations have in one statement comes in their order. What is read is mostly in memory, where one
/// page is as near as another: by what PostgreSQL takes a page to cost, fifty looks by a key are dearer than to read a whole table.
pub(super) const SESSION: [(&str, &str); 6] = [
    ("lock_timeout", "3s"),
    ("idle_in_transaction_session_timeout", "30s"),
    ("plan_cache_mode", "force_generic_plan"),
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("random_page_cost", "1.1"),
];
/// Options without statement logs: statements hold people's words.
pub(super) fn quiet(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.acquire_timeout(ACQUIRE).sqlx_logging(false).record_stmt_in_spans(false);
    options.test_before_acquire_if_idle_for(IDLE);
    options
}

fn address(url: &str, place: String) -> Arc<Address> {
    Arc::new(Address { url: url.to_owned(), place, doubt: Doubt::default() })
}

pub(super) async fn sqlite(url: &str, settings: &Pool) -> Result<Db, DbError> {
    let parsed: SqliteConnectOptions = url
        .parse()
        .map_err(|_| DbError::Url { why: "cannot be read as the place of an SQLite file".to_owned() })?;
    if url.contains(":memory:") || url.contains("mode=memory") {
        let mut options = quiet(url);
        options.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
        options.map_sqlx_sqlite_opts(|options| options.foreign_keys(true));
        limit_statements(&mut options, settings.statement_timeout);
        let one = Database::connect(options).await?;
        let address = address(url, "an SQLite database in memory".to_owned());
        let (read, replicas) = (one.clone(), Arc::default());
        return Ok(Db { read, write: one, has_one_pool: true, address, replicas });
    }
    let file = parsed.get_filename().to_path_buf();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(DbError::NoFolder { folder: folder.display().to_string() });
    }
    let mut writer = quiet(url);
    writer.max_connections(1).map_sqlx_sqlite_opts(|options| {
        options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .foreign_keys(true)
    });
    limit_statements(&mut writer, settings.statement_timeout);
    let write = Database::connect(writer).await.map_err(|error| file_error(&file, &error))?;
    let mut readers = quiet(url);
    readers.max_connections(settings.size.max(1)).map_sqlx_sqlite_opts(|options| {
        options.busy_timeout(BUSY).foreign_keys(true).pragma("query_only", "on")
    });
    limit_statements(&mut readers, settings.statement_timeout);
    let read = Database::connect(readers).await.map_err(|error| file_error(&file, &error))?;
    let address = address(url, file.display().to_string());
    Ok(Db { read, write, has_one_pool: false, address, replicas: Arc::default() })
}

/// Gives SQLite what PostgreSQL has: a limit on the time of a statement. It counts from when a connection is taken from the
/// pool: for what reads, that is the statement's own time; a transaction that writes has it as a whole, and the one writer is
/// free again for the others.
///
/// A connection whose transaction SQLite has ended by itself, as it does with one that writes when it is stopped, or finds the
/// disk full, is not used again: the driver goes on to count it as open, and would begin no other on it.
fn limit_statements(options: &mut ConnectOptions, limit: Option<Duration>) {
    options.map_sqlx_sqlite_pool_opts(move |pool| {
        pool.after_connect(move |connection, _| Box::pin(renew(connection, limit)))
    });
    options.map_sqlx_sqlite_before_acquire(move |connection, _| {
        Box::pin(async move {
            let is_clean = !connection.is_in_transaction();
            if is_clean {
                renew(connection, limit).await?;
            }
            Ok(is_clean)
        })
    });
}

/// Lets a connection run for so long from now on.
async fn renew(connection: &mut SqliteConnection, limit: Option<Duration>) -> Result<(), sqlx::Error> {
    if let Some(limit) = limit {
        let end = Instant::now() + limit;
        connection.lock_handle().await?.set_progress_handler(INSTRUCTIONS, move || Instant::now() < end);
    }
    Ok(())
}

/// SQLite's result codes in words: 26 is a file of another kind, 14 one that cannot be opened or is not there.
fn file_error(path: &Path, error: &DbErr) -> DbError {
    let file = path.display().to_string();
    let driver = driver_error(error);
    let code = driver.and_then(|error| error.as_database_error()).and_then(|error| error.code());
    match code.as_deref() {
        Some("26") => DbError::NotADatabase { file },
        Some("14") if !path.exists() => DbError::NoFile { file },
        _ => {
            let why = driver
                .and_then(|error| error.as_database_error())
                .map_or_else(|| error.to_string(), |error| error.message().to_owned());
            DbError::Unopenable { file, why }
        }
    }
}

/// Reads an address of PostgreSQL, and says what people see of it.
fn parsed(url: &str) -> Result<(PgConnectOptions, String), DbError> {
    let parsed: PgConnectOptions = url.parse().map_err(|_| DbError::Url {
        why: "cannot be read as the place of a PostgreSQL database".to_owned(),
    })?;
    let place = format!(
        "PostgreSQL at {}:{}, database {}, as {}",
        parsed.get_host(),
        parsed.get_port(),
        parsed.get_database().unwrap_or(parsed.get_username()),
        parsed.get_username()
    );
    Ok((parsed, place))
}

pub(super) async fn postgres(url: &str, settings: &Pool) -> Result<Db, DbError> {
    let (parsed, place) = parsed(url)?;
    let address = address(url, place.clone());
    let mut options = pooled(url, settings, "golden-thread");
    let doubted = Arc::clone(&address);
    options.map_sqlx_postgres_before_acquire(move |_, connection| {
        let is_good = !doubted.doubt.is_about(connection.age);
        Box::pin(async move { Ok(is_good) })
    });
    let pool = Database::connect(options).await?;
    tokio::spawn(warm(pool.get_postgres_connection_pool().clone(), settings.size / 4));
    // The pool would try again and again and then say only that time is up; one plain attempt says why.
    let first =
        tokio::time::timeout(ACQUIRE, PgConnection::connect_with(&parsed.disable_statement_logging())).await;
    let unreachable = |why: String| DbError::Unreachable { place: place.clone(), why };
    match first {
        Err(_) => return Err(unreachable(format!("no answer within {} seconds", ACQUIRE.as_secs()))),
        Ok(Err(error)) => return Err(unreachable(connection_failure(&error))),
        Ok(Ok(connection)) => {
            connection.close().await.map_err(|error| unreachable(connection_failure(&error)))?
        }
    }
    Ok(Db { read: pool.clone(), write: pool, has_one_pool: true, address, replicas: Arc::default() })
}

/// Makes a few connections before they are needed, all at once: to make one takes longer than most requests, and nobody waits for them
/// who does not need them. That there are none to be had, whoever asks for one will find out.
async fn warm(pool: PgPool, count: u32) {
    drop(join_all((0..count).map(|_| pool.acquire())).await);
}

/// A pool of connections to PostgreSQL under a name. It begins with none.
fn pooled(url: &str, settings: &Pool, name: &'static str) -> ConnectOptions {
    let mut options = quiet(url);
    options.connect_lazy(true);
    // Zero is none, for PostgreSQL.
    let limit = settings.statement_timeout.map_or(0, |limit| limit.as_millis()).to_string();
    options.min_connections(settings.size / 4);
    options.max_connections(settings.size.max(1)).map_sqlx_postgres_opts(move |options| {
        let limit = [("statement_timeout", limit.as_str())];
        options.application_name(name).options(SESSION).options(limit)
    });
    options
}

/// Where a replica is, and connections to it, of which none is made before it is needed: it may be away. What is to be done with
/// each new one is told.
pub(super) async fn replica(
    url: &str,
    settings: &Pool,
    connected: impl Fn() + Send + Sync + 'static,
) -> Result<(String, DatabaseConnection), DbError> {
    let (_, place) = parsed(url)?;
    let mut options = pooled(url, settings, "golden-thread replica");
    let connected = Arc::new(connected);
    options.map_sqlx_postgres_pool_opts(move |pool| {
        let connected = Arc::clone(&connected);
        pool.after_connect(move |_, _| {
            connected();
            Box::pin(std::future::ready(Ok(())))
        })
    });
    Ok((place, Database::connect(options).await?))
}

/// A connection of its own on which PostgreSQL tells what is said in a channel.
pub(super) async fn hear(url: &str, channel: &str) -> Result<PgListener, sqlx::Error> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.disable_statement_logging().application_name("golden-thread listening");
    // It is one connection; the pool makes the next where it is lost.
    let one = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
    let one = one.acquire_timeout(ACQUIRE).connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&one).await?;
    listener.listen(channel).await?;
    Ok(listener)
}

fn connection_failure(error: &sqlx::Error) -> String {
    if let Some(refusal) = error.as_database_error() {
        return match refusal.code().as_deref() {
            Some("28P01" | "28000") => "the server refuses this user or password".to_owned(),
            Some("3D000") => "the server has no such database; create it first".to_owned(),
            Some("53300") => "the server has no free connection".to_owned(),
            Some("57P03") => "the server is still starting or is shutting down".to_owned(),
            _ => refusal.message().to_owned(),
        };
    }
    match error {
        sqlx::Error::Io(error) => {
            format!("nothing answers there ({error}); is the server running, and are host and port right?")
        }
        sqlx::Error::Tls(error) => {
            format!("no secure connection ({error}); see sslmode and sslrootcert in the URL")
        }
        _ => "the server did not answer as PostgreSQL does".to_owned(),
    }
}
