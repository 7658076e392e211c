//! Migrations while other programs are at work: older ones go on where they may, a second migrator waits, and one that dies is
//! followed by another.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use super::Random;
use super::deployment::Deployment;
use super::load::programme;
use crate::support::{Process, connect, golden_thread, on_both, printed, run, sqlite};

const LATER: &str = "m20991231_000001_later";
/// Much longer than anything here takes.
const TOO_LONG: Duration = Duration::from_secs(120);

/// Runs a test on a programme with some actions, on both databases.
async fn on_both_filled(test: impl AsyncFn(&str)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("programme.toml");
    std::fs::write(&file, programme()).unwrap();
    on_both(file.to_str().unwrap(), test).await;
}

async fn does(url: &str, statements: &[&str]) {
    let db = connect(url).await;
    for statement in statements {
        db.execute_unprepared(statement).await.unwrap();
    }
    db.close().await.unwrap();
}

/// All tables of the record.
async fn tables(url: &str) -> Vec<String> {
    let db = connect(url).await;
    let backend = db.get_database_backend();
    let all = match backend {
        DbBackend::Postgres => {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
        }
        _ => "SELECT name FROM sqlite_master WHERE type = 'table'",
    };
    let rows = db.query_all_raw(Statement::from_string(backend, all)).await.unwrap();
    db.close().await.unwrap();
    let names = rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap());
    names.filter(|name| name != "seaql_migrations" && !name.starts_with("sqlite_")).collect()
}

async fn readyz(service: &Deployment) -> (u16, Value) {
    let address = service.addresses[0].borrow().clone().unwrap();
    let answer = service.client.get(format!("{address}/readyz")).send().await.unwrap();
    (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["checks"]["schema"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_program_goes_on_beside_what_was_added_and_stops_at_what_it_does_not_understand() {
    on_both_filled(async |url| {
        let token = printed(&["token", "office", "--database-url", url]);
        let token = token.trim();
        let service = Deployment::new(url, 1);
        let process = service.start(0).await;
        assert_eq!(readyz(&service).await, (200, json!("current")));
        let document = "{ programme(slug: \"westshire\") { actions(first: 100) { nodes { id } } } }";
        let data = service.ask(token, document, json!({})).await;
        let action = data["programme"]["actions"]["nodes"][0]["id"].clone();

        // It serves and writes while a later version's migration is applied, as that version would.
        let (is_over, written) = (AtomicBool::new(false), AtomicUsize::new(0));
        let write = async {
            while !is_over.load(Ordering::SeqCst) {
                let number = written.load(Ordering::SeqCst);
                let input =
                    json!({ "actionId": action, "narrative": format!("{number}"), "declaredHealth": "ON_TRACK" });
                let payload = service.mutate(token, "progressUpdateAdd", input, "progressUpdate { id }").await;
                assert_eq!(payload["userErrors"], json!([]));
                written.fetch_add(1, Ordering::SeqCst);
            }
        };
        let migrate = async {
            let wait_for = async |more: usize| {
                let until = written.load(Ordering::SeqCst) + more;
                while written.load(Ordering::SeqCst) < until {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            wait_for(5).await;
            // No statement that is kept may stumble over a column that it does not know, in whichever table.
            for table in tables(url).await {
                does(url, &[&format!("ALTER TABLE {table} ADD COLUMN later integer NOT NULL DEFAULT 0")]).await;
            }
            wait_for(20).await;
            let row = format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{LATER}', 1)");
            does(url, &["CREATE TABLE later (id text PRIMARY KEY)", &row]).await;
            wait_for(20).await;
            assert_eq!(readyz(&service).await, (200, json!("newer, compatible")));
            is_over.store(true, Ordering::SeqCst);
        };
        futures_util::future::join(write, migrate).await;
        assert_eq!(service.unavailable.load(Ordering::SeqCst), 0, "a migration held requests up");
        assert!(service.faults.lock().unwrap().is_empty());
        service.kill(0, process);

        // It starts on it, leaves it alone, and commands work on it.
        let process = service.start(0).await;
        assert_eq!(readyz(&service).await, (200, json!("newer, compatible")));
        let said = printed(&["migrate", "--database-url", url]);
        assert!(said.contains("nothing was changed") && said.contains(LATER), "{said}");
        assert!(printed(&["verify-ledger", "--database-url", url]).contains("is whole"));

        // What it does not understand is another matter, from the moment at which it is there.
        does(url, &[&format!("UPDATE schema_floor SET migration = '{LATER}'")]).await;
        assert_eq!(readyz(&service).await, (503, json!("newer than this program")));
        for command in ["serve", "migrate", "verify-ledger"] {
            let refused = run(&[command, "--database-url", url]);
            let said = String::from_utf8(refused.stderr).unwrap();
            assert_eq!(refused.status.code(), Some(1), "{command}: {said}");
            let is_told = said.contains(LATER) && said.contains("does not understand it any more");
            assert!(is_told && said.lines().count() == 1, "{command}: {said}");
        }
        drop(process);
    })
    .await;
}

/// A `golden-thread migrate` that runs, and what it says.
struct Migrating {
    process: Process,
    lines: Receiver<String>,
}

impl Migrating {
    fn start(url: &str) -> Self {
        let mut child = golden_thread(&["migrate", "--database-url", url])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (said, lines) = channel();
        let log = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || log.lines().map_while(Result::ok).for_each(|line| drop(said.send(line))));
        Self { process: Process(child), lines }
    }

    /// Waits until it says that.
    fn says(&self, words: &str) {
        while !self.lines.recv_timeout(TOO_LONG).unwrap().contains(words) {}
    }

    fn ends_well(mut self) {
        let status = self.process.0.wait().unwrap();
        assert!(status.success(), "{:?}", self.lines.try_iter().collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_migrator_waits_and_takes_over_from_one_that_is_killed() {
    on_both_filled(async |url| {
        // As it was before one that changes tables that are there.
        let db = connect(url).await;
        let all = Migrator::migrations();
        let since = all.iter().filter(|of| of.name() >= "m20261130_000018_report").count();
        Migrator::down(&db, Some(u32::try_from(since).unwrap())).await.unwrap();
        let is_postgres = url.starts_with("postgres");
        let hold = match is_postgres {
            true => "BEGIN; LOCK TABLE requirement IN ACCESS SHARE MODE",
            false => "BEGIN IMMEDIATE",
        };
        db.execute_unprepared(hold).await.unwrap();

        // On PostgreSQL the first is held up by whoever reads the table, for longer than it waits for one, and the second by the
        // first. On SQLite both are held up by whoever writes, for longer than the driver waits.
        let first = Migrating::start(url);
        first.says(if is_postgres { "is in use: trying again" } else { "waiting for it" });
        let second = Migrating::start(url);
        second.says("waiting for it");
        drop(first);
        if is_postgres {
            second.says("is in use: trying again");
            // Nobody who reads waits behind it for long.
            assert_eq!(Migrator::get_pending_migrations_read_only(&db).await.unwrap().len(), since);
        }
        db.execute_unprepared("COMMIT").await.unwrap();
        second.ends_well();

        assert!(Migrator::get_pending_migrations_read_only(&db).await.unwrap().is_empty());
        db.close().await.unwrap();
        assert!(printed(&["verify-ledger", "--database-url", url]).contains("is whole"));
    })
    .await;
}

/// Kills migrators of an empty database, each somewhat later than the one before, until one comes to its end.
fn migrate_and_kill(url: &str, random: &mut Random) {
    let mut kills = 0;
    loop {
        let mut migrating = Migrating::start(url);
        std::thread::sleep(Duration::from_millis(60 * kills + random.below(60) as u64));
        if migrating.process.0.try_wait().unwrap().is_some() {
            migrating.ends_well();
            break;
        }
        migrating.process.0.kill().unwrap();
        kills += 1;
    }
    println!("{kills} migrators were killed");
    assert!(kills > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_migrator_left_the_next_finishes() {
    let mut random = Random::seeded();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("programme.toml");
    std::fs::write(&file, programme()).unwrap();
    let finish = |url: &str, random: &mut Random| {
        migrate_and_kill(url, random);
        assert!(printed(&["migrate", "--database-url", url]).contains("is current"));
        printed(&["import", file.to_str().unwrap(), "--database-url", url]);
        assert!(printed(&["verify-ledger", "--database-url", url]).contains("is whole"));
    };
    finish(&sqlite(folder.path()), &mut random);

    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else { return };
    let admin = connect(&server).await;
    let name = format!("gt_cli_{}", uuid::Uuid::now_v7().simple());
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    finish(&format!("{}/{name}", server.rsplit_once('/').unwrap().0), &mut random);
    admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
}
