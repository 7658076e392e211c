//! Who takes part: programmes, organisations, post holders, groups, members.

mod member;
mod party;
mod programme;

use serde_json::{Value, json};

use crate::support::{TestApp, gid};

/// The programme of Northshire.
fn northshire(app: &TestApp) -> String {
    gid("prg", app.world.programme("northshire").id)
}

/// A change of an existing thing.
fn of(id: &str, version: i32, more: Value) -> Value {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// What is added to Northshire.
fn to(app: &TestApp, more: Value) -> Value {
    let mut input = json!({ "programmeId": northshire(app) });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// A refusal as [`TestApp::refused`] gives it.
fn error(code: &str, field: &str) -> (String, String) {
    (code.to_owned(), field.to_owned())
}
