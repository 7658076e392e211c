//! The scanner: there, away, back, and what it finds.

use std::sync::{Arc, Mutex};

use api::authz::identity::Identity;
use api::files::{Bytestream, Clamd, FileSettings, Finding, ScanRound, Scanner, Unscanned};
use futures_util::FutureExt;
use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use serde_json::json;

use super::*;
use crate::support::files::upload;
use crate::support::on_both;

/// A scanner that says what it is told to, once it has read everything.
#[derive(Clone)]
struct Says(Arc<Mutex<Result<Finding, Unscanned>>>);

impl Says {
    fn now(&self, said: Result<Finding, Unscanned>) {
        *self.0.lock().unwrap() = said;
    }
}

impl Scanner for Says {
    fn scan(&self, bytes: Bytestream) -> BoxFuture<'_, Result<Finding, Unscanned>> {
        async move {
            let pieces: Vec<_> = bytes.try_collect().await.unwrap();
            assert!(!pieces.concat().is_empty());
            self.0.lock().unwrap().clone()
        }
        .boxed()
    }
}

fn away() -> Result<Finding, Unscanned> {
    Err(Unscanned::Away("nobody is there".into()))
}

fn infected() -> Result<Finding, Unscanned> {
    Ok(Finding::Infected("Marker".into()))
}

async fn scanning(app: &TestApp) -> (TestApp, Says) {
    let says = Says(Arc::new(Mutex::new(Ok(Finding::Clean))));
    let scanner: Arc<dyn Scanner> = Arc::new(says.clone());
    let settings = FileSettings { scanner: Some(scanner), ..in_memory() };
    (app.keeping(settings, super::settings()).await, says)
}

async fn scan_of(app: &TestApp, file: &str) -> String {
    let document = "query($id: ID!) { node(id: $id) { ...on EvidenceFile { scan } } }";
    let data = app.data(OFFICE, document, json!({ "id": file })).await;
    data["node"]["scan"].as_str().unwrap().to_owned()
}

/// Runs rounds until none is in the middle: the world has files without bytes, which wait for ever.
async fn rounds(app: &TestApp) {
    let mut round = ScanRound::default();
    for _ in 0..10 {
        round = app.files.scan_waiting(round).await;
    }
}

#[tokio::test]
async fn what_is_clean_is_kept_and_handed_out_and_what_is_infected_is_neither() {
    on_both(async |app| {
        let (app, says) = &scanning(app).await;
        let file = attached(app, ("findings.pdf", "application/pdf"), PDF).await;
        assert_eq!(scan_of(app, &file).await, "CLEAN");
        let url = address(app, Persona::Police, &file).await.unwrap();
        assert_eq!(get(app, &url).await.status, 200);

        says.now(infected());
        let (id, url) = announced(app).await;
        for _ in 0..2 {
            let refused = put(app, &url, PDF).await;
            assert_eq!((refused.status, refused.code()), (422, "BAD_USER_INPUT".into()));
            assert!(refused.message().contains("malicious"), "{}", refused.message());
            assert!(!refused.message().contains("Marker"));
        }
        let row = upload(app, &id).await.unwrap();
        assert_eq!((row.scan.as_str(), row.received_at), ("INFECTED", None));
        assert!(!is_kept(app, &id).await);
        let evidence = piece(app, EVIDENCE);
        let attach = json!({ "evidenceId": evidence, "expectedVersion": version(app, &evidence).await, "uploadId": id });
        assert_eq!(app.refused(OFFICE, "evidenceFileAttach", attach).await.1, "uploadId");
    })
    .await;
}

#[tokio::test]
async fn what_came_while_it_was_away_waits_and_is_told_of_when_it_is_back() {
    on_both(async |app| {
        let (app, says) = &scanning(app).await;
        says.now(away());
        let clean = attached(app, ("clean.pdf", "application/pdf"), PDF).await;
        assert_eq!((scan_of(app, &clean).await.as_str(), address(app, OFFICE, &clean).await), ("UNSCANNED", None));
        let now = chrono::Utc::now();
        let made = |file: &str| {
            let links = app.files.links();
            links.link(api::files::Purpose::Download, uuid(file), &Identity::of("programme-office"), now).unwrap().url
        };
        let waiting = get(app, &made(&clean)).await;
        assert_eq!((waiting.status, waiting.code()), (503, "UNAVAILABLE".into()));
        assert!(waiting.message().contains("has not looked"), "{}", waiting.message());
        rounds(app).await;
        assert_eq!(scan_of(app, &clean).await, "UNSCANNED");

        // One that refuses this file does not hold up others.
        says.now(Err(Unscanned::Refused("too large".into())));
        rounds(app).await;
        assert_eq!(scan_of(app, &clean).await, "UNSCANNED");

        let entries = "query($id: ID!) { node(id: $id) { ...on EvidenceFile { version history { nodes { operation actor } } } } }";
        says.now(Ok(Finding::Clean));
        // Two replicas at once.
        let round = ScanRound::default();
        tokio::join!(rounds(app), app.files.scan_waiting(round), rounds(app));
        assert_eq!(scan_of(app, &clean).await, "CLEAN");
        let entries = app.query(Persona::Police, entries, json!({ "id": clean })).await;
        let nodes = entries.data()["node"]["history"]["nodes"].as_array().unwrap();
        let scans: Vec<_> = nodes.iter().filter(|node| node["operation"] == "evidenceFileScan").collect();
        assert_eq!(scans.len(), 1, "{}", entries.text);
        assert_eq!(entries.data()["node"]["version"], 2);
        assert_eq!(get(app, &address(app, Persona::Police, &clean).await.unwrap()).await.status, 200);

        says.now(away());
        let bad = attached(app, ("bad.pdf", "application/pdf"), PDF).await;
        let (on_its_way, url) = announced(app).await;
        assert_eq!(put(app, &url, PDF).await.status, 204);
        says.now(infected());
        rounds(app).await;
        assert_eq!(scan_of(app, &bad).await, "INFECTED");
        let refused = get(app, &made(&bad)).await;
        assert_eq!((refused.status, refused.code()), (403, "FORBIDDEN".into()));
        assert_eq!(upload(app, &on_its_way).await.unwrap().scan, "INFECTED");
    })
    .await;
}

#[tokio::test]
async fn the_real_scanner_from_the_sending_to_the_refusal() {
    let Ok(clamd) = std::env::var("TEST_CLAMD") else {
        eprintln!("TEST_CLAMD is not set: not run with ClamAV");
        return;
    };
    on_both(async |app| {
        let scanner: Arc<dyn Scanner> = Arc::new(Clamd::at(&clamd).unwrap());
        let settings = FileSettings { scanner: Some(scanner), ..in_memory() };
        let app = &app.keeping(settings, super::settings()).await;
        let file = attached(app, ("findings.pdf", "application/pdf"), PDF).await;
        assert_eq!(scan_of(app, &file).await, "CLEAN");
        let eicar = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
        let input = announcement(&piece(app, EVIDENCE), ("note.txt", "text/plain"), eicar.as_bytes());
        let (id, url) = prepared(app, OFFICE, input).await;
        let refused = put(app, &url, eicar.as_bytes()).await;
        assert_eq!(refused.status, 422, "{}", refused.message());
        assert!(!is_kept(app, &id).await);
    })
    .await;
}
