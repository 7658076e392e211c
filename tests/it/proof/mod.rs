//! What the board still lacks: strands, gaps, what strands say, and the lists that come of it.

mod agree;
mod asked;
mod board;
mod hidden;
mod seed;
mod shows;
pub mod twin;

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid};

/// The global id of an action of the world.
fn action(app: &TestApp, reference: &str) -> String {
    gid("act", app.world.action(reference).id)
}

/// What the proof of an action shows to somebody.
async fn proof(app: &TestApp, as_whom: Persona, id: &str, selection: &str) -> Value {
    let document =
        format!("query($id: ID!) {{ node(id: $id) {{ ...on Action {{ proof {{ {selection} }} }} }} }}");
    app.data(as_whom, &document, json!({ "id": id })).await["node"]["proof"].clone()
}

/// The codes of what is missing of an action, as somebody is told.
async fn missing(app: &TestApp, as_whom: Persona, id: &str) -> Vec<String> {
    codes(&proof(app, as_whom, id, "missing { code }").await["missing"])
}

/// The codes of gaps.
fn codes(gaps: &Value) -> Vec<String> {
    gaps.as_array().unwrap().iter().map(|gap| gap["code"].as_str().unwrap().to_owned()).collect()
}
