//! What is done to evidence.

mod add;
mod attach;
mod change;
mod files;
mod handle;

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid};

/// The global id of an action.
fn action(app: &TestApp, reference: &str) -> String {
    gid("act", app.world.action(reference).id)
}

/// The global id of evidence of the world.
fn piece(app: &TestApp, title: &str) -> String {
    gid("evd", app.world.evidence.iter().find(|row| row.title == title).unwrap().id)
}

/// An organisation's global id.
fn organisation(app: &TestApp, name: &str) -> String {
    gid("org", app.world.party(name).id)
}

/// New evidence, with whatever else is said of it.
fn new(app: &TestApp, more: Value) -> Value {
    let mut input = json!({
        "programmeId": gid("prg", app.world.programme("northshire").id),
        "title": "What families say", "strand": "VOICE", "marking": "OFFICIAL",
    });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// Adds evidence for an action, and gives its id.
async fn added(app: &TestApp, who: Persona, reference: &str) -> String {
    let input = new(app, json!({ "actionIds": [action(app, reference)] }));
    let payload = app.done(who, "evidenceAdd", input, "evidence { id }").await;
    payload["evidence"]["id"].as_str().unwrap().to_owned()
}

/// A refusal as [`TestApp::refused`] gives it.
fn error(code: &str, field: &str) -> (String, String) {
    (code.to_owned(), field.to_owned())
}
