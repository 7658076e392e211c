//! Files of evidence in few words: announced, sent and attached.

use api::store::uploads::{self, received};
use chrono::Utc;
use domain::file::Scan;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Persona, TestApp, gid};

/// The SHA-256 of nothing that matters here.
pub const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// What announces a file of 1000 bytes.
pub fn announcement(evidence: &str, name: &str) -> Value {
    json!({
        "evidenceId": evidence, "name": name, "mediaType": "application/pdf", "size": 1000, "sha256": SHA256,
    })
}

/// The id in a global id.
pub fn uuid(gid: &str) -> Uuid {
    Uuid::try_parse(&gid[4..]).unwrap()
}

/// Announces a file, and gives the id of the upload.
pub async fn announced(app: &TestApp, who: Persona, evidence: &str, name: &str) -> String {
    let input = announcement(evidence, name);
    let payload = app.done(who, "evidenceFilePrepare", input, "upload { id }").await;
    payload["upload"]["id"].as_str().unwrap().to_owned()
}

/// The bytes of an upload have come, and a scanner said this of them.
pub async fn came(app: &TestApp, upload: &str, scan: Scan) {
    received(app.db(), uuid(upload), scan, Utc::now()).await.unwrap();
}

/// Announces a file whose bytes come, and gives the id of the upload.
pub async fn sent(app: &TestApp, who: Persona, evidence: &str, name: &str) -> String {
    let upload = announced(app, who, evidence, name).await;
    came(app, &upload, Scan::Unscanned).await;
    upload
}

/// Attaches an upload to evidence of a version, and gives the payload.
pub async fn attach(
    app: &TestApp,
    who: Persona,
    (evidence, version): (&str, i64),
    upload: &str,
    replaces: Option<&str>,
) -> Value {
    let input = json!({
        "evidenceId": evidence, "expectedVersion": version, "uploadId": upload, "replacesId": replaces,
    });
    let shows = "evidence { version reviewStatus files { id } } file { id number isCurrent version }";
    app.done(who, "evidenceFileAttach", input, shows).await
}

/// Sends and attaches a file, and gives its id.
pub async fn attached(app: &TestApp, who: Persona, evidence: (&str, i64), name: &str) -> String {
    let upload = sent(app, who, evidence.0, name).await;
    let payload = attach(app, who, evidence, &upload, None).await;
    payload["file"]["id"].as_str().unwrap().to_owned()
}

/// The current file of evidence of the world.
pub fn current(app: &TestApp, evidence: &str) -> String {
    let is_it = |row: &&entity::evidence_file::Model| row.evidence_id == uuid(evidence) && row.is_current;
    gid("fil", app.world.files.iter().find(is_it).unwrap().id)
}

/// An upload as the database has it; none where it is forgotten.
pub async fn upload(app: &TestApp, upload: &str) -> Option<entity::upload::Model> {
    uploads::find(app.db(), uuid(upload)).await.unwrap()
}
