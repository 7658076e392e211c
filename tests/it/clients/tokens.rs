//! From registration to revocation, by a secret.

use chrono::Utc;
use serde_json::{Value, json};

use super::*;
use crate::support::on_both;

#[tokio::test]
async fn a_client_gets_a_token_reads_reports_and_is_shut_out_at_once() {
    on_both(async |app| {
        let client = registered(app, json!({})).await;
        let answer =
            ask_token(app, Some(&client.basic(&client.secret)), "grant_type=client_credentials").await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
        let body: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(
            (&body["token_type"], &body["expires_in"], &body["scope"]),
            (&json!("Bearer"), &json!(900), &json!("read updates"))
        );
        let token = body["access_token"].as_str().unwrap();

        // It is a member as people are, and sees what its organisation sees.
        assert_eq!(programmes(app, token).await, json!(["northshire"]));
        let asked = r#"{ programme(slug: "northshire") { actions(first: 100) { nodes { id } } } }"#;
        let own = app.data(Persona::Police, asked, json!({})).await;
        assert_eq!(with(app, token, asked, json!({})).await.data(), &own);
        assert_eq!(report(app, token).await, None);
        let changes =
            r#"{ programme(slug: "northshire") { changes(last: 1) { nodes { actor operation } } } }"#;
        let last = app.data(OFFICE, changes, json!({})).await;
        let entry = json!({ "actor": client.subject(), "operation": "progressUpdateAdd" });
        assert_eq!(last["programme"]["changes"]["nodes"][0], entry);

        let seen = shown(app, &client).await;
        let today = json!(Utc::now().date_naive().to_string());
        assert_eq!((&seen["lastUsedOn"], &seen["secrets"][0]["lastUsedOn"]), (&today, &today));
        assert!(client.secret.ends_with(seen["secrets"][0]["hint"].as_str().unwrap()));

        let input = change(&client, 1, json!({ "reason": "The contract ended" }));
        let gone =
            app.done(OFFICE, "machineClientRevoke", input, "machineClient { revokedAt viewerCan }").await;
        assert!(gone["machineClient"]["revokedAt"].is_string());
        assert_eq!(gone["machineClient"]["viewerCan"], json!([]));
        assert_eq!(programmes(app, token).await, json!([]));
        assert_eq!(report(app, token).await.as_deref(), Some("NOT_FOUND"));
        let again =
            ask_token(app, Some(&client.basic(&client.secret)), "grant_type=client_credentials").await;
        assert_eq!(refusal(&again), (401, "invalid_client".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn what_a_client_had_told_ends_with_it() {
    on_both(async |app| {
        let client = registered(app, json!({ "scopes": ["WEBHOOKS"] })).await;
        let token = token(app, &client, "").await;
        let input = json!({
            "programmeId": gid("prg", app.world.programme("northshire").id),
            "organisationId": organisation(app, "Northshire Police"), "url": "https://police.example/hooks",
        });
        let document =
            "mutation($input: WebhookEndpointCreateInput!) { payload: webhookEndpointCreate(input: $input) {
            webhookEndpoint { id } userErrors { code field } } }";
        let made = with(app, &token, document, json!({ "input": input })).await;
        let its = made.data()["payload"]["webhookEndpoint"]["id"].clone();
        assert!(its.is_string(), "{}", made.text);
        let made = app.done(Persona::Police, "webhookEndpointCreate", input, "webhookEndpoint { id }").await;
        let of_people = made["webhookEndpoint"]["id"].clone();

        let revoke = change(&client, 1, json!({ "reason": "Its key was lost" }));
        app.done(OFFICE, "machineClientRevoke", revoke, "machineClient { id }").await;

        let document =
            "query($id: ID!) { node(id: $id) { ... on WebhookEndpoint { status disabledReason } } }";
        let stopped = json!({ "status": "DISABLED", "disabledReason": "MAKER_REVOKED" });
        assert_eq!(app.data(OFFICE, document, json!({ "id": its })).await["node"], stopped);
        let goes_on = json!({ "status": "ENABLED", "disabledReason": null });
        assert_eq!(app.data(OFFICE, document, json!({ "id": of_people })).await["node"], goes_on);
    })
    .await;
}

#[tokio::test]
async fn scopes_narrow_what_a_partner_may_and_hold_for_tokens_that_are_out() {
    on_both(async |app| {
        let client = registered(app, json!({ "scopes": ["UPDATES", "EVIDENCE"] })).await;
        let (whole, narrow) = (token(app, &client, "").await, token(app, &client, "&scope=evidence").await);
        let partner = app
            .data(
                Persona::Police,
                "query($id: ID!) { node(id: $id) { ...on Action { viewerCan } } }",
                json!({ "id": gid("act", app.world.action("1.2").id) }),
            )
            .await;
        // Links it was never let propose.
        let mut all = partner["node"]["viewerCan"].as_array().unwrap().clone();
        all.retain(|permission| permission != "PROPOSE_LINK");
        assert_eq!(can(app, &whole).await, json!(all));
        assert_eq!(can(app, &narrow).await, json!(["ADD_EVIDENCE"]));
        assert_eq!(report(app, &narrow).await.as_deref(), Some("FORBIDDEN"));
        assert_eq!(report(app, &whole).await, None);

        let beyond = "grant_type=client_credentials&scope=links";
        let beyond = ask_token(app, Some(&client.basic(&client.secret)), beyond).await;
        assert_eq!(refusal(&beyond), (400, "invalid_scope".to_owned()));

        let input = change(&client, 1, json!({ "scopes": ["EVIDENCE"] }));
        let shows = "machineClient { scopes version }";
        let narrowed = app.done(OFFICE, "machineClientUpdate", input, shows).await;
        assert_eq!(narrowed["machineClient"], json!({ "scopes": ["READ", "EVIDENCE"], "version": 2 }));
        assert_eq!(can(app, &whole).await, json!(["ADD_EVIDENCE"]));
        assert_eq!(report(app, &whole).await.as_deref(), Some("FORBIDDEN"));
    })
    .await;
}

#[tokio::test]
async fn a_machine_does_nothing_that_a_person_answers_for() {
    on_both(async |app| {
        let every = json!({ "scopes": ["UPDATES", "EVIDENCE", "LINKS", "CHALLENGES", "WEBHOOKS"] });
        let client = registered(app, every).await;
        let token = token(app, &client, "").await;
        let document = "query($id: ID!) { node(id: $id) { ...on MachineClient { viewerCan } } }";
        let own = with(app, &token, document, json!({ "id": client.id })).await;
        assert_eq!(own.data()["node"]["viewerCan"], json!([]));
        let add = "mutation($input: MachineClientSecretAddInput!) { payload: machineClientSecretAdd(input: $input) {
            secret userErrors { code } } }";
        let refused = with(app, &token, add, json!({ "input": { "machineClientId": client.id } })).await;
        let payload = json!({ "secret": null, "userErrors": [{ "code": "FORBIDDEN" }] });
        assert_eq!(refused.data()["payload"], payload);
    })
    .await;
}

#[tokio::test]
async fn two_secrets_are_good_at_once_and_a_retired_one_is_not() {
    on_both(async |app| {
        let client = registered(app, json!({})).await;
        let add = json!({ "machineClientId": client.id, "expiresInDays": 90 });
        let shows = "machineClient { secrets { hint expiresAt } } secret";
        let made = app.done(Persona::Police, "machineClientSecretAdd", add.clone(), shows).await;
        let second = made["secret"].as_str().unwrap().to_owned();
        assert!(made["machineClient"]["secrets"][1]["expiresAt"].is_string());
        let third = app.refused(OFFICE, "machineClientSecretAdd", add).await;
        assert_eq!(third, ("VALIDATION_FAILED".to_owned(), "machineClientId".to_owned()));

        let ask = async |secret: &str| {
            ask_token(app, Some(&client.basic(secret)), "grant_type=client_credentials").await.status
        };
        assert_eq!((ask(&client.secret).await, ask(&second).await), (200, 200));
        let first = shown(app, &client).await["secrets"][0].clone();
        assert!(client.secret.ends_with(first["hint"].as_str().unwrap()));
        let retire = json!({ "id": first["id"], "expectedVersion": first["version"] });
        app.done(Persona::Police, "machineClientSecretRetire", retire, "machineClient { id }").await;
        assert_eq!((ask(&client.secret).await, ask(&second).await), (401, 200));
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_told_once_and_stands_nowhere() {
    on_both(async |app| {
        let input = registration(app, json!({ "idempotencyKey": "register-1", "jwks": PUBLIC_KEYS }));
        let shows = "machineClient { id } secret";
        let first = app.done(OFFICE, "machineClientRegister", input.clone(), shows).await;
        let again = app.done(OFFICE, "machineClientRegister", input, shows).await;
        assert_eq!(first["machineClient"], again["machineClient"]);
        assert_eq!(again["secret"], Value::Null);

        let secret = first["secret"].as_str().unwrap();
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let found = crate::support::rows::Rows::of(app.db()).await.now().await;
        assert!(!found.iter().any(|row| row.contains(secret)), "the secret stands in the database");
        let ledger = found.iter().filter(|row| row.contains("machineClientRegister")).collect::<Vec<_>>();
        assert!(!ledger.is_empty());
        assert!(ledger.iter().all(|row| !row.contains("argon2")), "{ledger:?}");
        // Public keys hide nothing: whoever swaps one leaves a trace.
        assert!(ledger.iter().any(|row| row.contains(x)), "{ledger:?}");
    })
    .await;
}

#[tokio::test]
async fn whatever_is_wrong_with_a_request_is_told_as_the_standard_says() {
    on_both(async |app| {
        let client = registered(app, json!({})).await;
        let good = client.basic(&client.secret);
        let form = "grant_type=client_credentials";
        let unknown =
            Client { client_id: uuid::Uuid::now_v7().to_string(), id: String::new(), secret: String::new() };
        for (authorization, form, expected) in [
            (Some(good.as_str()), "", (400, "invalid_request")),
            (Some(good.as_str()), "grant_type=password", (400, "unsupported_grant_type")),
            (Some(good.as_str()), "grant_type=client_credentials&scope=admin", (400, "invalid_scope")),
            (None, form, (401, "invalid_client")),
            (Some(client.basic("gts_wrong").as_str()), form, (401, "invalid_client")),
            (Some(client.basic("").as_str()), form, (401, "invalid_client")),
            (Some(unknown.basic(&client.secret).as_str()), form, (401, "invalid_client")),
            (Some("Bearer abc"), form, (401, "invalid_client")),
        ] {
            let answer = ask_token(app, authorization, form).await;
            assert_eq!(refusal(&answer), (expected.0, expected.1.to_owned()), "{form}");
            assert_eq!(answer.header("cache-control"), "no-store");
            let challenge = answer.header("www-authenticate");
            assert_eq!(challenge.starts_with("Basic realm="), expected.0 == 401, "{challenge}");
        }
        // What an answer says of a client that is unknown, and of a wrong secret, is the same.
        let answers = [
            ask_token(app, Some(&client.basic("gts_wrong")), form).await.text,
            ask_token(app, Some(&unknown.basic("gts_wrong")), form).await.text,
        ];
        assert_eq!(answers[0], answers[1]);
        let get = app.raw(Persona::Anonymous, http::Request::get("/oauth/token"), String::new()).await;
        assert_eq!((get.status, get.header("allow")), (405, "POST"));
        let json = http::Request::post("/oauth/token").header("content-type", "application/json");
        assert_eq!(app.raw(Persona::Anonymous, json, "{}".to_owned()).await.status, 400);
        let large = format!("{form}&more={}", "x".repeat(20_000));
        assert_eq!(ask_token(app, Some(&good), &large).await.status, 413);
    })
    .await;
}

/// A guess that costs nothing to refuse: an assertion that nobody signed.
fn guess(client: &Client) -> String {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let claims = URL_SAFE_NO_PAD.encode(json!({ "sub": client.client_id }).to_string());
    format!(
        "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
         &client_assertion=e30.{claims}.AAAA"
    )
}

#[tokio::test]
async fn guesses_are_counted_by_address_and_by_client() {
    on_both(async |app| {
        use api::http::{Rates, Settings};
        let client = registered(app, json!({})).await;
        let other = registered(app, json!({ "name": "Another" })).await;
        let limited = async |rates| {
            let settings = Settings { rates, ..Settings::default() };
            app.limited(crate::support::app::generous(), settings).await
        };
        let by_address = limited(Rates { anonymous: 1, ..Rates::ENDLESS }).await;
        assert_eq!(ask_token(&by_address, None, &guess(&client)).await.status, 401);
        let second = ask_token(&by_address, None, &guess(&other)).await;
        assert_eq!((second.status, second.header("retry-after").is_empty()), (429, false));

        let by_client = limited(Rates { requests: 1, ..Rates::ENDLESS }).await;
        assert_eq!(ask_token(&by_client, None, &guess(&client)).await.status, 401);
        assert_eq!(ask_token(&by_client, None, &guess(&client)).await.status, 429);
        assert_eq!(ask_token(&by_client, None, &guess(&other)).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a_stranger_elsewhere_keeps_no_client_from_its_tokens() {
    on_both(async |app| {
        use api::http::{Rates, Settings};
        let client = registered(app, json!({})).await;
        let rates = Rates { requests: 1, ..Rates::ENDLESS };
        // Whoever sends to the router itself comes from no address: here that is a proxy.
        let proxies = vec!["0.0.0.0/32".parse().unwrap()];
        let settings = Settings { rates, proxies, ..Settings::default() };
        let app = app.limited(crate::support::app::generous(), settings).await;
        let from = async |address: &str, authorization: &str| {
            let request = http::Request::post("/oauth/token")
                .header("content-type", "application/x-www-form-urlencoded")
                .header("authorization", authorization)
                .header("x-forwarded-for", address);
            app.raw(Persona::Anonymous, request, "grant_type=client_credentials".to_owned()).await.status
        };
        let wrong = client.basic("gts_wrong");
        assert_eq!(from("203.0.113.9", &wrong).await, 401);
        assert_eq!(from("203.0.113.9", &wrong).await, 429);
        assert_eq!(from("198.51.100.1", &client.basic(&client.secret)).await, 200);
    })
    .await;
}
