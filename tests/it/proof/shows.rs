//! `shows`: what a piece of evidence shows of the difference made.

use serde_json::{Value, json};

use super::action;
use crate::support::{Persona, TestApp, gid, on_both};

const STATE: &str = "evidence { id version shows reviewStatus }";

fn new(app: &TestApp, more: Value) -> Value {
    let mut input = json!({
        "programmeId": gid("prg", app.world.programme("northshire").id), "title": "What families say",
        "strand": "VOICE", "marking": "OFFICIAL", "actionIds": [action(app, "1.1")],
    });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

#[tokio::test]
async fn what_it_shows_is_part_of_what_is_reviewed() {
    on_both(async |app| {
        let payload = app.done(Persona::Lead, "evidenceAdd", new(app, json!({ "shows": "IMPROVED" })), STATE).await;
        assert_eq!(payload["evidence"]["shows"], "IMPROVED");
        let id = payload["evidence"]["id"].as_str().unwrap();
        let at = |version: i32, more: Value| {
            let mut input = json!({ "id": id, "expectedVersion": version });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        app.done(Persona::BoardMember, "evidenceReview", at(1, json!({ "status": "ACCEPTED" })), STATE).await;
        let same = app.done(Persona::Lead, "evidenceUpdate", at(2, json!({ "shows": "IMPROVED" })), STATE).await;
        assert_eq!((&same["evidence"]["version"], &same["evidence"]["reviewStatus"]), (&json!(2), &json!("ACCEPTED")));
        let other = app.done(Persona::Lead, "evidenceUpdate", at(2, json!({ "shows": "NO_CHANGE" })), STATE).await;
        assert_eq!(other["evidence"]["reviewStatus"], "SUBMITTED");
        let none = app.done(Persona::Lead, "evidenceUpdate", at(3, json!({ "shows": null })), STATE).await;
        assert_eq!(none["evidence"]["shows"], Value::Null);
        let history = "query($id: ID!) { node(id: $id) { ...on Evidence { history { nodes { changes { field before after } } } } } }";
        let told = app.data(Persona::Lead, history, json!({ "id": id })).await;
        let changes = told["node"]["history"]["nodes"][2]["changes"].as_array().unwrap().clone();
        assert!(changes.contains(&json!({ "field": "shows", "before": "IMPROVED", "after": "NO_CHANGE" })), "{changes:?}");
    })
    .await;
}

#[tokio::test]
async fn a_document_shows_no_difference() {
    on_both(async |app| {
        let wrong = ("VALIDATION_FAILED".to_owned(), "shows".to_owned());
        let document = json!({ "strand": "DOCUMENT", "shows": "IMPROVED" });
        assert_eq!(app.refused(Persona::Lead, "evidenceAdd", new(app, document)).await, wrong);
        let payload =
            app.done(Persona::Lead, "evidenceAdd", new(app, json!({ "shows": "WORSE" })), STATE).await;
        let id = &payload["evidence"]["id"];
        let input = json!({ "id": id, "expectedVersion": 1, "strand": "DOCUMENT" });
        assert_eq!(app.refused(Persona::Lead, "evidenceUpdate", input).await, wrong);
        let input = json!({ "id": id, "expectedVersion": 1, "strand": "DOCUMENT", "shows": null });
        app.done(Persona::Lead, "evidenceUpdate", input, STATE).await;
    })
    .await;
}
