//! Databases for tests: SQLite in memory and in a file, and PostgreSQL where `TEST_POSTGRES_URL` names a server on which databases may be created.

use sea_orm::ConnectionTrait;

use super::db::{Db, Pool};

/// Runs `check` on an empty database of each kind, each its own.
pub(crate) async fn on_both(check: impl AsyncFn(&Db)) {
    let small = Pool { size: 4, ..Pool::default() };
    check(&Db::connect("sqlite::memory:", &small).await.unwrap()).await;

    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}?mode=rwc", folder.path().join("test.sqlite").display());
    let db = Db::connect(&file, &small).await.unwrap();
    check(&db).await;
    db.close().await.unwrap();

    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else { return };
    let admin = Db::connect(&server, &Pool { size: 1, ..Pool::default() }).await.unwrap();
    let name = format!("gt_test_{}", uuid::Uuid::now_v7().simple());
    admin.write.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (front, _) = server.rsplit_once('/').unwrap();
    let db = Db::connect(&format!("{front}/{name}"), &small).await.unwrap();
    check(&db).await;
    db.close().await.unwrap();
    admin.write.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
}

/// As [`on_both`], with the schema in place.
pub(crate) async fn on_both_migrated(check: impl AsyncFn(&Db)) {
    on_both(async |db| {
        db.migrate().await.unwrap();
        check(db).await;
    })
    .await;
}
