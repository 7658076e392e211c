//! What is delivered: every change once, signed, under one id over all attempts, in order for each thing.

use std::collections::{BTreeMap, BTreeSet};

use api::store::webhooks::{Came, look_through};
use serde_json::json;

use super::receiver::{Answer, Got, Receiver};
use super::{POLICE, Telling, deliveries, endpoint, endpoint_at, note, quick, report, until};
use crate::support::{TestApp, gid, on_both};

/// The ids with what they say, where each is to say one thing.
fn by_id(got: &[Got]) -> BTreeMap<&str, i64> {
    let mut all = BTreeMap::new();
    for each in got {
        let sequence = each.data()["sequence"].as_i64().unwrap();
        assert_eq!(*all.entry(each.id.as_str()).or_insert(sequence), sequence, "one id for two entries");
    }
    let sequences: BTreeSet<i64> = all.values().copied().collect();
    assert_eq!(sequences.len(), all.len(), "two ids for one entry");
    all
}

/// The places in the ledger that the police's feed has from one on.
async fn feed(app: &TestApp, from: i64) -> Vec<i64> {
    let document = "{ programme(slug: \"northshire\") { changes(last: 100) { nodes { sequence } } } }";
    let data = app.data(super::POLICE, document, json!({})).await;
    let nodes = data["programme"]["changes"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["sequence"].as_i64().unwrap()).filter(|sequence| *sequence >= from).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_told_signed_and_says_what_the_feed_says() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        let id = endpoint(&app, &receiver, json!({})).await;
        note(&app, "1.3", "Said to the police").await;

        let got = receiver.until(|got| !got.is_empty()).await;

        let [got] = got.as_slice() else { panic!("{got:?}") };
        assert_eq!((got.of(), got.verified), ("action.updated", 1));
        assert!(got.id.starts_with("msg_"));
        assert_eq!(got.headers["content-type"], "application/json");
        let (data, action) = (got.data(), app.world.action("1.3"));
        assert_eq!(data["id"], gid("act", action.id));
        assert_eq!((&data["entityType"], &data["operation"]), (&json!("Action"), &json!("actionUpdate")));
        assert_eq!(data["version"], 2);
        let programme = gid("prg", app.world.programme("northshire").id);
        assert_eq!(data["programme"], json!({ "id": programme, "slug": "northshire" }));
        assert!(!got.text.contains("Said to the police"), "a thin event brings no content");
        let all = until(&app, &id, "deliveries { nodes { status } }", |of| {
            of["deliveries"]["nodes"][0]["status"] == "DELIVERED"
        });
        all.await;
        let delivery = &deliveries(&app, &id).await[0];
        assert_eq!(
            (&delivery["webhookId"], &delivery["eventType"]),
            (&json!(got.id), &json!("action.updated"))
        );
        assert_eq!((&delivery["sequence"], &delivery["entityId"]), (&data["sequence"], &data["id"]));
        assert_eq!(delivery["attempts"].as_array().unwrap().len(), 1);
        assert_eq!(delivery["attempts"][0]["responseStatus"], 204);
        assert!(delivery["nextAttemptAt"].is_null() && delivery["deliveredAt"].is_string());
        telling.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_receiver_does_every_change_arrives_under_one_id_and_in_order_for_each_thing() {
    on_both(async |app| {
        let mut settings = quick();
        settings.retries = vec![std::time::Duration::from_millis(100); 40];
        let (app, webhooks) = app.telling(settings).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        endpoint(&app, &receiver, json!({})).await;
        // Each id fails at first, in a way of its own; every fifth takes long.
        receiver.answers(|got, before| match (got.data()["sequence"].as_i64().unwrap() % 5, before) {
            (0, 0) => Answer::Hang,
            (1, 0..=1) => Answer::Status(500),
            (2, 0) => Answer::With(302, "location", "http://127.0.0.1:9/".to_owned()),
            (3, 0) => Answer::Status(404),
            _ => Answer::Status(200),
        });
        let references = ["1.3", "1.2", "1.9"];
        for round in 0..4 {
            for reference in references {
                note(&app, reference, &format!("Round {round}")).await;
            }
            report(&app, "1.3", &format!("Report {round}")).await;
        }
        let first = feed(&app, 0).await;
        let expected = 4 * references.len();
        let taken = |got: &[Got]| {
            let mut count = BTreeMap::new();
            for each in got {
                *count.entry(each.id.clone()).or_insert(0) += 1;
            }
            count.len()
        };
        assert!(!first.is_empty());
        let got = receiver.until(|got| taken(got) >= expected + 4).await;
        let all = by_id(&got);
        assert!(got.iter().all(|each| each.verified == 1));
        // The first time of each entry, in order of arrival, by its thing.
        let mut last: BTreeMap<String, i64> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for each in &got {
            let (thing, sequence) =
                (each.data()["id"].to_string(), each.data()["sequence"].as_i64().unwrap());
            if seen.insert(each.id.clone()) {
                let before = last.insert(thing, sequence).unwrap_or_default();
                assert!(before < sequence, "{sequence} came after {before}");
            } else {
                assert_eq!(last[&thing], sequence, "a later one came before this was taken");
            }
        }
        let told = feed(&app, *all.values().min().unwrap()).await;
        assert_eq!(all.values().copied().collect::<BTreeSet<_>>(), told.into_iter().collect());
        telling.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_endpoint_holds_up_nobody_else() {
    on_both(async |app| {
        let mut settings = quick();
        (settings.running, settings.running_each) = (6, 3);
        settings.timeout = std::time::Duration::from_secs(20);
        let (app, webhooks) = app.telling(settings).await;
        let telling = Telling::begin(webhooks);
        let (slow, quick) = (Receiver::start().await, Receiver::start().await);
        slow.answers(|_, _| Answer::Hang);
        endpoint(&app, &slow, json!({})).await;
        endpoint(&app, &quick, json!({})).await;
        for round in 0..8 {
            for reference in ["1.3", "1.2"] {
                note(&app, reference, &format!("Round {round}")).await;
            }
        }
        let got = quick.until(|got| got.len() == 16).await;
        assert_eq!(by_id(&got).len(), 16);
        assert!(slow.got().len() <= 3, "{}", slow.got().len());
        drop(slow);
        telling.end().await;
    })
    .await;
}

#[tokio::test]
async fn each_endpoint_has_its_turn_however_fast_the_ledger_grows() {
    on_both(async |app| {
        for _ in 0..2 {
            let input = endpoint_at(app, "https://police.example/hooks");
            app.done(POLICE, "webhookEndpointCreate", input, "webhookEndpoint { id }").await;
        }
        let mut served = Vec::new();
        loop {
            // Somebody writes all the time.
            note(app, "1.3", &format!("After {}", served.len())).await;
            let looked = look_through(app.db(), api::config::now(), app.today, &served).await.unwrap();
            let Some(looked) = looked else { break };
            assert!(matches!(looked.came, Came::Made { count: 1.., is_behind: false }), "{looked:?}");
            served.push(looked.endpoint);
        }
        served.dedup();
        assert_eq!(served.len(), 2);
    })
    .await;
}
