//! Read replicas of PostgreSQL: what is as new there as on the primary is read there, and nobody can tell. Here another
//! database that holds the same stands for a replica. So that the two can be told apart, each action has other words in it, of which no
//! ledger tells; no true replica could have them. `deploy/topology --check` tries a true one.

use std::time::Duration;

use api::store::db::Pool;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, TransactionTrait};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::app::on_postgres_with_copy;
use crate::support::db::administer;
use crate::support::{Persona, TestApp, gid};

const OFFICE: Persona = Persona::ProgrammeOffice;
const SOUTHMERE: Persona = Persona::SouthmereOffice;
/// What the replica says of each action.
const WORDS: &str = "As the replica has it";
/// Nothing here waits for time to pass. Where something waits for ever, the test is to say so.
const TOO_LONG: Duration = Duration::from_secs(60);

/// The service with a replica, its address, and somebody beside the service who does there what should not be done.
async fn with_replica(test: impl AsyncFn(&TestApp, &str, &DatabaseConnection)) {
    on_postgres_with_copy(async |app, copy| {
        let beside = Database::connect(copy).await.unwrap();
        beside.execute_unprepared(&format!("UPDATE action SET aim = '{WORDS}'")).await.unwrap();
        let app = app.reading_from(&[copy]).await;
        test(&app, copy, &beside).await;
        beside.close().await.unwrap();
    })
    .await;
}

/// A programme's first actions, and what else is asked of the programme.
async fn actions(app: &TestApp, as_whom: Persona, slug: &str, more: &str) -> Value {
    let document =
        "query($slug: String!) { programme(slug: $slug) { actions(first: 3) { nodes { aim } } MORE } }";
    let data = app.data(as_whom, &document.replace("MORE", more), json!({ "slug": slug })).await;
    data["programme"].clone()
}

/// Whether the replica was asked for what a programme's office sees of it.
async fn is_read_from_replica(app: &TestApp, as_whom: Persona) -> bool {
    let slug = if as_whom == SOUTHMERE { "southmere" } else { "northshire" };
    says(&actions(app, as_whom, slug, "").await)
}

/// Waits until it is: on a busy machine a replica may be too slow for once.
async fn comes_to_be_read(app: &TestApp, as_whom: Persona) {
    let read = async { while !is_read_from_replica(app, as_whom).await {} };
    timeout(TOO_LONG, read).await.unwrap();
}

fn says(programme: &Value) -> bool {
    let actions = programme["actions"]["nodes"].as_array().unwrap();
    assert!(!actions.is_empty());
    let from_replica = actions.iter().filter(|action| action["aim"] == WORDS).count();
    assert!([0, actions.len()].contains(&from_replica), "one statement has one database");
    from_replica > 0
}

fn report(app: &TestApp, narrative: &str) -> Value {
    let action = gid("act", app.world.action("1.1").id);
    json!({ "actionId": action, "narrative": narrative, "declaredHealth": "ON_TRACK" })
}

async fn replicas(app: &TestApp) -> Value {
    let (status, text) = app.nearby("/readyz").await;
    assert_eq!(status, 200, "the service does without replicas: {text}");
    serde_json::from_str::<Value>(&text).unwrap()["checks"]["replicas"].clone()
}

#[tokio::test]
async fn a_replica_is_read_as_long_as_it_has_all_that_the_viewer_can_be_told() {
    with_replica(async |app, _, _| {
        for reader in [OFFICE, SOUTHMERE, OFFICE] {
            comes_to_be_read(app, reader).await;
        }
        assert_eq!(replicas(app).await, "reachable");

        let written =
            app.done(OFFICE, "progressUpdateAdd", report(app, "Just now"), "action { aim steps { id } }");
        assert_ne!(written.await["action"]["aim"], WORDS, "what a change answers is the primary's");
        let document =
            "query($id: ID!) { programme(slug: \"northshire\") { actions(first: 3) { nodes { aim } } }
            node(id: $id) { ... on Action { updates(first: 1) { nodes { narrative } } } } }";
        for reader in [OFFICE, Persona::Chair, Persona::Admin] {
            let id = gid("act", app.world.action("1.1").id);
            let data = app.data(reader, document, json!({ "id": id })).await;
            assert_eq!(data["node"]["updates"]["nodes"][0]["narrative"], "Just now", "{reader:?}");
            assert!(!says(&data["programme"]), "{reader:?}");
        }
        // For whom nothing has changed.
        comes_to_be_read(app, SOUTHMERE).await;
    })
    .await;
}

#[tokio::test]
async fn what_another_process_wrote_is_read_at_once_too() {
    with_replica(async |app, copy, _| {
        let other = app.reading_from(&[copy]).await;
        comes_to_be_read(&other, OFFICE).await;
        app.done(OFFICE, "progressUpdateAdd", report(app, "Here"), "").await;
        assert!(!is_read_from_replica(&other, OFFICE).await);
        comes_to_be_read(&other, SOUTHMERE).await;
    })
    .await;
}

#[tokio::test]
async fn who_is_no_member_any_more_is_out_at_once() {
    with_replica(async |app, _, _| {
        comes_to_be_read(app, Persona::Health).await;
        let membership = app.world.memberships.iter().find(|row| row.subject == "health").unwrap();
        let input = json!({ "id": gid("mbr", membership.id), "expectedVersion": 1 });
        app.done(OFFICE, "memberRemove", input, "").await;
        let document = "{ programme(slug: \"northshire\") { actions(first: 3) { nodes { aim } } } }";
        assert_eq!(app.query(Persona::Health, document, json!({})).await.code(), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_the_replica_does_not_have_is_waited_for() {
    with_replica(async |app, copy, beside| {
        comes_to_be_read(app, OFFICE).await;
        let one = "DELETE FROM seaql_migrations WHERE version = (SELECT MAX(version) FROM seaql_migrations)";
        beside.execute_unprepared(one).await.unwrap();
        let anew = app.reading_from(&[copy]).await;
        assert!(!is_read_from_replica(&anew, OFFICE).await);
    })
    .await;
}

#[tokio::test]
async fn what_little_is_asked_and_what_lies_beside_the_record_is_the_primarys() {
    with_replica(async |app, _, _| {
        let one = "query($id: ID!) { node(id: $id) { ... on Action { aim } } }";
        let data = app.data(OFFICE, one, json!({ "id": gid("act", app.world.action("1.1").id) })).await;
        assert_ne!(data["node"]["aim"], WORDS, "one statement costs no more on the primary");

        comes_to_be_read(app, OFFICE).await;
        for passing in ["uploads { nodes { id } }", "machineClients { nodes { lastUsedOn } }"] {
            assert!(!says(&actions(app, OFFICE, "northshire", passing).await), "{passing}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_replica_that_is_away_is_done_without_until_it_is_there_again() {
    with_replica(async |app, copy, _| {
        comes_to_be_read(app, OFFICE).await;
        let name = copy.rsplit_once('/').unwrap().1;
        administer(&[
            &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
            &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
        ])
        .await;
        for _ in 0..3 {
            assert!(!is_read_from_replica(app, OFFICE).await && !is_read_from_replica(app, SOUTHMERE).await);
        }
        assert_eq!(replicas(app).await, "away");
        app.done(OFFICE, "progressUpdateAdd", report(app, "Meanwhile"), "").await;

        administer(&[&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")]).await;
        comes_to_be_read(app, SOUTHMERE).await;
        assert_eq!(replicas(app).await, "reachable");
        assert!(!is_read_from_replica(app, OFFICE).await, "it does not have what came meanwhile");
    })
    .await;
}

#[tokio::test]
async fn of_several_those_are_read_that_are_there() {
    with_replica(async |app, copy, _| {
        let nowhere = "postgres://postgres@127.0.0.1:1/nowhere";
        let two = app.reading_from(&[nowhere, copy]).await;
        assert_eq!(replicas(&two).await, "some away");
        for reader in [OFFICE, SOUTHMERE, OFFICE] {
            comes_to_be_read(&two, reader).await;
        }
        let none = app.reading_from(&[nowhere]).await;
        assert_eq!(replicas(&none).await, "away");
        assert!(!is_read_from_replica(&none, OFFICE).await);
    })
    .await;
}

#[tokio::test]
async fn a_replica_that_hangs_holds_nobody_up_for_long() {
    with_replica(async |app, copy, beside| {
        comes_to_be_read(app, OFFICE).await;
        // It is known how far it has come: its rows are asked for, and do not come.
        let held = beside.begin().await.unwrap();
        held.execute_unprepared("LOCK TABLE action IN ACCESS EXCLUSIVE MODE").await.unwrap();
        assert!(!is_read_from_replica(app, OFFICE).await);
        // It is to say how far it has come, and does not.
        held.execute_unprepared("LOCK TABLE ledger_head IN ACCESS EXCLUSIVE MODE").await.unwrap();
        assert!(!is_read_from_replica(app, OFFICE).await && !is_read_from_replica(app, SOUTHMERE).await);
        held.rollback().await.unwrap();
        comes_to_be_read(app, OFFICE).await;

        // One with a single connection, which is in use.
        let small = Pool { size: 1, ..Pool::default() };
        let busy = app.reading_from_with(&[copy], &small).await;
        let held = beside.begin().await.unwrap();
        held.execute_unprepared("LOCK TABLE action IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let (one, other) =
            tokio::join!(is_read_from_replica(&busy, OFFICE), is_read_from_replica(&busy, SOUTHMERE));
        assert!(!one && !other);
        held.rollback().await.unwrap();
    })
    .await;
}
