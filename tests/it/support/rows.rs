//! Every row of every table, for a test that asks whether anything was changed at all.

use api::store::db::Db;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

/// A connection past the service.
pub async fn connect(db: &Db) -> DatabaseConnection {
    let place = db.place();
    let url = match std::env::var("TEST_POSTGRES_URL") {
        Ok(server) if place.contains("gt_it_") => {
            let start = place.find("gt_it_").unwrap();
            let name: String =
                place[start..].chars().take_while(|sign| sign.is_alphanumeric() || *sign == '_').collect();
            format!("{}/{name}", server.rsplit_once('/').unwrap().0)
        }
        _ => format!("sqlite://{place}?mode=rw"),
    };
    Database::connect(url).await.unwrap()
}

/// Looks at all rows at once.
pub struct Rows {
    connection: DatabaseConnection,
    statement: Statement,
}

impl Rows {
    /// Of all tables but the keys of requests, which are no part of the record.
    pub async fn of(db: &Db) -> Self {
        let connection = connect(db).await;
        let backend = connection.get_database_backend();
        let tables = match backend {
            DbBackend::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
            _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        };
        let mut parts = Vec::new();
        for table in texts(&connection, tables).await.into_iter().filter(|name| name != "idempotency") {
            let row = match backend {
                DbBackend::Postgres => "t::text".to_owned(),
                _ => {
                    let columns = format!("SELECT name FROM pragma_table_info('{table}')");
                    let columns = texts(&connection, &columns).await;
                    let quoted = columns.iter().map(|column| format!("quote(\"{column}\")"));
                    quoted.collect::<Vec<_>>().join(" || '|' || ")
                }
            };
            parts.push(format!("SELECT '{table} ' || {row} AS r FROM {table} t"));
        }
        let all = format!("SELECT r FROM ({}) AS rows ORDER BY 1", parts.join(" UNION ALL "));
        Self { connection, statement: Statement::from_string(backend, all) }
    }

    /// All of them now, as texts in order.
    pub async fn now(&self) -> Vec<String> {
        let rows = self.connection.query_all_raw(self.statement.clone()).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }
}

/// The one text of each row of a query.
pub async fn texts(connection: &DatabaseConnection, query: &str) -> Vec<String> {
    let statement = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}
