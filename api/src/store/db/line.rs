//! What somebody asks through: on PostgreSQL one connection for one statement after the other.
//!
//! The pool asks every connection that comes back whether it lives. Whoever took another one for each statement would make
//! twice as many journeys.

use std::sync::Arc;

use futures_util::FutureExt;
use sea_orm::sea_query::Values;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, RuntimeErr, Statement};
use sea_query_sqlx::SqlxValues;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Postgres};
use tokio::sync::Mutex;

use super::{Trouble, to_the_end};

/// How many dead connections a statement may come across: as many as the pool keeps, and then some.
const LOST_CONNECTIONS: usize = 20;

/// One after the other: whoever asks several things at once gets their answers in turn.
pub(crate) struct Line {
    pool: DatabaseConnection,
    held: Mutex<Option<PoolConnection<Postgres>>>,
}

impl Line {
    /// A line to a database, for which no connection is taken before there is something to ask.
    pub(crate) fn new(pool: DatabaseConnection) -> Self {
        Self { pool, held: Mutex::default() }
    }

    /// Asks, again where the connection turns out to have died: reading again harms nothing. The connection is kept for the next.
    ///
    /// # Errors
    /// There is no connection to be had, or the database refuses the statement.
    pub(crate) async fn ask(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut held = self.held.lock().await;
        let (pool, connection) = (self.pool.clone(), held.take());
        // In a box: all that reads is built of this, and the compiler lays out no future that is too deep.
        let (answer, connection) = to_the_end(ask(pool, connection, statement).boxed()).await;
        *held = connection;
        answer
    }

    /// As [`Line::ask`], once: where the connection dies meanwhile, it was done or not, and nobody knows.
    pub(crate) async fn ask_once(&self, statement: Statement) -> Result<(), DbErr> {
        let mut held = self.held.lock().await;
        let (pool, connection) = (self.pool.clone(), held.take());
        let (answer, connection) =
            to_the_end(async move { ask_one(&pool, connection, &statement).await }.boxed()).await;
        *held = connection;
        answer.map(drop)
    }

    /// Which kind of database it leads to.
    pub(crate) fn backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    /// Gives the connection back, so that others can have it while nothing is asked.
    pub(crate) async fn let_go(&self) {
        self.held.lock().await.take();
    }
}

type Asked = (Result<Vec<QueryResult>, DbErr>, Option<PoolConnection<Postgres>>);

async fn ask(
    pool: DatabaseConnection,
    mut connection: Option<PoolConnection<Postgres>>,
    statement: Statement,
) -> Asked {
    let mut left = LOST_CONNECTIONS;
    loop {
        match ask_one(&pool, connection.take(), &statement).await {
            // Connections that died since they were last used are found out one by one.
            (Err(fault), _) if left > 0 && Trouble::of(&fault) == Trouble::Lost => left -= 1,
            asked => return asked,
        }
    }
}

async fn ask_one(
    pool: &DatabaseConnection,
    connection: Option<PoolConnection<Postgres>>,
    statement: &Statement,
) -> Asked {
    match pool.get_database_backend() {
        DbBackend::Postgres => on_one(pool, connection, statement).await,
        _ => (pool.query_all_raw(statement.clone()).await, None),
    }
}

/// Asks on a connection. One on which something failed goes back to the pool, which looks whether it is still good.
async fn on_one(
    pool: &DatabaseConnection,
    held: Option<PoolConnection<Postgres>>,
    statement: &Statement,
) -> Asked {
    let mut connection = match held {
        Some(connection) => connection,
        None => match pool.get_postgres_connection_pool().acquire().await {
            Ok(connection) => connection,
            Err(fault) => return (Err(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(fault)))), None),
        },
    };
    let values = SqlxValues(statement.values.clone().unwrap_or(Values(Vec::new())));
    let query = sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), values);
    match query.fetch_all(&mut *connection).await {
        Ok(rows) => (Ok(rows.into_iter().map(QueryResult::from).collect()), Some(connection)),
        Err(fault) => (Err(DbErr::Query(RuntimeErr::SqlxError(Arc::new(fault)))), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::on_both;

    #[tokio::test]
    async fn one_connection_is_kept_until_it_is_let_go_and_taken_anew_where_it_died() {
        on_both(async |db| {
            if db.backend() != DbBackend::Postgres {
                return;
            }
            let of = |sql: &str| Statement::from_string(DbBackend::Postgres, sql.to_owned());
            let line = Line::new(db.read.clone());
            let process = async || -> i32 {
                let rows = line.ask(of("SELECT pg_backend_pid()")).await.unwrap();
                rows[0].try_get_by_index(0).unwrap()
            };
            let first = process().await;
            assert_eq!(process().await, first);
            let pool = db.read.get_postgres_connection_pool();
            assert_eq!(pool.size() as usize, pool.num_idle() + 1, "one is held");

            let end = of(&format!("SELECT pg_terminate_backend({first})"));
            db.write.execute_raw(end).await.unwrap();
            assert_ne!(process().await, first);

            assert!(line.ask(of("SELECT nothing")).await.is_err());
            process().await;
            line.let_go().await;
            let is_back = async {
                while pool.size() as usize > pool.num_idle() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(std::time::Duration::from_secs(5), is_back).await.unwrap();
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_asked_at_once_is_answered_in_turn_and_whoever_stops_waiting_holds_nobody_up() {
        on_both(async |db| {
            let (line, backend) = (Line::new(db.read.clone()), db.backend());
            let ask = async |number: i32| -> i32 {
                let statement = Statement::from_sql_and_values(backend, "SELECT $1", [number.into()]);
                line.ask(statement).await.unwrap()[0].try_get_by_index(0).unwrap()
            };
            assert_eq!(tokio::join!(ask(1), ask(2), ask(3)), (1, 2, 3));

            assert_eq!(ask(4).now_or_never(), None);
            assert_eq!(ask(5).await, 5);
        })
        .await;
    }
}
