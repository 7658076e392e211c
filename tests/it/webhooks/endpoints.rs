//! Endpoints as a record: who makes them, what is refused, and what nobody is ever shown.

use serde_json::{Value, json};

use super::{OFFICE, POLICE, endpoint_at};
use crate::support::rows::Rows;
use crate::support::{Persona, TestApp, gid, on_both};

const URL: &str = "https://police.example/hooks";

async fn create(app: &TestApp, who: Persona, more: Value) -> Value {
    let mut input = endpoint_at(app, URL);
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let shows = "webhookEndpoint { id url status eventTypes query version organisation { name } secrets { hint } } secret";
    app.done(who, "webhookEndpointCreate", input, shows).await
}

#[tokio::test]
async fn the_programme_office_makes_any_organisations_and_a_partner_its_own() {
    on_both(async |app| {
        let made = create(
            app,
            OFFICE,
            json!({ "eventTypes": ["evidence.updated", "action.updated", "action.updated"] }),
        )
        .await;
        let endpoint = &made["webhookEndpoint"];
        assert_eq!((&endpoint["status"], &endpoint["url"]), (&json!("ENABLED"), &json!(URL)));
        assert_eq!(endpoint["eventTypes"], json!(["action.updated", "evidence.updated"]));
        assert_eq!(endpoint["organisation"]["name"], "Northshire Police");
        create(app, POLICE, json!({})).await;
        let health = json!({ "organisationId": gid("org", app.world.party("Northshire Health Trust").id) });
        let mut foreign = endpoint_at(app, URL);
        foreign.as_object_mut().unwrap().extend(health.as_object().unwrap().clone());
        assert_eq!(
            app.refused(POLICE, "webhookEndpointCreate", foreign.clone()).await,
            ("FORBIDDEN".to_owned(), "organisationId".to_owned())
        );
        app.done(OFFICE, "webhookEndpointCreate", foreign, "webhookEndpoint { id }").await;
        for who in [Persona::Chair, Persona::Lead, Persona::Scrutiny, Persona::Admin] {
            let refused = app.refused(who, "webhookEndpointCreate", endpoint_at(app, URL)).await;
            assert_eq!(refused.0, "FORBIDDEN", "{who:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_organisation_sees_its_own_and_the_programme_office_all() {
    on_both(async |app| {
        let made = create(app, OFFICE, json!({})).await;
        let id = made["webhookEndpoint"]["id"].clone();
        let document = "query($id: ID!) { node(id: $id) { id ... on WebhookEndpoint { secrets { id } deliveries { totalCount } } } }";
        for (who, sees) in [
            (OFFICE, true),
            (POLICE, true),
            (Persona::Admin, true),
            (Persona::Health, false),
            (Persona::Chair, false),
            (Persona::Lead, false),
            (Persona::Scrutiny, false),
            (Persona::SouthmereOffice, false),
            (Persona::Anonymous, false),
        ] {
            let answer = app.query(who, document, json!({ "id": id })).await;
            assert_eq!(answer.data()["node"].is_object(), sees, "{who:?} {}", answer.text);
        }
        // A secret's record and a delivery are no less hidden.
        let secrets = app.data(POLICE, document, json!({ "id": id })).await["node"]["secrets"].clone();
        let secret = &secrets[0]["id"];
        let by_id = "query($id: ID!) { node(id: $id) { id } }";
        assert!(app.query(Persona::Health, by_id, json!({ "id": secret })).await.data()["node"].is_null());
        assert!(app.query(POLICE, by_id, json!({ "id": secret })).await.data()["node"].is_object());
    })
    .await;
}

#[tokio::test]
async fn what_an_endpoint_cannot_be_is_said_all_at_once() {
    on_both(async |app| {
        let mut input = endpoint_at(app, "http://127.0.0.1/hooks");
        input["description"] = json!("x".repeat(501));
        input["eventTypes"] = json!(["action.updated", "action.eaten", "webhook.ping", "membership.created"]);
        input["query"] = json!("mutation { actionStart(input: {}) { action { id } } }");
        let payload =
            app.mutate(POLICE, "webhookEndpointCreate", input, "webhookEndpoint { id } secret").await;
        let errors = payload["userErrors"].as_array().unwrap();
        let fields: Vec<String> = errors
            .iter()
            .map(|of| {
                of["field"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|part| part.as_str().unwrap())
                    .collect::<Vec<_>>()
                    .join(".")
            })
            .collect();
        assert_eq!(fields, ["url", "description", "query", "eventTypes.1", "eventTypes.2", "eventTypes.3"]);
        assert!(errors.iter().all(|of| of["code"] == "VALIDATION_FAILED"));
        assert!(payload["webhookEndpoint"].is_null() && payload["secret"].is_null());
        for wrong in [
            "https://10.0.0.7/",
            "https://[::1]/",
            "https://a:b@police.example/",
            "https://localhost/",
            "police.example",
        ] {
            assert_eq!(
                app.refused(POLICE, "webhookEndpointCreate", endpoint_at(app, wrong)).await.1,
                "url",
                "{wrong}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_query_is_looked_at_before_it_is_stored() {
    on_both(async |app| {
        for good in [
            "query($id: ID!) { node(id: $id) { id ... on Action { aim status steps { text } } } }",
            "query Q($id: ID!) { node(id: $id) { ...F } } fragment F on Evidence { title }",
            "query($id: ID!) { programme(slug: \"northshire\") { actions(filter: { id: { eq: $id } }) { nodes { aim } } } }",
        ] {
            create(app, POLICE, json!({ "query": good })).await;
        }
        for (wrong, says) in [
            ("query($id: ID!) { node(id: $id) { aim } }", "no query of this API"),
            ("{ viewer { subject } }", "one variable"),
            ("query($id: ID) { programme(slug: \"a\") { id } nodes(ids: [$id]) { id } }", "one variable"),
            ("query($id: ID!, $more: Int) { node(id: $id) { id } programmes(first: $more) { nodes { id } } }", "one variable"),
            ("query($other: ID!) { node(id: $other) { id } }", "one variable"),
            ("query A($id: ID!) { node(id: $id) { id } } query B($id: ID!) { node(id: $id) { id } }", "one operation"),
            ("subscription($id: ID!) { changes(programmeId: $id) { cursor } }", "it reads"),
            ("query($id: ID!) { node(id: $id) { id } __schema { types { name } } }", "not about the schema"),
            ("no query", "no query of this API"),
        ] {
            let mut input = endpoint_at(app, URL);
            input["query"] = json!(wrong);
            let payload = app.mutate(POLICE, "webhookEndpointCreate", input, "").await;
            let error = &payload["userErrors"][0];
            assert_eq!((&error["code"], &error["field"]), (&json!("VALIDATION_FAILED"), &json!(["query"])), "{wrong}");
            let said = error["message"].as_str().unwrap();
            assert!(said.contains(says) || says == "it reads" && said.contains("reads"), "{wrong}: {said}");
        }
        let deep = (0..20).fold("id".to_owned(), |inner, _| format!("plan {{ actions {{ nodes {{ {inner} }} }} }}"));
        let mut input = endpoint_at(app, URL);
        input["query"] = json!(format!("query($id: ID!) {{ node(id: $id) {{ ... on Action {{ {deep} }} }} }}"));
        assert_eq!(app.refused(POLICE, "webhookEndpointCreate", input).await.1, "query");
    })
    .await;
}

#[tokio::test]
async fn there_are_only_so_many() {
    on_both(async |app| {
        // One stands in the world.
        for _ in 0..9 {
            create(app, POLICE, json!({})).await;
        }
        let refused = app.refused(OFFICE, "webhookEndpointCreate", endpoint_at(app, URL)).await;
        assert_eq!(refused, ("VALIDATION_FAILED".to_owned(), "organisationId".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_changes_stops_begins_again_and_ends() {
    on_both(async |app| {
        let made = create(app, POLICE, json!({ "query": "query($id: ID!) { node(id: $id) { id } }" })).await;
        let id = made["webhookEndpoint"]["id"].clone();
        let with = |version: i64, more: Value| {
            let mut input = json!({ "id": id, "expectedVersion": version });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        let shows = "webhookEndpoint { version url description eventTypes query status disabledReason disabledAt viewerCan }";
        let change = json!({ "url": "https://police.example/new", "description": "Case system", "eventTypes": ["audit.created"] });
        let changed = app.done(POLICE, "webhookEndpointUpdate", with(1, change), shows).await["webhookEndpoint"].clone();
        assert_eq!((&changed["version"], &changed["url"]), (&json!(2), &json!("https://police.example/new")));
        assert!(changed["query"].is_string());
        let clear = json!({ "description": null, "eventTypes": null, "query": null });
        let changed = app.done(POLICE, "webhookEndpointUpdate", with(2, clear), shows).await["webhookEndpoint"].clone();
        assert_eq!((&changed["description"], &changed["query"], &changed["eventTypes"]), (&json!(null), &json!(null), &json!([])));
        assert_eq!(app.refused(POLICE, "webhookEndpointUpdate", with(3, json!({ "url": null }))).await.1, "url");
        assert_eq!(app.refused(POLICE, "webhookEndpointEnable", with(3, json!({}))).await.0, "ILLEGAL_TRANSITION");

        let stop = with(3, json!({ "reason": "Being moved" }));
        let stopped = app.done(OFFICE, "webhookEndpointDisable", stop, shows).await["webhookEndpoint"].clone();
        assert_eq!((&stopped["status"], &stopped["disabledReason"]), (&json!("DISABLED"), &json!("BY_HAND")));
        assert!(stopped["viewerCan"].as_array().unwrap().contains(&json!("ENABLE")));
        let ping = json!({ "endpointId": id });
        assert_eq!(app.refused(POLICE, "webhookEndpointPing", ping).await.0, "ILLEGAL_TRANSITION");
        let begun = app.done(POLICE, "webhookEndpointEnable", with(4, json!({})), shows).await["webhookEndpoint"].clone();
        assert_eq!((&begun["status"], &begun["disabledAt"]), (&json!("ENABLED"), &json!(null)));

        app.done(POLICE, "webhookEndpointPing", json!({ "endpointId": id }), "webhookDelivery { id }").await;
        app.done(POLICE, "webhookEndpointRemove", with(5, json!({})), "programme { id }").await;
        let gone = app.query(OFFICE, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
        assert!(gone.data()["node"].is_null());
        let members = app.data(OFFICE, "{ programme(slug: \"northshire\") { members(first: 100) { nodes { subject } } } }", json!({})).await;
        assert!(!members.to_string().contains("webhook:"), "its membership ends with it");
        let rows = Rows::of(app.db()).await.now().await;
        let uuid = uuid::Uuid::try_parse(&id.as_str().unwrap()[4..]).unwrap();
        let left: Vec<_> = rows.iter().filter(|row| row.starts_with("webhook_")).filter(|row| {
            row.contains(&uuid.to_string()) || row.to_lowercase().contains(&uuid.simple().to_string())
        }).collect();
        assert!(left.is_empty(), "{left:?}");
    })
    .await;
}

#[tokio::test]
async fn a_secret_stands_in_one_row_and_nowhere_else() {
    on_both(async |app| {
        let key = json!({ "idempotencyKey": "once" });
        let made = create(app, POLICE, key.clone()).await;
        let secret = made["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with("whsec_") && secret.len() > 40);
        let again = create(app, POLICE, key).await;
        assert_eq!((&again["secret"], &again["webhookEndpoint"]), (&json!(null), &made["webhookEndpoint"]));
        // Every row of every table, the keys of requests too.
        let connection = crate::support::rows::connect(app.db()).await;
        let rows = Rows::of(app.db()).await.now().await;
        let with: Vec<_> = rows.iter().filter(|row| row.contains(&secret[6..])).collect();
        assert_eq!(with.len(), 1, "{with:?}");
        assert!(with[0].starts_with("webhook_secret "));
        let keys = crate::support::rows::texts(
            &connection,
            "SELECT outcome FROM idempotency WHERE outcome IS NOT NULL",
        )
        .await;
        assert!(!keys.is_empty() && keys.iter().all(|outcome| !outcome.contains("whsec_")));
        // Nor does the ledger know the address, which may hold a key of its own.
        let ledger: Vec<_> = rows.iter().filter(|row| row.starts_with("ledger_entry ")).collect();
        assert!(ledger.iter().any(|row| row.contains("police.example")));
        assert!(!ledger.iter().any(|row| row.contains("police.example/hooks")));
    })
    .await;
}

#[tokio::test]
async fn no_token_speaks_for_an_endpoint_and_nobody_else_gets_its_subject() {
    on_both(async |app| {
        let member = json!({
            "programmeId": gid("prg", app.world.programme("northshire").id), "subject": "webhook:somebody", "role": "BOARD",
        });
        assert_eq!(app.refused(OFFICE, "memberAdd", member).await.1, "subject");
        let made = create(app, POLICE, json!({})).await;
        let id = made["webhookEndpoint"]["id"].as_str().unwrap()[4..].to_owned();
        let subject = format!("webhook:{}", uuid::Uuid::try_parse(&id).unwrap());
        let (status, text) = app.as_subject(&subject, "{ viewer { subject } }").await;
        assert_eq!(status, 401, "{text}");
    })
    .await;
}
