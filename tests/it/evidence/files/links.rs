//! Addresses for sending and fetching: for whom, for how long, and never kept.

use api::files::FileLimits;
use api::graphql::{Allowed, Limits, Manifest, Policy};
use chrono::{DateTime, TimeDelta, Utc};
use domain::file::Scan;
use serde_json::{Value, json};

use super::super::{added, piece};
use super::seen;
use crate::support::files::{announced, attach, came, current};
use crate::support::{Persona, Raw, TestApp, gid, on_both, reading_both};

const FILE: &str = "...on EvidenceFile { scan download { url expiresAt } }";

async fn serving(app: &TestApp, has_scanner: bool) -> TestApp {
    app.with_files(has_scanner, FileLimits::default(), Policy::default()).await
}

#[tokio::test]
async fn whoever_sees_a_file_gets_an_address_of_their_own_for_a_short_while() {
    reading_both(async |app| {
        let app = &serving(app, false).await;
        let file = current(app, &piece(app, "OFFICIAL on 1.2, kept"));
        let mut addresses = Vec::new();
        for who in [Persona::BoardMember, Persona::Police] {
            let shown = seen(app, who, &file, FILE).await;
            let url = shown["download"]["url"].as_str().unwrap().to_owned();
            let at = format!("https://files.example/files/evidence/{}?token=", &file[4..]);
            assert!(url.starts_with(&at), "{url}");
            let expires_at: DateTime<Utc> = shown["download"]["expiresAt"].as_str().unwrap().parse().unwrap();
            let left = expires_at - Utc::now();
            let life = TimeDelta::minutes(15);
            assert!(left <= life && left > life / 2, "{left}");
            addresses.push(url);
        }
        assert_ne!(addresses[0], addresses[1]);
        assert_eq!(seen(app, Persona::Health, &file, FILE).await, Value::Null);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_handed_out_has_no_address() {
    on_both(async |app| {
        let mut to = app.write().await;
        let evidence = app.world.piece("OFFICIAL on 1.1, kept").clone();
        let mut files = Vec::new();
        for scan in ["UNSCANNED", "CLEAN", "INFECTED"] {
            let file = to.file(&evidence, &format!("{scan}.pdf"), |of| of.scan = scan.to_owned()).await;
            files.push(gid("fil", file.id));
        }
        to.commit().await;
        for (has_scanner, expected) in [(false, [true, true, false]), (true, [false, true, false])] {
            let app = &serving(app, has_scanner).await;
            for (file, is_served) in files.iter().zip(expected) {
                let shown = seen(app, Persona::Chair, file, FILE).await;
                assert_eq!(shown["download"].is_object(), is_served, "{has_scanner} {shown}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_upload_has_an_address_until_it_is_attached() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let app = &serving(app, false).await;
        let upload = announced(app, Persona::Lead, &evidence, "Minutes.pdf").await;
        let target = async || {
            let shown = seen(app, Persona::Lead, &upload, "...on Upload { target { url } }").await;
            shown["target"]["url"].as_str().map(ToOwned::to_owned)
        };
        let at = format!("https://files.example/files/uploads/{}?token=", &upload[4..]);
        assert!(target().await.unwrap().starts_with(&at));

        came(app, &upload, Scan::Clean).await;
        assert!(target().await.is_some(), "the same bytes may be sent again");
        let payload = attach(app, Persona::Lead, (&evidence, 1), &upload, None).await;
        assert_eq!(target().await, None);
        let file = payload["file"]["id"].as_str().unwrap();
        let shown = seen(app, Persona::Lead, file, FILE).await;
        assert!(shown["scan"] == "CLEAN" && shown["download"].is_object(), "{shown}");
    })
    .await;
}

/// Asks for a document of the manifest by GET.
async fn get(app: &TestApp, who: Persona, document: &str, id: &str, held: &str) -> Raw {
    let variables = format!("%7B%22id%22%3A%22{id}%22%7D");
    let address = format!("/graphql?documentId={document}&variables={variables}");
    let mut request = http::Request::get(address).header("accept", "application/graphql-response+json");
    if !held.is_empty() {
        request = request.header("if-none-match", held);
    }
    app.raw(who, request, String::new()).await
}

#[tokio::test]
async fn an_answer_with_an_address_or_an_upload_is_never_kept() {
    on_both(async |app| {
        let evidence = added(app, Persona::Lead, "1.1").await;
        let upload = announced(app, Persona::Lead, &evidence, "Minutes.pdf").await;
        let documents = json!({
            "name": "query A($id: ID!) { node(id: $id) { ...on EvidenceFile { name versions { name } } } }",
            "file": "query B($id: ID!) { node(id: $id) { ...on EvidenceFile { download { url } } } }",
            "nested": "query C($id: ID!) { node(id: $id) { ...on Evidence { files { ...F } } } }
                fragment F on EvidenceFile { name download { expiresAt } }",
            "plain": "query D($id: ID!) { node(id: $id) { id } }",
        });
        let manifest = Manifest::read(documents.to_string().as_bytes(), &Limits::default()).unwrap();
        let policy = Policy::new(Some(manifest), Allowed::Any, false).unwrap();
        let app = &app.with_files(false, FileLimits::default(), policy).await;
        let piece = piece(app, "OFFICIAL on 1.2, kept");
        let file = current(app, &piece);

        for (document, id) in [("file", &file), ("nested", &piece), ("plain", &upload)] {
            for held in ["", "*", "\"something\""] {
                let answer = get(app, Persona::Lead, document, id, held).await;
                assert_eq!((answer.status, answer.header("etag")), (200, ""), "{document} {held}");
                assert_eq!(answer.header("cache-control"), "no-store", "{document} {held}");
                assert!(!answer.text.contains("null"), "{}", answer.text);
            }
        }
        // Without an address it is as any other answer.
        for (document, id) in [("name", &file), ("plain", &piece)] {
            let answer = get(app, Persona::Lead, document, id, "").await;
            let tag = answer.header("etag").to_owned();
            assert_eq!((answer.status, tag.is_empty()), (200, false), "{document}");
            for held in ["*", tag.as_str()] {
                let again = get(app, Persona::Lead, document, id, held).await;
                assert_eq!((again.status, again.header("etag")), (304, tag.as_str()), "{document} {held}");
            }
        }
    })
    .await;
}
