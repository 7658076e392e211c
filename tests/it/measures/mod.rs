//! What is done to measures and their readings, and who is told which figure.

mod import;
mod measure;
mod readings;
mod series;
mod small_counts;
mod target;

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid};

/// The measure of the world that everybody in Northshire sees.
const SEEN: &str = "Assessments in time";

/// The global id of a measure of the world.
fn measure(app: &TestApp, title: &str) -> String {
    gid("mea", app.world.measure(title).id)
}

/// The global id of the programme.
fn programme(app: &TestApp) -> String {
    gid("prg", app.world.programme("northshire").id)
}

/// A change of a thing at a version.
fn of(id: &str, version: i32, more: Value) -> Value {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// A new measure, with whatever else is said of it.
fn new(app: &TestApp, more: Value) -> Value {
    let mut input =
        json!({ "programmeId": programme(app), "title": "Visits in time", "polarity": "HIGHER_IS_BETTER" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// Begins a measure in per cent, read every month, and gives its id.
async fn begun(app: &TestApp, more: Value) -> String {
    let mut input = new(app, json!({ "unit": "PERCENT", "frequency": "MONTHLY" }));
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let payload = app.done(Persona::ProgrammeOffice, "measureCreate", input, "measure { id }").await;
    payload["measure"]["id"].as_str().unwrap().to_owned()
}

/// Records readings as the programme office, and gives them as the payload shows them.
async fn recorded(app: &TestApp, measure: &str, readings: Value) -> Value {
    let input = json!({ "measureId": measure, "readings": readings });
    let shows = "readings { id version value isSuppressed } measure { trend targetStatus }";
    app.done(Persona::ProgrammeOffice, "readingsUpsert", input, shows).await
}

/// What somebody is shown of a measure.
async fn shown(app: &TestApp, who: Persona, id: &str, fields: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ...on Measure {{ {fields} }} }} }}");
    app.query(who, &document, json!({ "id": id })).await.data()["node"].clone()
}

/// A refusal as [`TestApp::refused`] gives it.
fn error(code: &str, field: &str) -> (String, String) {
    (code.to_owned(), field.to_owned())
}
