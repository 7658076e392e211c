//! Requests that are sent again.

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid, on_both};

fn report(app: &TestApp, key: &str, narrative: &str) -> Value {
    let action = gid("act", app.world.action("2.10").id);
    json!({ "actionId": action, "idempotencyKey": key, "narrative": narrative, "declaredHealth": "AT_RISK" })
}

async fn updates(app: &TestApp) -> Value {
    let id = gid("act", app.world.action("2.10").id);
    let document = "query($id: ID!) { node(id: $id) { ...on Action { updates { totalCount } } } }";
    app.data(Persona::ProgrammeOffice, document, json!({ "id": id })).await["node"]["updates"]["totalCount"]
        .clone()
}

const SHOWS: &str = "progressUpdate { id narrative }";

#[tokio::test]
async fn the_second_request_with_a_key_gets_the_firsts_answer() {
    on_both(async |app| {
        let before = updates(app).await.as_i64().unwrap();
        let send = async || {
            let input = report(app, "k-1", "Four of five done");
            app.done(Persona::ProgrammeOffice, "progressUpdateAdd", input, SHOWS).await
        };

        let first = send().await;
        let second = send().await;

        assert_eq!(first, second);
        assert_eq!(updates(app).await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn a_retry_is_answered_even_when_the_version_has_moved_on() {
    on_both(async |app| {
        let id = gid("act", app.world.action("1.9").id);
        let input = json!({ "id": id, "expectedVersion": 1, "idempotencyKey": "start" });
        let send = async || {
            app.done(Persona::ProgrammeOffice, "actionStart", input.clone(), "action { status }").await
        };

        assert_eq!(send().await, send().await);
    })
    .await;
}

#[tokio::test]
async fn a_retry_is_answered_even_when_who_sends_it_may_no_longer() {
    on_both(async |app| {
        let send = async |key: &str| {
            let action = gid("act", app.world.action("A1").id);
            let input = json!({
                "actionId": action, "idempotencyKey": key, "narrative": "Done", "declaredHealth": "ON_TRACK",
            });
            app.mutate(Persona::Lead, "progressUpdateAdd", input, SHOWS).await
        };
        assert_eq!(send("k").await["progressUpdate"]["narrative"], "Done");
        let lead = app.world.memberships.iter().find(|row| row.subject == "lead").unwrap();
        let input = json!({ "id": gid("mbr", lead.id), "expectedVersion": 1 });
        app.done(Persona::ProgrammeOffice, "memberRemove", input, "").await;

        assert_eq!(send("k").await, json!({ "progressUpdate": null, "userErrors": [] }));
        assert_eq!(send("other").await["userErrors"][0]["code"], "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn the_same_key_with_another_input_is_a_mismatch() {
    on_both(async |app| {
        app.done(Persona::ProgrammeOffice, "progressUpdateAdd", report(app, "k-1", "One"), SHOWS).await;

        let refusal =
            app.refused(Persona::ProgrammeOffice, "progressUpdateAdd", report(app, "k-1", "Two")).await;

        assert_eq!(refusal, ("IDEMPOTENCY_MISMATCH".to_owned(), "idempotencyKey".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_key_belongs_to_who_chose_it() {
    on_both(async |app| {
        let before = updates(app).await.as_i64().unwrap();
        for who in [Persona::ProgrammeOffice, Persona::Lead] {
            let input = json!({
                "actionId": gid("act", app.world.action("A1").id), "idempotencyKey": "k", "narrative": "Done",
                "declaredHealth": "ON_TRACK",
            });
            app.done(who, "progressUpdateAdd", input, SHOWS).await;
        }
        let input = report(app, "k", "Other");
        assert_eq!(app.refused(Persona::Lead, "progressUpdateAdd", input).await.0, "IDEMPOTENCY_MISMATCH");
        assert_eq!(updates(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_leaves_the_key_free() {
    on_both(async |app| {
        let empty = app.refused(Persona::ProgrammeOffice, "progressUpdateAdd", report(app, "k", " ")).await;
        assert_eq!(empty, ("VALIDATION_FAILED".to_owned(), "narrative".to_owned()));

        app.done(Persona::ProgrammeOffice, "progressUpdateAdd", report(app, "k", "Mended"), SHOWS).await;
    })
    .await;
}

#[tokio::test]
async fn a_key_is_neither_empty_nor_endless() {
    on_both(async |app| {
        for key in ["", " ", &"k".repeat(129), "a\nb"] {
            let input = report(app, key, "Fine");
            let refusal = app.refused(Persona::ProgrammeOffice, "progressUpdateAdd", input).await;
            assert_eq!(refusal, ("VALIDATION_FAILED".to_owned(), "idempotencyKey".to_owned()), "{key:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn requests_with_one_key_at_the_same_time_are_done_once() {
    on_both(async |app| {
        let before = updates(app).await.as_i64().unwrap();
        let send =
            || app.done(Persona::ProgrammeOffice, "progressUpdateAdd", report(app, "k", "Once"), SHOWS);

        let answers = futures_util::future::join_all((0..6).map(|_| send())).await;

        assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
        assert_eq!(updates(app).await, before + 1);
    })
    .await;
}
