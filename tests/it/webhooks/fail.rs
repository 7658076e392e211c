//! Endpoints that fail: tried again, given up, disabled where it is said; and told again from where they were.

use std::time::Duration;

use serde_json::json;

use super::receiver::{Answer, Receiver};
use super::{OFFICE, POLICE, Telling, deliveries, endpoint, endpoint_at, note, quick, until};
use crate::support::{TestApp, on_both};

/// What the programme office's feed says last of the endpoint: operation, actor, reason.
async fn last_of(app: &TestApp, id: &str) -> serde_json::Value {
    let document = "query($id: ID!) { node(id: $id) { ... on WebhookEndpoint {
        history(last: 1) { nodes { operation actor reason } } } } }";
    app.data(OFFICE, document, json!({ "id": id })).await["node"]["history"]["nodes"][0].clone()
}

const STATE: &str = "status disabledReason disabledAt version";

#[tokio::test(flavor = "multi_thread")]
async fn one_that_takes_nothing_is_disabled_with_notice_and_goes_on_where_it_was() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        let id = endpoint(&app, &receiver, json!({})).await;
        receiver.answers(|_, _| Answer::Status(500));
        note(&app, "1.3", "While it is down").await;

        let state = until(&app, &id, STATE, |state| state["status"] == "DISABLED").await;

        assert_eq!(state["disabledReason"], "FAILING");
        assert!(state["disabledAt"].is_string());
        let said = last_of(&app, &id).await;
        assert_eq!(
            (&said["operation"], &said["actor"]),
            (&json!("webhookEndpointStop"), &json!("system:webhooks"))
        );
        let got = receiver.got();
        assert_eq!(got.len(), 6, "once, and as often as there are retries");
        assert!(got.iter().all(|each| each.id == got[0].id && each.verified == 1));
        let missed = &deliveries(&app, &id).await[0];
        assert_eq!((&missed["status"], missed["attempts"].as_array().unwrap().len()), (&json!("PENDING"), 6));
        // What comes now waits in the ledger, whatever the receiver would say.
        receiver.answers(|_, _| Answer::Status(200));
        note(&app, "1.2", "While it is disabled").await;
        assert!(receiver.is_left_alone().await);
        let enable = json!({ "id": id, "expectedVersion": state["version"] });
        app.done(POLICE, "webhookEndpointEnable", enable, "webhookEndpoint { id }").await;
        let got = receiver.until(|got| got.len() == 8).await;
        let (missed, later): (Vec<_>, Vec<_>) = got[6..].iter().partition(|each| each.id == got[0].id);
        assert_eq!((missed.len(), later.len()), (1, 1), "what it was disabled for as well");
        assert_eq!(later[0].data()["entityType"], "Action");
        telling.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_refuses_a_single_event_for_ever_is_told_of_the_others() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        let id = endpoint(&app, &receiver, json!({})).await;
        let poison = crate::support::gid("act", app.world.action("1.3").id);
        receiver.answers(move |got, _| Answer::Status(if got.data()["id"] == *poison { 500 } else { 200 }));
        note(&app, "1.3", "Not to be taken").await;
        receiver.until(|got| got.len() >= 2).await;
        note(&app, "1.2", "To be taken").await;
        let fields = "status deliveries(filter: { status: { eq: FAILED } }) { totalCount }";
        let state = until(&app, &id, fields, |of| of["deliveries"]["totalCount"] == 1).await;
        assert_eq!(state["status"], "ENABLED");
        telling.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_gone_says_so_and_is_told_no_more() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        let id = endpoint(&app, &receiver, json!({})).await;
        receiver.answers(|_, _| Answer::Status(410));
        note(&app, "1.3", "For nobody").await;
        let state = until(&app, &id, STATE, |state| state["status"] == "DISABLED").await;
        assert_eq!(state["disabledReason"], "GONE");
        assert_eq!(deliveries(&app, &id).await[0]["status"], "PENDING");
        assert_eq!(receiver.got().len(), 1);
        assert!(receiver.is_left_alone().await);
        telling.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_busy_is_left_alone_for_as_long_as_it_says() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        endpoint(&app, &receiver, json!({})).await;
        receiver.answers(|_, before| match before {
            0 => Answer::With(429, "retry-after", "3".to_owned()),
            _ => Answer::Status(200),
        });
        note(&app, "1.3", "Too early").await;
        receiver.until(|got| got.len() == 1).await;
        note(&app, "1.2", "Later").await;
        assert!(receiver.is_left_alone().await, "neither that one nor another comes before it may");
        receiver.until(|got| got.len() >= 3).await;
        telling.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_address_is_tried_at_once() {
    on_both(async |app| {
        let mut settings = quick();
        settings.retries = vec![Duration::from_secs(60 * 60)];
        let (app, webhooks) = app.telling(settings).await;
        let telling = Telling::begin(webhooks);
        let (wrong, right) = (Receiver::start().await, Receiver::start().await);
        wrong.answers(|_, _| Answer::Status(404));
        let id = endpoint(&app, &wrong, json!({})).await;
        note(&app, "1.3", "To the wrong address").await;
        let answered = "deliveries { nodes { attempts { responseStatus } } }";
        until(&app, &id, answered, |of| of["deliveries"]["nodes"][0]["attempts"][0]["responseStatus"] == 404)
            .await;

        let correct = json!({ "id": id, "expectedVersion": 1, "url": right.url() });
        app.done(POLICE, "webhookEndpointUpdate", correct, "webhookEndpoint { id }").await;

        let got = right.until(|got| got.len() == 1).await;
        assert_eq!(got[0].id, wrong.got()[0].id);
        telling.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_say_how_they_went() {
    on_both(async |app| {
        let mut settings = quick();
        settings.retries = vec![Duration::from_millis(50)];
        let (app, webhooks) = app.telling(settings).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        receiver.answers(|_, before| match before {
            0 => Answer::Hang,
            _ => Answer::With(301, "location", receiver_elsewhere()),
        });
        let id = endpoint(&app, &receiver, json!({})).await;
        note(&app, "1.3", "Slow, and then elsewhere").await;
        until(&app, &id, STATE, |state| state["status"] == "DISABLED").await;
        let attempts = deliveries(&app, &id).await[0]["attempts"].clone();
        assert_eq!(
            (&attempts[0]["error"], &attempts[0]["responseStatus"]),
            (&json!("TIMED_OUT"), &json!(null))
        );
        assert!(attempts[0]["durationMs"].as_i64().unwrap() >= 1000);
        assert_eq!((&attempts[1]["error"], &attempts[1]["responseStatus"]), (&json!(null), &json!(301)));

        // Nobody listens there.
        let input = endpoint_at(&app, "http://127.0.0.1:9/hooks");
        let made = app.done(POLICE, "webhookEndpointCreate", input, "webhookEndpoint { id }").await;
        let id = made["webhookEndpoint"]["id"].as_str().unwrap().to_owned();
        app.done(POLICE, "webhookEndpointPing", json!({ "endpointId": id }), "webhookDelivery { id }").await;
        until(&app, &id, STATE, |state| state["status"] == "DISABLED").await;
        assert_eq!(deliveries(&app, &id).await[0]["attempts"][0]["error"], "NO_CONNECTION");
        telling.end().await;
    })
    .await;
}

fn receiver_elsewhere() -> String {
    "http://127.0.0.1:9/".to_owned()
}
