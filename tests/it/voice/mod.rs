//! What people said, what was done about it, and whether they were told.

mod about;
mod answer;
mod open;
mod small_counts;

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid};

const OFFICE: Persona = Persona::ProgrammeOffice;

/// The global id of feedback of the world.
fn feedback(app: &TestApp, theme: &str) -> String {
    gid("fbk", app.world.feedback(theme).id)
}

/// The global id of an action of the world.
fn action(app: &TestApp, reference: &str) -> String {
    gid("act", app.world.action(reference).id)
}

/// The global id of a requirement of the world's inspection.
fn recommendation(app: &TestApp, reference: &str) -> String {
    gid("rec", app.world.requirement("Inspection", reference).id)
}

/// The global id of the programme.
fn programme(app: &TestApp) -> String {
    gid("prg", app.world.programme("northshire").id)
}

/// An input with whatever else is said.
fn with(mut input: Value, more: Value) -> Value {
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// A change of a thing at a version.
fn of(id: &str, version: i32, more: Value) -> Value {
    with(json!({ "id": id, "expectedVersion": version }), more)
}

/// New feedback, with whatever else is said of it.
fn new(app: &TestApp, more: Value) -> Value {
    let input = json!({
        "programmeId": programme(app), "saidBy": "CHILDREN", "gatheredBy": "SURVEY", "periodStart": "2018-10-01",
        "periodEnd": "2018-10-31", "said": "Come on time",
    });
    with(input, more)
}

/// Records feedback as the programme office, and gives its id.
async fn added(app: &TestApp, more: Value) -> String {
    let payload = app.done(OFFICE, "feedbackAdd", new(app, more), "feedback { id }").await;
    payload["feedback"]["id"].as_str().unwrap().to_owned()
}

/// What somebody is shown of feedback.
async fn shown(app: &TestApp, who: Persona, id: &str, fields: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ...on Feedback {{ {fields} }} }} }}");
    app.query(who, &document, json!({ "id": id })).await.data()["node"].clone()
}

/// A refusal as [`TestApp::refused`] gives it.
fn error(code: &str, field: &str) -> (String, String) {
    (code.to_owned(), field.to_owned())
}
