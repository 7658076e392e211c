//! What is done to actions: one file for each group of operations.

mod bulk;
mod create;
mod dependencies;
mod facts;
mod hand_over;
mod links;
mod proposals;
mod steps;
mod update;
mod workflow;

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid};

/// The programme office of Northshire.
const OFFICE: Persona = Persona::ProgrammeOffice;

/// The global id of an action of the world.
fn action(app: &TestApp, reference: &str) -> String {
    gid("act", app.world.action(reference).id)
}

/// The global id of a recommendation of the inspection.
fn recommendation(app: &TestApp, reference: &str) -> String {
    gid("rec", app.world.requirement("Inspection", reference).id)
}

/// The global id of a term of the second direction.
fn term(app: &TestApp, reference: &str) -> String {
    gid("trm", app.world.requirement("Second direction", reference).id)
}

/// The global id of the second direction.
fn direction(app: &TestApp) -> String {
    gid("dir", app.world.source("Second direction").id)
}

/// The global id of a person of the world, by their post.
fn person(app: &TestApp, post: &str) -> String {
    gid("per", app.world.party(post).id)
}

/// The global id of a piece of evidence.
fn piece(app: &TestApp, title: &str) -> String {
    gid("evd", app.world.piece(title).id)
}

/// An existing thing at a version, and what shall become of it.
fn at(id: &str, version: i32, more: Value) -> Value {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// What an action shows to somebody.
async fn shown(app: &TestApp, as_whom: Persona, id: &str, selection: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ...on Action {{ {selection} }} }} }}");
    app.data(as_whom, &document, json!({ "id": id })).await["node"].clone()
}

/// The codes and fields of what is wrong, sorted.
fn wrong(payload: &Value) -> Vec<(String, String)> {
    let errors = payload["userErrors"].as_array().unwrap().iter();
    let one = |error: &Value| {
        let field = error["field"].as_array().cloned().unwrap_or_default();
        let field: Vec<&str> = field.iter().filter_map(Value::as_str).collect();
        (error["code"].as_str().unwrap().to_owned(), field.join("."))
    };
    let mut all: Vec<_> = errors.map(one).collect();
    all.sort();
    all
}

/// A refusal as [`TestApp::refused`] gives it.
fn refusal(code: &str, field: &str) -> (String, String) {
    (code.to_owned(), field.to_owned())
}
