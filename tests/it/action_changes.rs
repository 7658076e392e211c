//! The changes of one action: its list, and those who listen to it.

use api::store::db::Pool;
use entity::*;
use migration::{Migrator, MigratorTrait};
use sea_orm::{Database, EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::support::listen::Listener;
use crate::support::{Persona, TestApp, gid, on_both, on_both_with, reading_both};

const OFFICE: Persona = Persona::ProgrammeOffice;
const ENTRY: &str = "cursor node { sequence operation entityType entityId node { __typename } }";

/// The changes of an action after a cursor: those of a page, each with its cursor.
async fn listed(app: &TestApp, as_whom: Persona, action: &str, after: &Value) -> Vec<Value> {
    let document = format!(
        "query($id: ID!, $after: String) {{ node(id: $id) {{ ... on Action {{ changes(first: 100, after: $after) {{
            totalCount edges {{ {ENTRY} }} pageInfo {{ endCursor hasNextPage }} }} }} }} }}"
    );
    let data = app.data(as_whom, &document, json!({ "id": action, "after": after })).await;
    let changes = &data["node"]["changes"];
    assert_eq!(changes["pageInfo"]["hasNextPage"], false);
    changes["edges"].as_array().unwrap().clone()
}

fn types(edges: &[Value]) -> Vec<&str> {
    edges.iter().map(|edge| edge["node"]["entityType"].as_str().unwrap()).collect()
}

async fn last_cursor(app: &TestApp, as_whom: Persona, action: &str) -> Value {
    listed(app, as_whom, action, &Value::Null).await.last().unwrap()["cursor"].clone()
}

async fn listen(app: &TestApp, as_whom: Persona, action: &str, after: &Value) -> Listener {
    let document = format!(
        "subscription Of($id: ID!, $after: String) {{ actionChanges(actionId: $id, after: $after) {{ {ENTRY} }} }}"
    );
    Listener::begin(app, as_whom, &document, json!({ "id": action, "after": after })).await
}

/// Does to an action, and to another, what a page that shows it has to know; ends with a step that is gone.
async fn change(app: &TestApp) {
    let own = app.world.action("1.1").clone();
    let (action, other) = (gid("act", own.id), gid("act", app.world.action("1.2").id));
    let programme = gid("prg", own.programme_id);
    for id in [&action, &other] {
        let said = json!({ "actionId": id, "narrative": "As it is", "declaredHealth": "ON_TRACK" });
        app.done(OFFICE, "progressUpdateAdd", said, "").await;
    }
    let step = app
        .done(OFFICE, "stepAdd", json!({ "actionId": action, "text": "One thing more" }), "step { id }")
        .await;
    let done = json!({ "id": step["step"]["id"], "expectedVersion": 1 });
    app.done(OFFICE, "stepComplete", done, "").await;
    let piece =
        json!({ "programmeId": programme, "title": "A survey", "strand": "VOICE", "marking": "OFFICIAL" });
    let piece = app.done(OFFICE, "evidenceAdd", piece, "evidence { id }").await["evidence"]["id"].clone();
    let attach = json!({ "evidenceId": piece, "expectedVersion": 1, "actionIds": [action, other] });
    app.done(OFFICE, "evidenceAttach", attach, "").await;
    let detach = json!({ "evidenceId": piece, "expectedVersion": 2, "actionIds": [action] });
    app.done(OFFICE, "evidenceDetach", detach, "").await;
    // From here on it is no business of the action's.
    let review = json!({ "id": piece, "expectedVersion": 3, "status": "ACCEPTED" });
    app.done(Persona::Chair, "evidenceReview", review, "").await;
    let gone = app.world.steps.iter().find(|row| row.action_id == own.id).unwrap().clone();
    let mut to = app.write().await;
    to.cx.remove(&gone).await.unwrap();
    to.cx.commit().await.unwrap();
}

const EXPECTED: [&str; 6] = ["ProgressUpdate", "Step", "Step", "Evidence", "Evidence", "Step"];

#[tokio::test]
async fn an_action_tells_what_hangs_on_it_and_nothing_else() {
    on_both(async |app| {
        let action = gid("act", app.world.action("1.1").id);
        let before = last_cursor(app, OFFICE, &action).await;
        let mut listener = listen(app, OFFICE, &action, &before).await;
        change(app).await;

        let told = listed(app, OFFICE, &action, &before).await;
        let told: Vec<Value> =
            told.into_iter().filter(|edge| edge["node"]["entityType"] != "Action").collect();
        assert_eq!(types(&told), EXPECTED);
        // What was detached is told as it is now; what is gone, as gone.
        assert_eq!(told[4]["node"]["node"]["__typename"], "Evidence");
        assert_eq!(told[5]["node"]["node"], Value::Null);

        // Who listens is told the same, under the same cursors.
        for expected in listed(app, OFFICE, &action, &before).await {
            assert_eq!(listener.next().await["data"]["actionChanges"], expected);
        }
        let last = last_cursor(app, OFFICE, &action).await;
        let said = json!({ "actionId": action, "narrative": "Once more", "declaredHealth": "ON_TRACK" });
        let mut again = listen(app, OFFICE, &action, &last).await;
        app.done(OFFICE, "progressUpdateAdd", said, "").await;
        let next = &listed(app, OFFICE, &action, &last).await[0];
        assert_eq!(again.next().await["data"]["actionChanges"], *next);
        assert_eq!(next["node"]["entityType"], "ProgressUpdate");
    })
    .await;
}

#[tokio::test]
async fn without_a_cursor_only_what_is_new_is_told() {
    on_both(async |app| {
        let action = gid("act", app.world.action("1.1").id);
        let mut listener = listen(app, Persona::Chair, &action, &Value::Null).await;
        change(app).await;
        for expected in EXPECTED {
            let mut told = listener.next().await["data"]["actionChanges"]["node"]["entityType"].clone();
            while told == "Action" {
                told = listener.next().await["data"]["actionChanges"]["node"]["entityType"].clone();
            }
            assert_eq!(told, expected);
        }
        assert!(listener.is_silent().await);
    })
    .await;
}

#[tokio::test]
async fn what_hangs_on_what_hangs_on_an_action_is_told_too() {
    on_both(async |app| {
        let action = app.world.action("1.1").clone();
        let id = gid("act", action.id);
        let before = last_cursor(app, OFFICE, &id).await;
        let measure = json!({
            "programmeId": gid("prg", action.programme_id), "title": "Plans on time", "polarity": "HIGHER_IS_BETTER", "unit": "PERCENT",
            "frequency": "MONTHLY", "actionIds": [id],
        });
        let measure = app.done(OFFICE, "measureCreate", measure, "measure { id }").await["measure"]["id"].clone();
        let readings = [json!({ "periodStart": "2018-11-01", "numerator": 30, "denominator": 40 })];
        app.done(OFFICE, "readingsUpsert", json!({ "measureId": measure, "readings": readings }), "").await;

        let told = listed(app, OFFICE, &id, &before).await;
        let told = types(&told);
        assert!(told.contains(&"Measure") && told.contains(&"Reading"), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn an_action_out_of_sight_has_no_changes_and_one_that_goes_ends_it() {
    on_both(async |app| {
        let action = app.world.action("H1").clone();
        let id = gid("act", action.id);
        for (persona, id) in [(Persona::Police, id.clone()), (OFFICE, gid("act", uuid::Uuid::nil()))] {
            let mut listener = listen(app, persona, &id, &Value::Null).await;
            let told = listener.next().await;
            assert_eq!(told["errors"][0]["extensions"]["code"], "NOT_FOUND", "{told}");
            assert_eq!(told["errors"][0]["message"], "There is no action with this id for you.");
            assert!(listener.is_over().await);
        }
        let mut health = listen(app, Persona::Health, &id, &Value::Null).await;
        let nurse = app.world.party("Safeguarding nurse").id;
        let lead = action_party::Model {
            programme_id: action.programme_id,
            action_id: action.id,
            party_id: nurse,
            role: "LEAD".to_owned(),
            position: 1,
        };
        let mut to = app.write().await;
        to.cx.touch(&action).await.unwrap();
        to.cx.detach(&lead).await.unwrap();
        to.commit().await;
        // Nobody says so in this process: it is found out by looking.
        let told = health.next().await;
        assert_eq!(told["errors"][0]["extensions"]["code"], "NOT_FOUND", "{told}");
        assert!(health.is_over().await);
    })
    .await;
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list() {
    reading_both(async |app| {
        let action = gid("act", app.world.action("1.1").id);
        let document = "{ programme(slug: \"northshire\") { id changes(first: 1) { edges { cursor } } } }";
        let data = app.data(OFFICE, document, json!({})).await;
        let cursor = data["programme"]["changes"]["edges"][0]["cursor"].clone();
        let wrong =
            [(action.clone(), cursor), (data["programme"]["id"].as_str().unwrap().to_owned(), Value::Null)];
        for (id, after) in wrong {
            let told = listen(app, OFFICE, &id, &after).await.next().await;
            assert_eq!(told["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{told}");
        }
        // Another's cursor is none: another role sees another past.
        let own = last_cursor(app, OFFICE, &action).await;
        let told = listen(app, Persona::Chair, &action, &own).await.next().await;
        assert_eq!(told["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{told}");
    })
    .await;
}

#[tokio::test]
async fn what_was_recorded_before_is_said_to_be_about_the_same_actions() {
    on_both_with(&Pool { size: 4, ..Pool::default() }, async |app, url| {
        change(app).await;
        let own = Database::connect(url).await.unwrap();
        let rows = async || {
            let rows = entry_action::Entity::find().order_by_asc(entry_action::Column::ActionId);
            rows.order_by_asc(entry_action::Column::Sequence).all(&own).await.unwrap()
        };
        let before = rows().await;
        assert!(before.len() > 20, "{before:?}");
        let this = Migrator::migrations().iter().rev().position(|of| of.name().ends_with("_live"));
        Migrator::down(&own, Some(this.unwrap() as u32 + 1)).await.unwrap();
        Migrator::up(&own, None).await.unwrap();
        assert_eq!(rows().await, before);
        own.close().await.unwrap();
    })
    .await;
}

/// Whoever asks, an action tells them nothing that the programme's feed does not.
#[tokio::test]
async fn an_action_tells_each_persona_what_their_feed_tells() {
    reading_both(async |app| {
        for persona in Persona::ALL {
            let mut told = std::collections::HashMap::new();
            let mut after = Value::Null;
            loop {
                let document = format!(
                    "query($after: String) {{ programme(slug: \"northshire\") {{ changes(first: 100, after: $after) {{
                        edges {{ {ENTRY} }} pageInfo {{ endCursor hasNextPage }} }} }} }}"
                );
                let answer = app.query(*persona, &document, json!({ "after": after })).await;
                let changes = &answer.body["data"]["programme"]["changes"];
                for edge in changes["edges"].as_array().into_iter().flatten() {
                    told.insert(edge["node"]["sequence"].to_string(), edge["node"].clone());
                }
                after = changes["pageInfo"]["endCursor"].clone();
                if changes["pageInfo"]["hasNextPage"] != true {
                    break;
                }
            }
            for action in ["1.1", "1.2", "1.3", "1.4"] {
                let id = gid("act", app.world.action(action).id);
                let document = format!(
                    "query($id: ID!) {{ node(id: $id) {{ ... on Action {{ changes(first: 100) {{ edges {{ {ENTRY} }} }} }} }} }}"
                );
                let answer = app.query(*persona, &document, json!({ "id": id })).await;
                for edge in answer.body["data"]["node"]["changes"]["edges"].as_array().into_iter().flatten() {
                    let known = told.get(&edge["node"]["sequence"].to_string());
                    assert_eq!(known, Some(&edge["node"]), "{persona:?} of {action}");
                }
            }
            assert!(!told.is_empty() || *persona != OFFICE);
        }
    })
    .await;
}
