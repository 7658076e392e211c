//! Every row of every table, for a test that asks whether anything was changed at all.

use std::cell::RefCell;
use std::rc::Rc;

use api::store::db::Db;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

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
    // One: what SQLite says of changes, it says to each connection by itself.
    Database::connect(ConnectOptions::new(url).max_connections(1).to_owned()).await.unwrap()
}

/// Looks at all rows at once.
pub struct Rows {
    connection: DatabaseConnection,
    statement: Statement,
    /// As they were last looked at, and the mark that the database had then.
    last: RefCell<Option<(String, Rc<Vec<String>>)>>,
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
        Self { connection, statement: Statement::from_string(backend, all), last: RefCell::default() }
    }

    /// All of them now, as texts in order. They are not read again where nobody has committed anything since.
    pub async fn now(&self) -> Rc<Vec<String>> {
        let mark = self.mark().await;
        if let Some((of, rows)) = &*self.last.borrow()
            && *of == mark
        {
            return Rc::clone(rows);
        }
        let rows = self.connection.query_all_raw(self.statement.clone()).await.unwrap();
        let rows = Rc::new(rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect());
        self.last.replace(Some((mark, Rc::clone(&rows))));
        rows
    }

    /// What is another whenever somebody else has committed since: SQLite counts that; on PostgreSQL it is which transactions that
    /// write have begun, anywhere on the server, and which of them have not ended. It is read before the rows are.
    async fn mark(&self) -> String {
        let mark = match self.connection.get_database_backend() {
            DbBackend::Postgres => "SELECT pg_current_snapshot()::text",
            _ => "SELECT CAST(data_version AS TEXT) FROM pragma_data_version",
        };
        texts(&self.connection, mark).await.concat()
    }
}

/// The one text of each row of a query.
pub async fn texts(connection: &DatabaseConnection, query: &str) -> Vec<String> {
    let statement = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}
