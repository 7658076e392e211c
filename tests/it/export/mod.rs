//! Lists without pages: what they hold for whom, how they are written, and what ends them.

mod ends;
mod refused;
mod sheets;
mod whole;

use api::http::Settings;
use axum::body::Body;
use entity::*;
use serde_json::{Value, json};

use crate::support::builders::action;
use crate::support::{Persona, Raw, TestApp};

const LINES: &str = "application/jsonl";
const CSV: &str = "text/csv";

/// Asks for an export, and gives the answer before its body has come.
async fn begin(app: &TestApp, who: Persona, accept: &str, body: &Value) -> http::Response<Body> {
    let request =
        http::Request::post("/graphql").header("content-type", "application/json").header("accept", accept);
    app.respond(who, request, Body::from(body.to_string())).await
}

/// Asks for an export, and gives all of it.
async fn export(app: &TestApp, who: Persona, accept: &str, query: &str) -> Raw {
    export_with(app, who, accept, &json!({ "query": query })).await
}

async fn export_with(app: &TestApp, who: Persona, accept: &str, body: &Value) -> Raw {
    let request =
        http::Request::post("/graphql").header("content-type", "application/json").header("accept", accept);
    app.raw(who, request, body.to_string()).await
}

/// The lines of an export that is whole.
async fn lines(app: &TestApp, who: Persona, query: &str) -> Vec<Value> {
    let answer = export(app, who, LINES, query).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/jsonl; charset=utf-8");
    assert!(answer.text.is_empty() || answer.text.ends_with('\n'));
    answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The settings of a test, where one client may ask for as much as it likes.
fn settings() -> Settings {
    crate::support::app::patient()
}

/// A published plan of Northshire with so many actions, every other one of them the police's.
async fn plan_of(app: &TestApp, count: i32) -> plan::Model {
    let mut to = app.write().await;
    let council = to.record.party("Northshire Council").clone();
    let police = to.record.party("Northshire Police").id;
    let plan = to.plan("A long plan", "PUBLISHED", &council, |_| {}).await;
    let rows = (1..=count).map(|number| action::Model {
        organisation_id: (number % 2 == 0).then_some(police),
        ..action(&plan, &format!("1.{number}"), number)
    });
    let rows: Vec<_> = rows.collect();
    to.record.actions.extend(rows.iter().cloned());
    to.cx.create_all(rows).await.unwrap();
    to.commit().await;
    plan
}
