//! A database for each test, cloned from one that was migrated and filled once in this process.

use api::store::db::{Db, Pool};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::app::today;
use super::world::{self, Record};

/// A run leaves its template and its shared database behind; the next drops what is so old that its run must be over.
const LEFT_BEHIND_SECONDS: u64 = 900;
const PREFIX: &str = "gt_it_";

/// A test's own database, to be dropped after the test.
pub struct Own {
    pub db: Db,
    /// What stands in it.
    pub record: Record,
    place: Place,
}

enum Place {
    Sqlite {
        folder: TempDir,
    },
    Postgres {
        name: String,
    },
    /// Of all tests that only read.
    Shared,
}

impl Own {
    /// A fresh copy on SQLite.
    pub async fn sqlite() -> Self {
        Self::sqlite_with(&usual()).await
    }

    /// As [`Own::sqlite`], with other limits.
    pub async fn sqlite_with(pool: &Pool) -> Self {
        static TEMPLATE: OnceCell<(Vec<u8>, Record)> = OnceCell::const_new();
        Self::sqlite_copy(TEMPLATE.get_or_init(|| sqlite_template(world::build)).await, pool).await
    }

    /// A fresh copy on PostgreSQL; none where no server is named.
    pub async fn postgres() -> Option<Self> {
        Self::postgres_with(&usual()).await
    }

    /// As [`Own::postgres`], with other limits.
    pub async fn postgres_with(pool: &Pool) -> Option<Self> {
        static TEMPLATE: OnceCell<(String, Record)> = OnceCell::const_new();
        server()?;
        Some(Self::postgres_copy(TEMPLATE.get_or_init(|| postgres_template(world::build)).await, pool).await)
    }

    /// A fresh copy on SQLite of a database that holds the demonstration and nothing else.
    pub async fn sqlite_demonstration() -> Self {
        static TEMPLATE: OnceCell<(Vec<u8>, Record)> = OnceCell::const_new();
        Self::sqlite_copy(TEMPLATE.get_or_init(|| sqlite_template(demonstration)).await, &usual()).await
    }

    /// As [`Own::sqlite_demonstration`], on PostgreSQL; none where no server is named.
    pub async fn postgres_demonstration() -> Option<Self> {
        static TEMPLATE: OnceCell<(String, Record)> = OnceCell::const_new();
        server()?;
        Some(
            Self::postgres_copy(TEMPLATE.get_or_init(|| postgres_template(demonstration)).await, &usual())
                .await,
        )
    }

    async fn sqlite_copy((file, record): &(Vec<u8>, Record), pool: &Pool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("test.sqlite"), file).unwrap();
        let db = Db::connect(&sqlite_url(&folder), pool).await.unwrap();
        Self { db, record: record.clone(), place: Place::Sqlite { folder } }
    }

    async fn postgres_copy((template, record): &(String, Record), pool: &Pool) -> Self {
        let name = new_name();
        administer(&[&format!("CREATE DATABASE {name} TEMPLATE {template}")]).await;
        let db = Db::connect(&postgres_url(&name), pool).await.unwrap();
        Self { db, record: record.clone(), place: Place::Postgres { name } }
    }

    /// The one copy on PostgreSQL for tests that only read: making and dropping one takes longer than most tests do.
    pub async fn postgres_to_read() -> Option<Self> {
        static SHARED: OnceCell<(String, Record)> = OnceCell::const_new();
        server()?;
        let clone = || async {
            let own = Self::postgres().await.unwrap();
            own.db.close().await.unwrap();
            match own.place {
                Place::Postgres { name } => (name, own.record),
                _ => unreachable!(),
            }
        };
        let (name, record) = SHARED.get_or_init(clone).await;
        let db = Db::connect(&postgres_url(name), &usual()).await.unwrap();
        Some(Self { db, record: record.clone(), place: Place::Shared })
    }

    /// Whether the test may write.
    pub fn is_own(&self) -> bool {
        !matches!(self.place, Place::Shared)
    }

    /// Its address, for those who come to it beside the service.
    pub fn url(&self) -> String {
        match &self.place {
            Place::Sqlite { folder } => sqlite_url(folder),
            Place::Postgres { name } => postgres_url(name),
            Place::Shared => panic!("the shared database is nobody's own"),
        }
    }

    /// Closes and removes the database.
    pub async fn drop(self) {
        self.db.close().await.unwrap();
        if let Place::Postgres { name } = self.place {
            administer(&[&format!("DROP DATABASE {name} WITH (FORCE)")]).await;
        }
    }
}

/// The demonstration. What stands in it is asked of the service, not of a record.
async fn demonstration(db: &Db) -> Record {
    api::command::demo::load(db, today()).await.unwrap();
    Record::default()
}

async fn sqlite_template(fill: impl AsyncFnOnce(&Db) -> Record) -> (Vec<u8>, Record) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::connect(&sqlite_url(&folder), &Pool::of_command()).await.unwrap();
    db.migrate().await.unwrap();
    let record = fill(&db).await;
    // Closing writes everything into the one file.
    db.close().await.unwrap();
    (std::fs::read(folder.path().join("test.sqlite")).unwrap(), record)
}

async fn postgres_template(fill: impl AsyncFnOnce(&Db) -> Record) -> (String, Record) {
    drop_left_behind().await;
    let name = new_name();
    administer(&[&format!("CREATE DATABASE {name}")]).await;
    let db = Db::connect(&postgres_url(&name), &Pool::of_command()).await.unwrap();
    db.migrate().await.unwrap();
    let record = fill(&db).await;
    db.close().await.unwrap();
    (name, record)
}

/// What a test's service keeps of connections: few, because many tests run at once.
pub fn usual() -> Pool {
    Pool { size: 4, ..Pool::default() }
}

fn sqlite_url(folder: &TempDir) -> String {
    format!("sqlite://{}?mode=rwc", folder.path().join("test.sqlite").display())
}

fn postgres_url(name: &str) -> String {
    let server = server().unwrap();
    let (front, _) = server.rsplit_once('/').unwrap();
    format!("{front}/{name}")
}

/// The server to make databases on, such as `postgres://postgres@127.0.0.1:5432/postgres`.
fn server() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

/// Runs statements on the server, in no test's database.
pub async fn administer(statements: &[&str]) {
    let admin = Database::connect(server().unwrap()).await.unwrap();
    for statement in statements {
        admin.execute_unprepared(statement).await.unwrap();
    }
    admin.close().await.unwrap();
}

/// A name that tells its age.
fn new_name() -> String {
    format!("{PREFIX}{}", Uuid::now_v7().simple())
}

async fn drop_left_behind() {
    let admin = Database::connect(server().unwrap()).await.unwrap();
    let all = format!("SELECT datname::text FROM pg_database WHERE datname LIKE '{PREFIX}%'");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for row in admin.query_all_raw(Statement::from_string(DbBackend::Postgres, all)).await.unwrap() {
        let name: String = row.try_get_by_index(0).unwrap();
        let made = name.strip_prefix(PREFIX).and_then(|id| Uuid::try_parse(id).ok()?.get_timestamp());
        if made.is_some_and(|made| made.to_unix().0 + LEFT_BEHIND_SECONDS < now) {
            // Another run may be doing the same.
            admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.ok();
        }
    }
    admin.close().await.unwrap();
}

/// A second pool of connections to a test's database on PostgreSQL.
pub async fn again(db: &Db) -> Db {
    Db::connect(&url_of(db), &usual()).await.unwrap()
}

/// The address of a test's database on PostgreSQL.
pub fn url_of(db: &Db) -> String {
    let name = db.place().split("database ").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
    postgres_url(name)
}

/// Changes a test's own database behind the service's back, each kind with statements of its own.
pub async fn behind_its_back(db: &Db, sqlite: &str, postgres: &str) {
    let (url, statements) = match db.backend() {
        DbBackend::Postgres => (url_of(db), postgres),
        _ => (format!("sqlite://{}", db.place()), sqlite),
    };
    let own = Database::connect(url).await.unwrap();
    own.execute_unprepared(statements).await.unwrap();
    own.close().await.unwrap();
}
