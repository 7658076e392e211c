//! Documents for import in few words: announced, sent and read.

use api::store::document_readings::{read, refused, take_up};
use api::store::uploads::received;
use chrono::{TimeDelta, Utc};
use domain::file::Scan;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::files::uuid;
use super::{Persona, TestApp, gid};

/// The SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What announces a document of a kind.
pub fn announcement(app: &TestApp, kind: &str, (name, media_type): (&str, &str), bytes: &[u8]) -> Value {
    json!({
        "programmeId": gid("prg", app.world.programme("northshire").id), "kind": kind, "name": name,
        "mediaType": media_type, "size": bytes.len(), "sha256": sha256(bytes),
    })
}

/// Announces a plan as CSV whose bytes come, and gives the id of the upload. It is not read yet.
pub async fn sent(app: &TestApp, csv: &str) -> String {
    let input = announcement(app, "PLAN", ("plan.csv", "text/csv"), csv.as_bytes());
    let payload = app.done(Persona::ProgrammeOffice, "documentPrepare", input, "upload { id }").await;
    let upload = payload["upload"]["id"].as_str().unwrap().to_owned();
    received(app.db(), uuid(&upload), Scan::Unscanned, Utc::now()).await.unwrap();
    upload
}

/// As [`sent`], and it is read.
pub async fn plan(app: &TestApp, csv: &str) -> String {
    let upload = sent(app, csv).await;
    let document = import::plan::extract(csv.as_bytes(), &mut |_, _| {}).unwrap();
    is_read(app, serde_json::to_string(&document).unwrap()).await;
    upload
}

/// What waits is read, and this is what it gave.
pub async fn is_read(app: &TestApp, result: String) {
    let now = Utc::now();
    let held = take_up(app.db(), false, (now, now + TimeDelta::minutes(1))).await.unwrap().unwrap();
    assert!(read(app.db(), &held, result, now).await.unwrap());
}

/// What waits cannot be read.
pub async fn is_refused(app: &TestApp, why: &str) {
    let now = Utc::now();
    let held = take_up(app.db(), false, (now, now + TimeDelta::minutes(1))).await.unwrap().unwrap();
    assert!(refused(app.db(), &held, why, now).await.unwrap());
}
