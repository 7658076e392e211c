//! Many writers at once, and a reader of the feed between them: nothing lost, nothing skipped, nothing twice.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use api::store::db::Pool;
use api::store::ledger::{Chain, verify_chain};
use futures_util::future::{join, join_all};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement, TransactionTrait};
use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid, on_both, on_both_with};

const WRITERS: usize = 8;
/// Commands of each writer. On SQLite, which has one writer, fewer show the same.
const COMMANDS: usize = 200;
const COMMANDS_ON_SQLITE: usize = 25;

/// One entry, as the feed gives it.
type Seen = (i64, String, String);

async fn page(app: &TestApp, after: Option<&str>) -> (Vec<Seen>, Option<String>) {
    let document =
        "query($after: String) { programme(slug: \"northshire\") { changes(first: 100, after: $after) {
        nodes { sequence operation at } pageInfo { endCursor } } } }";
    let data = app.data(Persona::ProgrammeOffice, document, json!({ "after": after })).await;
    let changes = &data["programme"]["changes"];
    let seen = changes["nodes"].as_array().unwrap().iter().map(|node| {
        let text = |field: &str| node[field].as_str().unwrap().to_owned();
        (node["sequence"].as_i64().unwrap(), text("operation"), text("at"))
    });
    let cursor = changes["pageInfo"]["endCursor"].as_str().map(Into::into);
    (seen.collect(), cursor)
}

/// Follows the feed until the writers are done and nothing more comes.
async fn follow(app: &TestApp, are_done: &AtomicBool) -> Vec<Seen> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let was_done = are_done.load(Ordering::SeqCst);
        let (seen, end) = page(app, cursor.as_deref()).await;
        if seen.is_empty() && was_done {
            return all;
        }
        if seen.is_empty() {
            // As a client would: not without pause.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        all.extend(seen);
        cursor = end.or(cursor);
    }
}

/// One writer, who reports again and again.
async fn write(app: &TestApp, writer: usize, commands: usize) -> Vec<String> {
    let action = gid("act", app.world.action("2.10").id);
    let mut acknowledged = Vec::new();
    for number in 0..commands {
        let narrative = format!("Writer {writer}, report {number}");
        let input = json!({
            "actionId": action, "narrative": narrative, "declaredHealth": "ON_TRACK",
            "idempotencyKey": format!("{writer}-{number}"),
        });
        let shows = "progressUpdate { narrative }";
        let payload = app.done(Persona::ProgrammeOffice, "progressUpdateAdd", input, shows).await;
        acknowledged.push(payload["progressUpdate"]["narrative"].as_str().unwrap().to_owned());
    }
    acknowledged
}

async fn narratives(app: &TestApp) -> Vec<String> {
    let action = gid("act", app.world.action("2.10").id);
    let document = "query($id: ID!, $after: String) { node(id: $id) { ...on Action { updates(first: 100, after: $after) {
        nodes { narrative } pageInfo { hasNextPage endCursor } } } } }";
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let data =
            app.data(Persona::ProgrammeOffice, document, json!({ "id": action, "after": after })).await;
        let updates = &data["node"]["updates"];
        let nodes = updates["nodes"].as_array().unwrap();
        all.extend(nodes.iter().map(|node| node["narrative"].as_str().unwrap().to_owned()));
        if updates["pageInfo"]["hasNextPage"] == json!(false) {
            return all;
        }
        after = updates["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_writers_and_a_reader_of_the_feed_lose_nothing() {
    on_both(async |app| {
        let commands = if app.is_postgres() { COMMANDS } else { COMMANDS_ON_SQLITE };
        let (before, _) = (all_of_the_feed(app).await, ());
        let are_done = AtomicBool::new(false);
        let writers = async {
            let acknowledged = join_all((0..WRITERS).map(|writer| write(app, writer, commands))).await;
            are_done.store(true, Ordering::SeqCst);
            acknowledged.concat()
        };

        let (acknowledged, followed) = join(writers, follow(app, &are_done)).await;

        assert_eq!(acknowledged.len(), WRITERS * commands);
        let kept = narratives(app).await;
        let distinct: HashSet<&String> = kept.iter().collect();
        assert_eq!(distinct.len(), kept.len(), "a report stands twice");
        assert!(acknowledged.iter().all(|narrative| distinct.contains(narrative)), "a report was lost");
        let numbers: Vec<i64> = followed.iter().map(|(number, ..)| *number).collect();
        assert!(numbers.windows(2).all(|two| two[0] < two[1]), "the feed repeats or goes back");
        let reported = followed.iter().filter(|(_, operation, _)| operation == "progressUpdateAdd").count();
        assert_eq!(reported, WRITERS * commands, "the feed skipped an entry");
        assert!(followed.windows(2).all(|two| two[0].2 <= two[1].2), "times run against the numbers");
        let last = numbers.last().unwrap();
        assert_eq!(*last, before + (WRITERS * commands) as i64, "the numbers have a gap");
        let chain = verify_chain(app.db(), app.world.programme("northshire").id).await.unwrap();
        assert_eq!(chain, Chain::Whole { entries: *last });
    })
    .await;
}

/// As many writers as would take all connections, if each held one to wait for its turn.
#[tokio::test(flavor = "multi_thread")]
async fn writers_who_wait_for_each_other_hold_no_connections() {
    let pool = Pool { size: 4, ..Pool::default() };
    on_both_with(&pool, async |app, url| {
        if !app.is_postgres() {
            // SQLite's one writer is no connection of those who read.
            return;
        }
        let beside = Database::connect(url).await.unwrap();
        let holder = beside.begin().await.unwrap();
        holder.execute_unprepared("SELECT * FROM ledger_head FOR UPDATE").await.unwrap();
        let waiting = async || {
            let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
            let row = beside.query_one_raw(Statement::from_string(DbBackend::Postgres, waiting)).await;
            row.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap()
        };
        let meanwhile = async {
            while waiting().await == 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            for _ in 0..3 {
                // Another client: of what one asks for, only so much is worked on at once.
                app.data(Persona::Chair, "{ programmes { nodes { slug } } }", json!({})).await;
                // None for a moment, where it has waited for so long that it begins anew.
                assert!(waiting().await <= 1);
            }
            holder.commit().await.unwrap();
        };

        let (written, ()) = join(join_all((0..8).map(|writer| write(app, writer, 1))), meanwhile).await;

        assert_eq!(written.concat().len(), 8);
        beside.close().await.unwrap();
    })
    .await;
}

/// The number of the last entry that there is.
async fn all_of_the_feed(app: &TestApp) -> i64 {
    let programme = app.world.programme("northshire").id;
    match verify_chain(app.db(), programme).await.unwrap() {
        Chain::Whole { entries } => entries,
        broken => panic!("{broken}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_saw_the_same_version_one_wins() {
    on_both(async |app| {
        let id = gid("act", app.world.action("1.9").id);
        let send = || {
            let input = json!({ "id": id, "expectedVersion": 1 });
            app.mutate(Persona::ProgrammeOffice, "actionStart", input, "action { version }")
        };

        let answers = join_all((0..4).map(|_| send())).await;

        let won = answers.iter().filter(|answer| answer["action"]["version"] == json!(2)).count();
        let lost =
            answers.iter().filter(|answer| answer["userErrors"][0]["code"] == "VERSION_CONFLICT").count();
        assert_eq!((won, lost), (1, 3), "{answers:?}");
    })
    .await;
}
