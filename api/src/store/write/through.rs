//! What a change reads and writes through: a transaction; or, for a change that writes everything with the last, a connection alone.

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use crate::store::db::Line;

pub(in crate::store) enum Through {
    Transaction(DatabaseTransaction),
    /// Only reads, and that in statements of their own.
    Line(Line),
}

#[async_trait]
impl ConnectionTrait for Through {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Transaction(transaction) => transaction.get_database_backend(),
            Self::Line(line) => line.backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.execute_raw(statement).await,
            Self::Line(_) => Err(only_reads()),
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.execute_unprepared(sql).await,
            Self::Line(_) => Err(only_reads()),
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.query_one_raw(statement).await,
            Self::Line(_) => Ok(self.query_all_raw(statement).await?.into_iter().next()),
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.query_all_raw(statement).await,
            Self::Line(line) if statement.sql.starts_with("SELECT ") => line.ask(statement).await,
            Self::Line(_) => Err(only_reads()),
        }
    }
}

/// What is written one by one would be committed one by one.
fn only_reads() -> DbErr {
    DbErr::Custom("a brief change writes with its last statement alone".to_owned())
}
