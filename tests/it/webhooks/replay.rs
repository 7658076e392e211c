//! Tests, replays and rotation.

use serde_json::json;

use super::receiver::Receiver;
use super::{OFFICE, POLICE, Telling, deliveries, endpoint, note, quick, until};
use crate::support::{Persona, on_both};

#[tokio::test(flavor = "multi_thread")]
async fn a_test_arrives_whatever_types_were_chosen() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        let id = endpoint(&app, &receiver, json!({ "eventTypes": ["audit.removed"] })).await;
        let ping = json!({ "endpointId": id });
        let shows = "webhookDelivery { webhookId eventType status sequence entityId entityType }";
        let payload = app.done(POLICE, "webhookEndpointPing", ping, shows).await;
        let made = &payload["webhookDelivery"];
        let got = receiver.until(|got| got.len() == 1).await;
        assert_eq!((got[0].of(), got[0].verified), ("webhook.ping", 1));
        assert_eq!(
            *made,
            json!({
                "webhookId": got[0].id, "eventType": "webhook.ping", "status": "PENDING", "sequence": null,
                "entityId": null, "entityType": null,
            })
        );
        assert_eq!(got[0].data(), &json!({ "endpointId": id }));
        telling.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_is_sent_again_with_the_same_id() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        let id = endpoint(&app, &receiver, json!({})).await;
        for round in 0..3 {
            note(&app, "1.3", &format!("Round {round}")).await;
        }
        let got = receiver.until(|got| got.len() == 3).await;
        let all_taken = "deliveries(filter: { status: { eq: DELIVERED } }) { totalCount }";
        until(&app, &id, all_taken, |of| of["deliveries"]["totalCount"] == 3).await;
        let all = deliveries(&app, &id).await;

        let one = json!({ "id": all[1]["id"] });
        let payload =
            app.done(POLICE, "webhookDeliveryReplay", one.clone(), "webhookDelivery { status }").await;
        assert_eq!(payload["webhookDelivery"]["status"], "PENDING");
        let again = receiver.until(|got| got.len() == 4).await;
        assert_eq!((&again[3].id, again[3].verified), (&got[1].id, 1));
        // It says what there is to tell now.
        assert_eq!(again[3].data()["sequence"], got[1].data()["sequence"]);
        assert_eq!(app.refused(Persona::Health, "webhookDeliveryReplay", one).await.0, "NOT_FOUND");

        until(&app, &id, all_taken, |of| of["deliveries"]["totalCount"] == 3).await;
        let range = json!({
            "endpointId": id, "fromSequence": all[0]["sequence"], "toSequence": all[2]["sequence"],
        });
        app.done(OFFICE, "webhookDeliveriesReplay", range.clone(), "webhookEndpoint { id }").await;
        let again = receiver.until(|got| got.len() == 7).await;
        let ids =
            |from: usize, to: usize| again[from..to].iter().map(|each| each.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(4, 7), ids(0, 3), "in order, for it is one thing");
        until(&app, &id, all_taken, |of| of["deliveries"]["totalCount"] == 3).await;
        let mut none = range.clone();
        none["status"] = json!("FAILED");
        assert_eq!(app.refused(OFFICE, "webhookDeliveriesReplay", none).await.1, "fromSequence");
        for (from, to) in [(9, 8), (1, 1001)] {
            let wrong = json!({ "endpointId": id, "fromSequence": from, "toSequence": to });
            assert_eq!(app.refused(OFFICE, "webhookDeliveriesReplay", wrong).await.1, "toSequence");
        }
        telling.end().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_one_secret_replaces_another_both_sign() {
    on_both(async |app| {
        let (app, webhooks) = app.telling(quick()).await;
        let telling = Telling::begin(webhooks);
        let receiver = Receiver::start().await;
        let id = endpoint(&app, &receiver, json!({})).await;
        let rotate = json!({ "endpointId": id, "expectedVersion": 1, "idempotencyKey": "rotate" });
        let shows = "webhookEndpoint { version secrets { id hint createdAt expiresAt } } secret";
        let payload = app.done(POLICE, "webhookSecretRotate", rotate.clone(), shows).await;
        let secret = payload["secret"].as_str().unwrap();
        let secrets = payload["webhookEndpoint"]["secrets"].as_array().unwrap();
        assert_eq!(secrets.len(), 2);
        assert!(secret.trim_end_matches('=').ends_with(secrets[0]["hint"].as_str().unwrap()));
        assert!(secrets[0]["expiresAt"].is_null() && secrets[1]["expiresAt"].is_string());
        // Whoever repeats the request gets its answer, but for the secret.
        let again = app.done(POLICE, "webhookSecretRotate", rotate, shows).await;
        assert_eq!(
            (&again["secret"], &again["webhookEndpoint"]),
            (&json!(null), &payload["webhookEndpoint"])
        );

        receiver.verifies_with(secret);
        note(&app, "1.3", "Signed twice").await;
        let got = receiver.until(|got| got.len() == 1).await;
        assert_eq!(got[0].verified, 2);
        assert_eq!(got[0].headers["webhook-signature"].to_str().unwrap().split(' ').count(), 2);

        // Where one has become known to others, it signs no more at once.
        let now = json!({ "endpointId": id, "expectedVersion": 2, "overlapHours": 0 });
        let payload = app.done(POLICE, "webhookSecretRotate", now, shows).await;
        receiver.verifies_with(payload["secret"].as_str().unwrap());
        note(&app, "1.3", "Signed once").await;
        let got = receiver.until(|got| got.len() == 2).await;
        assert_eq!(got[1].verified, 1);
        assert_eq!(payload["webhookEndpoint"]["secrets"].as_array().unwrap().len(), 1);
        let wrong = json!({ "endpointId": id, "expectedVersion": 3, "overlapHours": 169 });
        assert_eq!(app.refused(POLICE, "webhookSecretRotate", wrong).await.1, "overlapHours");
        telling.end().await;
    })
    .await;
}
