//! Documents of a manifest, and those that clients register.

use api::graphql::{Allowed, Policy};
use serde_json::{Value, json};

use super::{DASHBOARD, NORTHSHIRE, get, policy};
use crate::support::{Persona, Raw, TestApp, reading_both};

const HEALTH: &str = "{ __typename }";
/// Their SHA-256, worked out by `sha256sum`.
const HASH_OF_HEALTH: &str = "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b";

async fn post(app: &TestApp, body: Value) -> Raw {
    let request = http::Request::post("/graphql").header("content-type", "application/json");
    let request = request.header("accept", "application/graphql-response+json");
    app.raw(Persona::Chair, request, body.to_string()).await
}

/// The status, and the code of the error where there is one.
async fn outcome(app: &TestApp, body: Value) -> (u16, String) {
    let answer = post(app, body).await;
    (answer.status, answer.code())
}

fn refused(code: &str) -> (u16, String) {
    (400, code.to_owned())
}

fn done() -> (u16, String) {
    (200, String::new())
}

fn persisted(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

#[tokio::test]
async fn a_document_of_the_manifest_runs_by_its_id_with_post_and_get() {
    reading_both(async |app| {
        let report = "mutation Report($input: ProgressUpdateAddInput!) { progressUpdateAdd(input: $input) {
            progressUpdate { narrative } userErrors { code } } }";
        let documents = json!({ "dashboard": DASHBOARD, "report": report });
        let app = app.trusting(app.today, policy(&documents, Allowed::Any, false)).await;
        let variables = json!({ "slug": "northshire" });
        let by_text = post(&app, json!({ "query": DASHBOARD, "variables": variables })).await;
        let by_id = post(&app, json!({ "documentId": "dashboard", "variables": variables })).await;
        let by_both =
            post(&app, json!({ "documentId": "dashboard", "query": DASHBOARD, "variables": variables }))
                .await;
        let by_get = get(&app, Persona::Chair, NORTHSHIRE, &[]).await;
        assert_eq!(by_text.status, 200);
        for answer in [by_id, by_both, by_get] {
            assert_eq!((answer.status, &answer.text), (200, &by_text.text));
        }
        let other = json!({ "documentId": "dashboard", "query": HEALTH, "variables": variables });
        assert_eq!(outcome(&app, other).await, refused("BAD_USER_INPUT"));
        assert_eq!(
            outcome(&app, json!({ "documentId": "none" })).await,
            refused("PERSISTED_QUERY_NOT_FOUND")
        );
        // Without the new media type the same is 200.
        let plain =
            get(&app, Persona::Chair, &[("documentId", "none")], &[("accept", "application/json")]).await;
        assert_eq!((plain.status, plain.code().as_str()), (200, "PERSISTED_QUERY_NOT_FOUND"));

        let input = json!({ "input": { "actionId": "act_1", "narrative": "x" } }).to_string();
        let changed =
            get(&app, Persona::Chair, &[("documentId", "report"), ("variables", &input)], &[]).await;
        assert_eq!((changed.status, changed.header("allow")), (405, "POST"));
    })
    .await;
}

#[tokio::test]
async fn nothing_but_the_manifest_runs_where_the_operator_says_so() {
    reading_both(async |app| {
        let app = app
            .trusting(app.today, policy(&json!({ "dashboard": DASHBOARD }), Allowed::Trusted, false))
            .await;
        let variables = json!({ "slug": "northshire" });
        assert_eq!(outcome(&app, json!({ "documentId": "dashboard", "variables": variables })).await, done());
        assert_eq!(outcome(&app, json!({ "query": DASHBOARD, "variables": variables })).await, done());
        for query in [HEALTH, "{ __schema { types { name } } }", "{", "{ nothing }", ""] {
            assert_eq!(outcome(&app, json!({ "query": query })).await, refused("FORBIDDEN"), "{query}");
        }
        let spaced = json!({ "query": format!("{DASHBOARD} "), "variables": variables });
        assert_eq!(outcome(&app, spaced).await, refused("FORBIDDEN"));
        let registered = json!({ "query": HEALTH, "extensions": persisted(HASH_OF_HEALTH) });
        assert_eq!(outcome(&app, registered).await, refused("FORBIDDEN"));
        let by_hash = json!({ "extensions": persisted(HASH_OF_HEALTH) });
        assert_eq!(outcome(&app, by_hash).await, refused("PERSISTED_QUERY_NOT_FOUND"));
        let by_get = get(&app, Persona::Chair, &[("query", HEALTH)], &[("if-none-match", "*")]).await;
        assert_eq!((by_get.status, by_get.code().as_str()), (400, "FORBIDDEN"));
    })
    .await;
}

#[tokio::test]
async fn apollos_clients_register_what_they_ask() {
    reading_both(async |app| {
        let off = outcome(app, json!({ "extensions": persisted(HASH_OF_HEALTH) })).await;
        assert_eq!(off, refused("PERSISTED_QUERY_NOT_FOUND"));
        let policy = Policy::new(None, Allowed::Any, true).unwrap();
        let app = app.trusting(app.today, policy).await;
        let extensions = persisted(HASH_OF_HEALTH);
        let unknown = post(&app, json!({ "extensions": extensions })).await;
        assert!(unknown.text.contains(r#""message":"PersistedQueryNotFound""#), "{}", unknown.text);
        assert_eq!((unknown.status, unknown.code().as_str()), (400, "PERSISTED_QUERY_NOT_FOUND"));

        let other = json!({ "query": "{ viewer { subject } }", "extensions": extensions });
        assert_eq!(outcome(&app, other).await, refused("BAD_USER_INPUT"));
        assert_eq!(outcome(&app, json!({ "query": HEALTH, "extensions": extensions })).await, done());
        assert_eq!(outcome(&app, json!({ "extensions": extensions })).await, done());

        let extensions = extensions.to_string();
        let answer = get(&app, Persona::Chair, &[("extensions", &extensions)], &[]).await;
        let tag = answer.header("etag").to_owned();
        assert_eq!((answer.status, answer.text.as_str()), (200, r#"{"data":{"__typename":"Query"}}"#));
        let again =
            get(&app, Persona::Chair, &[("extensions", &extensions)], &[("if-none-match", &tag)]).await;
        assert_eq!(again.status, 304);
        // Who sends the text along names it all the same.
        let asked = [("extensions", extensions.as_str()), ("query", HEALTH)];
        assert_eq!(get(&app, Persona::Chair, &asked, &[("if-none-match", &tag)]).await.status, 304);
    })
    .await;
}
