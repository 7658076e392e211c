//! What somebody is shown, beside what the model says that they should be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::county::SLUG;
use super::state::Model;
use super::text;
use crate::support::{Persona, TestApp};

const STATUSES: [&str; 6] = ["NOT_STARTED", "IN_PROGRESS", "COMPLETE", "ASSURED", "WITHDRAWN", "ROLLED_OVER"];
const HEALTHS: [&str; 4] = ["ON_TRACK", "AT_RISK", "OFF_TRACK", "DONE"];

const LISTS: &str = "
    plans { nodes { id version status } }
    actions(first: 100) { totalCount nodes { id version status computedHealth plan { id } updates { totalCount } } }
    evidence(first: 100) { nodes { id version reviewStatus } }
    recommendations { nodes { id coverage } }
    directionTerms { nodes { id coverage } }
    coverage { covered partial uncovered }";

/// Compares all that one persona can see.
pub async fn with(app: &TestApp, model: &Model, who: Persona) {
    let counts = |field: &str, words: &[&str]| -> String {
        let count = |word: &&str| {
            format!("{field}_{word}: actions(filter: {{ {field}: {{ eq: {word} }} }}) {{ totalCount }} ")
        };
        words.iter().map(count).collect()
    };
    let (by_status, by_health) = (counts("status", &STATUSES), counts("computedHealth", &HEALTHS));
    let document = format!("{{ programme(slug: \"{SLUG}\") {{ {LISTS} {by_status} {by_health} }} }}");
    let response = app.query(who, &document, json!({})).await;
    let shown = &response.data()["programme"];
    if !who.is_member() {
        assert_eq!(*shown, Value::Null, "{who:?}: {}", response.text);
        return;
    }
    assert_eq!(response.body.get("errors"), None, "{}", response.text);
    actions(model, who, shown);
    let plans = (0..model.plans.len()).filter(|at| model.sees_plan(who, *at)).map(|at| &model.plans[at]);
    same(
        who,
        "plans",
        nodes(&shown["plans"], &["version", "status"]),
        plans.map(|of| (&of.id, json!([of.version, of.status]))),
    );
    let pieces = model.evidence.iter().filter(|piece| model.sees_evidence(who, piece));
    let pieces = pieces.map(|of| (&of.id, json!([of.version, of.review])));
    same(who, "evidence", nodes(&shown["evidence"], &["version", "reviewStatus"]), pieces);
    coverage(model, who, shown);
}

fn actions(model: &Model, who: Persona, shown: &Value) {
    let seen: Vec<_> = model.actions.iter().filter(|action| model.sees_action(who, action)).collect();
    let fields = ["version", "status", "computedHealth", "plan"];
    let expected = seen.iter().map(|action| {
        let plan = json!({ "id": model.plans[action.plan].id });
        (&action.id, json!([action.version, action.status, model.health(who, action), plan]))
    });
    same(who, "actions", nodes(&shown["actions"], &fields), expected);
    assert_eq!(shown["actions"]["totalCount"], json!(seen.len()));
    for status in STATUSES {
        let count = seen.iter().filter(|action| action.status == status).count();
        assert_eq!(shown[format!("status_{status}")]["totalCount"], json!(count), "{who:?}: {status}");
    }
    for health in HEALTHS {
        let count = seen.iter().filter(|action| model.health(who, action) == health).count();
        assert_eq!(
            shown[format!("computedHealth_{health}")]["totalCount"],
            json!(count),
            "{who:?}: {health}"
        );
    }
    if who.is_office() {
        let expected = seen.iter().map(|action| (&action.id, json!([{ "totalCount": action.updates }])));
        same(who, "updates", nodes(&shown["actions"], &["updates"]), expected);
    }
}

fn coverage(model: &Model, who: Persona, shown: &Value) {
    let expected: Vec<_> =
        model.demands.iter().enumerate().map(|(at, of)| (&of.id, json!([model.coverage(who, at)]))).collect();
    // Scrutiny sees what was published, and so everybody here sees every demand.
    let mut nodes_of = nodes(&shown["recommendations"], &["coverage"]);
    nodes_of.extend(nodes(&shown["directionTerms"], &["coverage"]));
    same(who, "demands", nodes_of, expected.iter().cloned());
    for (field, word) in [("covered", "COVERED"), ("partial", "PARTIAL"), ("uncovered", "UNCOVERED")] {
        let count = expected.iter().filter(|(_, of)| of[0] == word).count();
        assert_eq!(shown["coverage"][field], json!(count), "{who:?}: {field}");
    }
}

/// The fields of each node of a list, by its id.
fn nodes(list: &Value, fields: &[&str]) -> BTreeMap<String, Value> {
    let nodes = list["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| (text(&node["id"]), fields.iter().map(|field| node[*field].clone()).collect()))
        .collect()
}

fn same<'a>(
    who: Persona,
    what: &str,
    shown: BTreeMap<String, Value>,
    expected: impl Iterator<Item = (&'a String, Value)>,
) {
    let expected: BTreeMap<String, Value> = expected.map(|(id, fields)| (id.clone(), fields)).collect();
    let differ = |id: &&String| shown.get(*id) != expected.get(*id);
    let ids: BTreeSet<&String> = shown.keys().chain(expected.keys()).filter(differ).collect();
    let differences =
        ids.iter().map(|id| format!("{id}: shown {:?}, expected {:?}", shown.get(*id), expected.get(*id)));
    assert!(ids.is_empty(), "{what} of {who:?}:\n{}", differences.collect::<Vec<_>>().join("\n"));
}

/// The actions of a plan: their ids, numbers and steps.
pub async fn actions_of(app: &TestApp, plan: &str) -> Vec<Value> {
    let document = "query($id: ID!) { node(id: $id) { ...on Plan { actions(first: 100) { nodes { id reference steps { id } } } } } }";
    let data = app.data(Persona::ProgrammeOffice, document, json!({ "id": plan })).await;
    data["node"]["actions"]["nodes"].as_array().unwrap().clone()
}

/// The ids of the plans, actions and evidence that somebody can list.
pub async fn listed(app: &TestApp, who: Persona) -> Vec<String> {
    let document = format!(
        "{{ programme(slug: \"{SLUG}\") {{ plans {{ nodes {{ id }} }} evidence(first: 100) {{ nodes {{ id }} }}
            actions(first: 100) {{ nodes {{ id }} }} }} }}"
    );
    let data = app.data(who, &document, json!({})).await;
    let lists = ["plans", "actions", "evidence"]
        .map(|list| data["programme"][list]["nodes"].as_array().unwrap().clone());
    lists.into_iter().flatten().map(|node| text(&node["id"])).collect()
}

/// What no sequence of commands may lead to, asked of the service alone.
pub async fn nothing_forbidden(app: &TestApp) {
    let document = "query($id: ID!) { node(id: $id) { ...on Action { reference status plan { status }
        steps { doneOn struckOutOn } evidence { totalCount } history(last: 100) { nodes { operation actor } } } } }";
    for id in listed(app, Persona::ProgrammeOffice).await.iter().filter(|id| id.starts_with("act_")) {
        let data = app.data(Persona::ProgrammeOffice, document, json!({ "id": id })).await;
        nothing_forbidden_of(&data["node"]);
    }
}

fn nothing_forbidden_of(action: &Value) {
    let (status, plan) = (text(&action["status"]), text(&action["plan"]["status"]));
    let steps = action["steps"].as_array().unwrap();
    let is_open = |step: &&Value| step["doneOn"].is_null() && step["struckOutOn"].is_null();
    let is_both = |step: &&Value| !step["doneOn"].is_null() && !step["struckOutOn"].is_null();
    assert_eq!(steps.iter().find(is_both), None, "done and struck out: {action}");
    if ["COMPLETE", "ASSURED"].contains(&status.as_str()) {
        assert_eq!(steps.iter().find(is_open), None, "complete with an open step: {action}");
        assert_ne!(action["evidence"]["totalCount"], 0, "complete without evidence: {action}");
    }
    let done = action["history"]["nodes"].as_array().unwrap();
    let last =
        |of: &str| done.iter().rev().find(|entry| entry["operation"] == of).map(|entry| &entry["actor"]);
    if status == "ASSURED" {
        assert!(last("actionClaimComplete").is_some(), "assured without a claim: {action}");
        assert_ne!(last("actionClaimComplete"), last("actionAssure"), "assured by the claimant: {action}");
    }
    let is_unfinished = ["NOT_STARTED", "IN_PROGRESS", "COMPLETE"].contains(&status.as_str());
    assert!(plan != "CLOSED" || !is_unfinished, "unfinished in a closed plan: {action}");
}
