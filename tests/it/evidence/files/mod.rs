//! Files of evidence: announced, attached, given new versions, and removed.
//!
//! Their bytes come by PUT; here they are said to have come.

mod attach;
mod links;
mod prepare;
mod remove;
mod sight;
mod versions;

use serde_json::{Value, json};

use crate::support::{Persona, TestApp};

/// The messages of a refusal.
async fn messages(app: &TestApp, who: Persona, mutation: &str, input: Value) -> Vec<String> {
    let payload = app.mutate(who, mutation, input, "").await;
    let errors = payload["userErrors"].as_array().unwrap();
    assert!(!errors.is_empty(), "{mutation} was done");
    errors.iter().map(|error| error["message"].as_str().unwrap().to_owned()).collect()
}

/// The input with other values in it.
fn with(mut input: Value, more: Value) -> Value {
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// What somebody sees of a thing.
async fn seen(app: &TestApp, who: Persona, id: &str, fields: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ {fields} }} }}");
    app.query(who, &document, json!({ "id": id })).await.data()["node"].clone()
}

/// How many entries the feed has for the programme office.
async fn entries(app: &TestApp) -> Value {
    let document = "{ programme(slug: \"northshire\") { changes { totalCount } } }";
    app.data(Persona::ProgrammeOffice, document, json!({})).await["programme"]["changes"]["totalCount"]
        .clone()
}
