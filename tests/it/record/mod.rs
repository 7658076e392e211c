//! Reading the ledger: what each entry changed, the thing that it is about, the feed, and that none of it gives away what
//! the viewer may not see.

mod feed;
mod fields;
mod leaks;
mod things;

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid};

/// Every entry of a programme's ledger that the persona sees, oldest first, with what `selection` asks of each.
pub async fn every_change(app: &TestApp, persona: Persona, slug: &str, selection: &str) -> Vec<Value> {
    let document = format!(
        "query($slug: String!, $after: String) {{ programme(slug: $slug) {{ changes(first: 50, after: $after) {{
            nodes {{ {selection} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
    );
    let mut all = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = app.data(persona, &document, json!({ "slug": slug, "after": after })).await;
        let page = &data["programme"]["changes"];
        all.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// The history of one thing, with what `selection` asks of each entry.
async fn history(app: &TestApp, persona: Persona, ty: &str, id: &str, selection: &str) -> Vec<Value> {
    let document = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on {ty} {{ history(first: 100) {{ nodes {{ {selection} }} }} }} }} }}"
    );
    let data = app.data(persona, &document, json!({ "id": id })).await;
    data["node"]["history"]["nodes"].as_array().unwrap().clone()
}

/// What an entry says about one field: before and after; none where it says nothing.
fn said<'a>(entry: &'a Value, field: &str) -> Option<(&'a Value, &'a Value)> {
    let changes = entry["changes"].as_array().unwrap();
    let change = changes.iter().find(|change| change["field"] == field)?;
    Some((&change["before"], &change["after"]))
}

/// Items of a list in the form in which an entry tells them.
fn items(value: &Value) -> Value {
    serde_json::from_str(value.as_str().unwrap()).unwrap()
}

/// The id of an action of the world.
fn action(app: &TestApp, reference: &str) -> String {
    gid("act", app.world.action(reference).id)
}
