use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

use super::connect::SESSION;
use super::schema::compare;
use super::{Db, Pool, SchemaState, described, to_the_end};
use crate::store::testing::on_both;

async fn refusal(url: &str) -> String {
    Db::connect(url, &Pool::default()).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_database_goes_from_empty_to_current_and_migrating_twice_changes_nothing() {
    on_both(async |db| {
        assert_eq!(db.schema_state().await.unwrap(), SchemaState::Empty);
        assert!(db.require_usable().await.unwrap_err().to_string().contains("golden-thread migrate"));
        db.migrate().await.unwrap();
        assert_eq!(db.schema_state().await.unwrap(), SchemaState::Current);
        db.migrate().await.unwrap();
        db.require_usable().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn processes_that_migrate_together_all_succeed() {
    on_both(async |db| {
        let (a, b, c) = tokio::join!(db.migrate(), db.migrate(), db.migrate());
        for done in [a, b, c] {
            done.unwrap();
        }
        db.require_usable().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_newer_schema_is_left_alone_and_refused_where_its_floor_is_not_known() {
    on_both(async |db| {
        db.migrate().await.unwrap();
        let unknown = vec!["m20991231_000001_later".to_owned()];
        let run = async |sql: &str| db.write.execute_unprepared(sql).await.unwrap();
        run("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_later', 1)").await;
        let newer = SchemaState::Newer { unknown: unknown.clone() };
        assert_eq!(db.require_usable().await.unwrap(), newer);
        assert_eq!(db.migrate().await.unwrap(), newer);

        run("UPDATE schema_floor SET migration = 'm20991231_000001_later'").await;
        assert_eq!(db.schema_state().await.unwrap(), SchemaState::Ahead { unknown: unknown.clone() });
        for refused in [db.require_usable().await, db.migrate().await] {
            let told = refused.unwrap_err().to_string();
            assert!(told.contains("newer version") && told.contains("does not understand"), "{told}");
        }

        // Without a floor, or beside migrations of its own that are missing, it is refused as well.
        run("DELETE FROM schema_floor").await;
        assert_eq!(db.schema_state().await.unwrap(), SchemaState::Ahead { unknown: unknown.clone() });
        run("INSERT INTO schema_floor VALUES ('m20261130_000019_schema_floor')").await;
        assert_eq!(db.schema_state().await.unwrap(), newer);
        run("DELETE FROM seaql_migrations WHERE version = 'm20261130_000018_report'").await;
        assert_eq!(db.schema_state().await.unwrap(), SchemaState::Ahead { unknown });
    })
    .await;
}

#[test]
fn a_schema_behind_names_what_is_missing() {
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let state = compare(&names(&["a", "b", "c"]), &names(&["a"]));
    assert_eq!(state, SchemaState::Behind { pending: names(&["b", "c"]) });
    assert_eq!(compare(&names(&["a"]), &[]), SchemaState::Empty);
}

#[tokio::test]
async fn sqlite_connections_are_set_up_for_safety_and_readers_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("t.sqlite").display());
    let db = Db::connect(&url, &Pool::default()).await.unwrap();
    let pragma = async |connection: &DatabaseConnection, name: &str| -> String {
        let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index::<String>(0)
            .or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()))
            .unwrap()
    };
    assert_eq!(pragma(&db.write, "journal_mode").await, "wal");
    assert_eq!(pragma(&db.write, "synchronous").await, "2");
    assert_eq!(pragma(&db.write, "foreign_keys").await, "1");
    assert_eq!(pragma(&db.write, "busy_timeout").await, "5000");
    assert_eq!(pragma(&db.read, "query_only").await, "1");
    db.migrate().await.unwrap();
    assert!(db.read.execute_unprepared("DELETE FROM rating").await.is_err());
}

#[tokio::test]
async fn postgres_sessions_limit_themselves() {
    on_both(async |db| {
        if db.backend() != DbBackend::Postgres {
            return;
        }
        for (name, value) in SESSION.into_iter().chain([("statement_timeout", "10s")]) {
            let statement = Statement::from_string(DbBackend::Postgres, format!("SHOW {name}"));
            let row = db.read.query_one_raw(statement).await.unwrap().unwrap();
            assert_eq!(row.try_get_by_index::<String>(0).unwrap(), value);
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_opened_is_said_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(
        path("text"),
        "This is a letter, and it is long enough to be taken for a page of a database file. ".repeat(20),
    )
    .unwrap();

    assert!(refusal("mysql://host/db").await.contains("should look like"));
    assert!(
        refusal(&format!("sqlite://{}?mode=rwc", path("none/a.sqlite"))).await.contains("does not exist")
    );
    assert!(
        refusal(&format!("sqlite://{}", path("none.sqlite"))).await.contains("there is no database file")
    );
    assert!(refusal(&format!("sqlite://{}", path("text"))).await.contains("is not an SQLite database"));
    assert!(refusal(&format!("sqlite://{}", folder.path().display())).await.contains("cannot be opened"));
}

#[tokio::test]
async fn a_password_is_never_shown() {
    let text = refusal("postgres://office:s3cret@127.0.0.1:9/nowhere").await;
    assert!(text.contains("nothing answers there") && text.contains("127.0.0.1:9"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
    assert!(!refusal("postgres://office:s3cret@:x/y").await.contains("s3cret"));
    if let Ok(server) = std::env::var("TEST_POSTGRES_URL") {
        let (front, _) = server.rsplit_once('/').unwrap();
        assert!(refusal(&format!("{front}/gt_not_there")).await.contains("no such database"));
    }
}

#[tokio::test]
async fn an_error_is_described_without_what_somebody_wrote() {
    on_both(async |db| {
        let run = async |sql: &str| db.write.execute_unprepared(sql).await;
        run("CREATE TABLE said (words TEXT, CONSTRAINT once UNIQUE (words))").await.unwrap();
        run("INSERT INTO said VALUES ('whisper')").await.unwrap();
        let twice = run("INSERT INTO said VALUES ('whisper')").await.unwrap_err();
        let told = described(&twice).to_string();
        assert!(told.contains("there is one already"), "{told}");
        let is_postgres = db.backend() == DbBackend::Postgres;
        let names = if is_postgres { "code 23505, constraint once, table said" } else { "code 2067" };
        assert!(told.ends_with(names), "{told}");
        assert!(!told.contains("whisper"), "{told}");

        let wrong = run("SELECT * FROM said WHERE words = 'whisper' AND whisper").await.unwrap_err();
        let told = described(&wrong).to_string();
        assert!(told.contains("code") && !told.contains("whisper"), "{told}");
    })
    .await;
    for told in
        [DbErr::Custom("whisper".into()), DbErr::Type("whisper".into()), DbErr::Json("whisper".into())]
    {
        assert!(!described(&told).to_string().contains("whisper"), "{told}");
    }
}

#[tokio::test]
async fn what_was_begun_is_ended_and_a_panic_is_handed_on() {
    let (done, is_done) = tokio::sync::oneshot::channel();
    let work = to_the_end(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        done.send("done").unwrap();
    });
    assert!(tokio::time::timeout(Duration::from_millis(1), work).await.is_err());
    assert_eq!(is_done.await, Ok("done"));

    let panics = tokio::spawn(to_the_end(async { panic!("asked to") }));
    assert!(panics.await.unwrap_err().is_panic());
}
