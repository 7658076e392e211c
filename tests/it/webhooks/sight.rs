//! What an endpoint is told is what its owner may see when it is told, and no more.

use serde_json::{Value, json};

use super::receiver::{Answer, Receiver};
use super::{OFFICE, POLICE, Telling, deliveries, endpoint, note, quick, report, until};
use crate::support::{Persona, TestApp, gid, on_both};

fn piece(app: &TestApp) -> String {
    gid("evd", app.world.piece("OFFICIAL on 1.2, kept").id)
}

async fn version(app: &TestApp, id: &str) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ... on Evidence { version } } }";
    app.data(OFFICE, document, json!({ "id": id })).await["node"]["version"].clone()
}

async fn change(app: &TestApp, mutation: &str, id: &str, more: Value) {
    let mut input = json!({ "expectedVersion": version(app, id).await });
    input[if mutation == "evidenceUpdate" || mutation == "evidenceMark" { "id" } else { "evidenceId" }] =
        json!(id);
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.done(OFFICE, mutation, input, "evidence { id }").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_before_it_is_told_is_told_as_gone() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let receiver = Receiver::start().await;
        let query = "query($id: ID!) { node(id: $id) { ... on Evidence { title summary } } }";
        let types = ["evidence.created", "evidence.updated", "evidence.removed"];
        let id = endpoint(&app, &receiver, json!({ "query": query, "eventTypes": types })).await;
        let (piece, police) = (piece(&app), gid("org", app.world.party("Northshire Police").id));
        // Theirs by an action, and hidden before anything is told.
        let action = gid("act", app.world.action("1.3").id);
        change(&app, "evidenceAttach", &piece, json!({ "actionIds": [action] })).await;
        let telling = Telling::begin(webhooks.clone());
        let got = receiver.until(|got| !got.is_empty()).await;
        assert_eq!(got[0].data()["object"]["node"]["title"], "OFFICIAL on 1.2, kept");
        until(&app, &id, "deliveries { nodes { status } }", |of| {
            of["deliveries"]["nodes"][0]["status"] == "DELIVERED"
        })
        .await;
        telling.end().await;

        change(&app, "evidenceUpdate", &piece, json!({ "summary": "Secret by now" })).await;
        change(&app, "evidenceMark", &piece, json!({ "marking": "OFFICIAL_SENSITIVE" })).await;
        let telling = Telling::begin(webhooks);
        let got = receiver.until(|got| got.len() >= 2).await;
        for each in &got[1..] {
            assert_eq!(each.of(), "evidence.removed");
            assert!(!each.text.contains("Secret") && each.data().get("object").is_none(), "{}", each.text);
            assert!(each.data().get("version").is_none() && each.data().get("operation").is_none());
            assert_eq!(each.data()["id"], json!(piece));
        }
        // Shared by name it is back, with all that it says.
        let before = receiver.got().len();
        change(&app, "evidenceShare", &piece, json!({ "organisationId": police })).await;
        let got = receiver.until(|got| got.len() > before).await;
        let last = got.last().unwrap();
        assert_eq!(
            (last.of(), &last.data()["object"]["node"]["summary"]),
            ("evidence.updated", &json!("Secret by now"))
        );
        telling.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_for_the_owner_is_never_told_of() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        let query = "query($id: ID!) { node(id: $id) { ... on Action { aim latestUpdate { narrative } } } }";
        endpoint(&app, &receiver, json!({ "query": query })).await;
        // A draft of the council's own, an update on an action of the council's alone, and then one of the police's.
        note(&app, "D1", "Not for the police").await;
        report(&app, "1.1", "Not for the police either").await;
        report(&app, "1.3", "For the police").await;
        let got = receiver.until(|got| got.iter().any(|each| each.of() == "progress_update.created")).await;
        let all: String = got.iter().map(|each| each.text.as_str()).collect();
        assert!(!all.contains("Not for the police"), "{all}");
        assert!(!all.contains(&gid("act", app.world.action("D1").id)));
        telling.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_whose_membership_ends_is_told_no_more() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        let id = endpoint(&app, &receiver, json!({})).await;
        let uuid = uuid::Uuid::try_parse(&id[4..]).unwrap();
        let document = "{ programme(slug: \"northshire\") { members(first: 100) { nodes { id subject role version organisation { name } } } } }";
        let data = app.data(OFFICE, document, json!({})).await;
        let members = data["programme"]["members"]["nodes"].as_array().unwrap();
        let own = members.iter().find(|of| of["subject"] == format!("webhook:{uuid}")).unwrap();
        assert_eq!((&own["role"], &own["organisation"]["name"]), (&json!("PARTNER"), &json!("Northshire Police")));
        let input = json!({ "id": own["id"], "expectedVersion": 1, "isChair": false });
        assert_eq!(app.refused(OFFICE, "memberUpdate", input).await.0, "ILLEGAL_TRANSITION");
        let remove = json!({ "id": own["id"], "expectedVersion": 1 });
        app.done(OFFICE, "memberRemove", remove, "programme { id }").await;
        note(&app, "1.3", "For nobody").await;
        let state = until(&app, &id, "status disabledReason version", |of| of["status"] == "DISABLED").await;
        assert_eq!(state["disabledReason"], "MEMBERSHIP_ENDED");
        assert!(receiver.is_left_alone().await && receiver.got().is_empty());
        let enable = json!({ "id": id, "expectedVersion": state["version"] });
        assert_eq!(app.refused(POLICE, "webhookEndpointEnable", enable).await.0, "ILLEGAL_TRANSITION");
        telling.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_chosen_is_told() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let receiver = Receiver::start().await;
        let id = endpoint(
            &app,
            &receiver,
            json!({ "eventTypes": ["evidence.updated", "progress_update.created"] }),
        )
        .await;
        let piece = piece(&app);
        let action = gid("act", app.world.action("1.3").id);
        change(&app, "evidenceAttach", &piece, json!({ "actionIds": [action] })).await;
        note(&app, "1.3", "Not chosen").await;
        // It is found to be due while it is in sight, and hidden before it could be told.
        receiver.answers(|_, before| Answer::Status(if before == 0 { 500 } else { 200 }));
        let telling = Telling::begin(webhooks);
        receiver.until(|got| got.len() == 1).await;
        change(&app, "evidenceMark", &piece, json!({ "marking": "OFFICIAL_SENSITIVE" })).await;
        let is_over = |of: &Value| of["deliveries"]["nodes"][0]["status"] != "PENDING";
        until(&app, &id, "deliveries { nodes { status } }", is_over).await;
        let all = deliveries(&app, &id).await;
        assert!(all.iter().all(|of| of["eventType"] == "evidence.updated"), "{all:?}");
        assert!(receiver.got().iter().all(|got| got.of() == "evidence.updated"));
        report(&app, "1.3", "Chosen").await;
        receiver.until(|got| got.iter().any(|each| each.of() == "progress_update.created")).await;
        telling.end().await;
    })
    .await;
}

/// What an organisation has to hear comes under a name of its own, with what it is about.
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_told_by_what_it_says() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        let query = "query($id: ID!) { node(id: $id) { ... on Notice { kind about { id } } } }";
        let types = ["evidence.shared", "challenge.put"];
        endpoint(&app, &receiver, json!({ "query": query, "eventTypes": types })).await;
        let (piece, police) = (piece(&app), gid("org", app.world.party("Northshire Police").id));
        change(&app, "evidenceShare", &piece, json!({ "organisationId": police })).await;
        let challenge = json!({
            "programmeId": gid("prg", app.world.programme("northshire").id), "text": "Who sees them on Sundays?",
            "answerBy": "2019-01-31", "putToId": police,
        });
        app.done(Persona::BoardMember, "challengePut", challenge, "challenge { id }").await;

        let got = receiver.until(|got| got.len() >= 2).await;

        let told: Vec<_> = got.iter().map(|each| (each.of(), &each.data()["object"]["node"]["kind"])).collect();
        assert!(told.contains(&("evidence.shared", &json!("EVIDENCE_SHARED"))), "{told:?}");
        assert!(told.contains(&("challenge.put", &json!("CHALLENGE_PUT"))), "{told:?}");
        assert!(got.iter().any(|each| each.data()["object"]["node"]["about"]["id"] == json!(piece)));
        assert!(got.iter().all(|each| each.data()["entityType"] == "Notice"));
        telling.end().await;
    })
    .await;
}
