//! What is done to audits and their findings, who is told which counts, and what closes a loop.

mod audit;
mod counts;
mod findings;

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid};

const OFFICE: Persona = Persona::ProgrammeOffice;

/// The global id of an audit of the world.
fn audit(app: &TestApp, title: &str) -> String {
    gid("aud", app.world.audit(title).id)
}

/// The global id of a finding of the world.
fn finding(app: &TestApp, text: &str) -> String {
    gid("afn", app.world.audit_finding(text).id)
}

/// The global id of an action of the world.
fn action(app: &TestApp, reference: &str) -> String {
    gid("act", app.world.action(reference).id)
}

/// A change of a thing at a version.
fn of(id: &str, version: i32, more: Value) -> Value {
    with(json!({ "id": id, "expectedVersion": version }), more)
}

/// A new audit, with whatever else is said of it.
fn new(app: &TestApp, more: Value) -> Value {
    let programme = gid("prg", app.world.programme("northshire").id);
    with(
        json!({ "programmeId": programme, "kind": "SPOT_CHECK", "title": "At night", "startedOn": "2018-12-03" }),
        more,
    )
}

fn with(mut input: Value, more: Value) -> Value {
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// What somebody is shown of an audit or a finding.
async fn shown(app: &TestApp, who: Persona, id: &str, fields: &str) -> Value {
    let ty = if id.starts_with("aud") { "Audit" } else { "AuditFinding" };
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ...on {ty} {{ {fields} }} }} }}");
    app.query(who, &document, json!({ "id": id })).await.data()["node"].clone()
}

/// A refusal as [`TestApp::refused`] gives it.
fn error(code: &str, field: &str) -> (String, String) {
    (code.to_owned(), field.to_owned())
}

/// A refusal of what a user can mend.
fn invalid(field: &str) -> (String, String) {
    error("VALIDATION_FAILED", field)
}
