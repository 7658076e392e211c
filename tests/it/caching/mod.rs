//! Documents that are known by an id, and conditional GET: what is answered with a tag, when nothing is sent, and that
//! nothing stale and nothing of somebody else's ever is.

mod change;
mod get;
mod held;
mod moved;
mod trusted;

use api::graphql::{Allowed, Limits, Manifest, Policy};
use serde_json::{Value, json};

use crate::support::{Persona, Raw, TestApp};

/// A board's dashboard, as a document of the manifest.
const DASHBOARD: &str = "query Dashboard($slug: String!, $first: Int = 50) { programme(slug: $slug) { name
    coverage { covered partial uncovered } actions(first: $first) { totalCount nodes { reference status rating { label }
        leads { __typename ...on Person { post } ...on Group { name } } latestUpdate { narrative } } } } }";

/// What is in force with a manifest of these documents.
fn policy(documents: &Value, allowed: Allowed, automatic: bool) -> Policy {
    let manifest = Manifest::read(documents.to_string().as_bytes(), &Limits::default()).unwrap();
    Policy::new(Some(manifest), allowed, automatic).unwrap()
}

/// The application with the dashboard in its manifest.
async fn with_dashboard(app: &TestApp) -> TestApp {
    app.trusting(app.today, policy(&json!({ "dashboard": DASHBOARD }), Allowed::Any, false)).await
}

/// A query string.
fn address(parameters: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        let encoded = text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        });
        encoded.collect()
    };
    let pairs = parameters.iter().map(|(name, value)| format!("{name}={}", encode(value)));
    format!("/graphql?{}", pairs.collect::<Vec<_>>().join("&"))
}

/// Asks by GET, with these headers.
async fn get(app: &TestApp, who: Persona, parameters: &[(&str, &str)], headers: &[(&str, &str)]) -> Raw {
    let mut request = http::Request::get(address(parameters));
    if !headers.iter().any(|(name, _)| *name == "accept") {
        request = request.header("accept", "application/graphql-response+json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.raw(who, request, String::new()).await
}

/// The dashboard's id and variables.
const NORTHSHIRE: &[(&str, &str)] = &[("documentId", "dashboard"), ("variables", r#"{"slug":"northshire"}"#)];
