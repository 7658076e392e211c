//! Several processes on one PostgreSQL: what is done through one is told by the other, and it does not matter which is asked.
//! On SQLite there is one process, and what it does it knows.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::record::every_change;
use crate::support::listen::Listener;
use crate::support::{Persona, TestApp, gid, on_both};

/// So seldom the other process looks by itself: what is told sooner was heard.
const SELDOM: Duration = Duration::from_secs(600);
/// Much longer than it takes to hear.
const SOON: Duration = Duration::from_secs(20);
const OFFICE: Persona = Persona::ProgrammeOffice;

async fn listen(app: &TestApp, as_whom: Persona, after: Value) -> Listener {
    let document = "subscription($programme: ID!, $after: String) {
        changes(programmeId: $programme, after: $after) { cursor node { sequence operation } } }";
    let programme = gid("prg", app.world.programme("northshire").id);
    Listener::begin(app, as_whom, document, json!({ "programme": programme, "after": after })).await
}

fn report(app: &TestApp, number: usize) -> Value {
    let action = gid("act", app.world.action("1.1").id);
    json!({ "actionId": action, "narrative": format!("Report {number}"), "declaredHealth": "ON_TRACK" })
}

async fn next(listener: &mut Listener) -> Value {
    tokio::time::timeout(SOON, listener.next()).await.unwrap()
}

#[tokio::test]
async fn what_one_process_does_the_other_tells_at_once() {
    on_both(async |app| {
        let other = if app.is_postgres() { app.replica(SELDOM).await } else { app.looking(SELDOM).await };
        let writer = if app.is_postgres() { app } else { &other };
        let mut listener = listen(&other, Persona::Chair, Value::Null).await;
        // The first may come before the other process listens to the database; it is told as soon as it does.
        for number in 0..5 {
            writer.done(OFFICE, "progressUpdateAdd", report(app, number), "").await;
            let mut told = next(&mut listener).await;
            while told["data"]["changes"]["node"]["operation"] != "progressUpdateAdd" {
                told = next(&mut listener).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_no_member_any_more_is_told_so_at_once() {
    on_both(async |app| {
        let other = if app.is_postgres() { app.replica(SELDOM).await } else { app.looking(SELDOM).await };
        let writer = if app.is_postgres() { app } else { &other };
        let mut health = listen(&other, Persona::Health, Value::Null).await;
        let membership = app.world.memberships.iter().find(|row| row.subject == "health").unwrap();
        let began = Instant::now();
        let input = json!({ "id": gid("mbr", membership.id), "expectedVersion": 1 });
        writer.done(OFFICE, "memberRemove", input, "").await;

        let told = next(&mut health).await;
        assert_eq!(told["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{told}");
        assert!(health.is_over().await && began.elapsed() < SOON);
    })
    .await;
}

#[tokio::test]
async fn it_does_not_matter_which_process_is_asked() {
    on_both(async |app| {
        if !app.is_postgres() {
            return;
        }
        let other = app.replica(SELDOM).await;
        // One key is one change, whichever process is asked again.
        let mut input = report(app, 1);
        input["idempotencyKey"] = json!("once");
        let first = app.done(OFFICE, "progressUpdateAdd", input.clone(), "progressUpdate { id }").await;
        let again = other.done(OFFICE, "progressUpdateAdd", input, "progressUpdate { id }").await;
        assert_eq!(first["progressUpdate"], again["progressUpdate"]);

        // One walk through the feed, a page here and a page there, while both write.
        let document =
            "query($after: String) { programme(slug: \"northshire\") { changes(first: 20, after: $after) {
            nodes { sequence } pageInfo { hasNextPage endCursor } } } }";
        let (mut after, mut read) = (Value::Null, Vec::new());
        for number in 0.. {
            let (one, two) = if number % 2 == 0 { (app, &other) } else { (&other, app) };
            if number < 4 {
                let both = [
                    one.done(OFFICE, "progressUpdateAdd", report(app, 10), ""),
                    two.done(OFFICE, "progressUpdateAdd", report(app, 20), ""),
                ];
                futures_util::future::join_all(both).await;
            }
            let data = one.data(Persona::Police, document, json!({ "after": after })).await;
            let changes = &data["programme"]["changes"];
            read.extend(changes["nodes"].as_array().unwrap().iter().cloned());
            if changes["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = changes["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(read, every_change(app, Persona::Police, "northshire", "sequence").await);

        // A listener of one goes on at the other, from its cursor.
        let mut here = listen(app, Persona::Chair, Value::Null).await;
        other.done(OFFICE, "progressUpdateAdd", report(app, 30), "").await;
        let told = next(&mut here).await["data"]["changes"].clone();
        drop(here);
        let mut there = listen(&other, Persona::Chair, told["cursor"].clone()).await;
        app.done(OFFICE, "progressUpdateAdd", report(app, 31), "").await;
        let last = told["node"]["sequence"].as_i64().unwrap();
        assert_eq!(next(&mut there).await["data"]["changes"]["node"]["sequence"], last + 1);
    })
    .await;
}

#[tokio::test]
async fn a_database_that_ends_the_connection_is_heard_again() {
    on_both(async |app| {
        if !app.is_postgres() {
            return;
        }
        let other = app.replica(SELDOM).await;
        let mut listener = listen(&other, Persona::Chair, Value::Null).await;
        app.done(OFFICE, "progressUpdateAdd", report(app, 0), "").await;
        next(&mut listener).await;
        let ears = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND application_name = 'golden-thread listening'";
        crate::support::db::behind_its_back(app.db(), "", ears).await;
        app.done(OFFICE, "progressUpdateAdd", report(app, 1), "").await;
        // Said while nobody could hear it, it is found by looking once there is a connection again.
        let mut told = next(&mut listener).await;
        while told["data"]["changes"]["node"]["operation"] != "progressUpdateAdd" {
            told = next(&mut listener).await;
        }
    })
    .await;
}
