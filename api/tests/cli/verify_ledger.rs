//! `verify-ledger` finds what was changed behind the service's back, on both databases.

use chrono::SecondsFormat;
use entity::ledger_entry;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};

use crate::support::{connect, on_both as on_both_addresses, verify};

const PROGRAMME: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/src/command/load_programme/fixtures/small.toml");

/// Runs a test on a fresh database of each kind, with a connection to it.
async fn on_both(test: impl AsyncFn(&str, &DatabaseConnection)) {
    on_both_addresses(PROGRAMME, async |url| {
        let db = connect(url).await;
        test(url, &db).await;
        db.close().await.unwrap();
    })
    .await;
}

/// Does what nobody should: as whoever owns the database, without the triggers, which are put back.
async fn tamper(db: &DatabaseConnection, statements: &[String]) {
    let (off, on) = match db.get_database_backend() {
        DbBackend::Postgres => (
            vec!["ALTER TABLE ledger_entry DISABLE TRIGGER ALL".to_owned()],
            vec!["ALTER TABLE ledger_entry ENABLE TRIGGER ALL".to_owned()],
        ),
        _ => {
            let verbs = ["update", "delete"];
            let off = verbs.map(|verb| format!("DROP TRIGGER ledger_entry_no_{verb}"));
            let on = verbs.map(|verb| {
                format!(
                    "CREATE TRIGGER ledger_entry_no_{verb} BEFORE {verb} ON ledger_entry \
                     BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
                )
            });
            (off.to_vec(), on.to_vec())
        }
    };
    for statement in off.iter().chain(statements).chain(&on) {
        db.execute_unprepared(statement).await.unwrap();
    }
}

/// The hash of an entry as the documentation says it, worked out once more.
fn hash(entry: &ledger_entry::Model) -> String {
    let part = |text: &str| format!("{}:{text}\n", text.len());
    let mut form = part("golden-thread-ledger-1") + &part(&entry.programme_id.to_string());
    form += &part(&entry.sequence.to_string());
    form += &part(&entry.at.to_rfc3339_opts(SecondsFormat::Micros, true));
    for text in [&entry.actor, &entry.role, &entry.operation, &entry.entity_type] {
        form += &part(text);
    }
    form += &part(&entry.entity_id.to_string());
    form += &part(&entry.entity_version.to_string());
    form += &part(&entry.state);
    form += &entry.reason.as_deref().map_or("-\n".to_owned(), part);
    form += &part(&entry.request_id);
    form += &part(&entry.previous_hash);
    Sha256::digest(form).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn entry(db: &DatabaseConnection, sequence: i64) -> ledger_entry::Model {
    let entries = ledger_entry::Entity::find().filter(ledger_entry::Column::Sequence.eq(sequence));
    entries.one(db).await.unwrap().unwrap()
}

async fn broken(change: impl AsyncFn(&DatabaseConnection, i64) -> Vec<String>, said: impl Fn(i64) -> String) {
    on_both(async |url, db| {
        let (code, whole, _) = verify(url, &[]);
        assert_eq!(code, Some(0), "{whole}");
        let last: i64 = whole.trim_end().rsplit(' ').nth(1).unwrap().parse().unwrap();
        assert!(whole.ends_with(&format!(": the ledger is whole: {last} entries\n")), "{whole}");

        tamper(db, &change(db, last).await).await;

        let (code, found, error) = verify(url, &[]);
        let slug = whole.split(':').next().unwrap();
        assert_eq!(found, format!("{slug}: the ledger is broken: {}\n", said(last)));
        assert_eq!((code, error.lines().count()), (Some(3), 1), "{error}");
        let (code, found, _) = verify(url, &["--programme", slug]);
        assert_eq!((code, found.lines().count()), (Some(3), 1));
    })
    .await;
}

#[tokio::test]
async fn an_altered_state_is_found() {
    broken(
        async |_, _| vec!["UPDATE ledger_entry SET state = '{}' WHERE sequence = 3".to_owned()],
        |_| "entry 3 has been altered".to_owned(),
    )
    .await;
}

#[tokio::test]
async fn an_entry_removed_from_the_middle_is_found() {
    broken(
        async |_, _| vec!["DELETE FROM ledger_entry WHERE sequence = 3".to_owned()],
        |_| "entry 3 is missing".to_owned(),
    )
    .await;
}

#[tokio::test]
async fn a_removed_last_entry_is_found() {
    broken(
        async |_, last| vec![format!("DELETE FROM ledger_entry WHERE sequence = {last}")],
        |last| format!("entry {last} is missing"),
    )
    .await;
}

#[tokio::test]
async fn an_entry_that_was_hashed_again_is_found_by_the_next() {
    broken(
        async |db, _| {
            let altered = ledger_entry::Model { state: "{}".to_owned(), ..entry(db, 3).await };
            let hash = hash(&altered);
            vec![format!("UPDATE ledger_entry SET state = '{{}}', hash = '{hash}' WHERE sequence = 3")]
        },
        |_| "entry 4 does not follow from the entry before it".to_owned(),
    )
    .await;
}

#[tokio::test]
async fn a_last_entry_that_was_hashed_again_is_found_by_the_head() {
    broken(
        async |db, last| {
            let altered = ledger_entry::Model { state: "{}".to_owned(), ..entry(db, last).await };
            let hash = hash(&altered);
            vec![format!("UPDATE ledger_entry SET state = '{{}}', hash = '{hash}' WHERE sequence = {last}")]
        },
        |last| format!("entry {last} is not what the head of the ledger says"),
    )
    .await;
}

#[tokio::test]
async fn a_changed_head_is_found() {
    broken(
        async |_, _| vec![format!("UPDATE ledger_head SET hash = '{}'", "f".repeat(64))],
        |last| format!("entry {last} is not what the head of the ledger says"),
    )
    .await;
}

#[tokio::test]
async fn what_the_documentation_says_gives_the_hash_that_is_stored() {
    on_both(async |_, db| {
        let entry = entry(db, 2).await;
        assert_eq!(hash(&entry), entry.hash);
    })
    .await;
}

#[tokio::test]
async fn no_programme_is_told_from_a_broken_one() {
    on_both(async |url, _| {
        let (code, found, error) = verify(url, &["--programme", "nowhere"]);
        assert_eq!((code, found.as_str()), (Some(1), ""));
        assert!(error.contains("there is no programme \"nowhere\""), "{error}");
    })
    .await;
    assert_eq!(verify("mysql://x", &[]).0, Some(2));
}

#[tokio::test]
async fn the_database_refuses_to_change_or_remove_an_entry() {
    on_both(async |url, db| {
        let mut statements = vec!["UPDATE ledger_entry SET state = '{}'", "DELETE FROM ledger_entry"];
        if db.get_database_backend() == DbBackend::Postgres {
            statements.push("TRUNCATE ledger_entry");
        }
        for statement in statements {
            let refusal = db.execute_unprepared(statement).await.unwrap_err().to_string();
            assert!(refusal.contains("the ledger is append-only"), "{statement}: {refusal}");
        }
        assert_eq!(verify(url, &[]).0, Some(0));
    })
    .await;
}
