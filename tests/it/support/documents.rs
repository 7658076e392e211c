//! Documents for import in few words: announced and sent, and read by the program itself.

use std::path::PathBuf;
use std::time::Duration;

use api::files::{FileSettings, FileStore};
use api::http::{Rates, Settings};
use api::reader::{Bounds, Reader, keep_reading};
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::app::PUBLIC_URL;
use super::{Persona, TestApp, gid};

/// A small plan that can be read without a question.
pub const PLAN: &[u8] = b"No,Recommendation,Aim,Action,Lead,By when\n\
    7.1,Recommendation 1,Answer every call,Train the team,Head of service,Mar 2019\n\
    7.2,,Write it down,Keep a diary,Head of service,Apr 2019\n";

/// The program that is tested, which every build of the tests builds too.
pub fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.ancestors().nth(2).unwrap().join("golden-thread");
    assert!(program.exists(), "{} is not built: cargo build", program.display());
    program
}

/// A reader with bounds.
pub fn reader(bounds: Bounds) -> Reader {
    Reader::new(program(), bounds, 1)
}

/// The application with a store of its own, where documents are read as they come.
pub async fn reading(app: &TestApp) -> TestApp {
    reading_with(app, FileSettings::new(FileStore::memory(), PUBLIC_URL), reader(Bounds::default())).await
}

/// As [`reading`], as the operator says.
pub async fn reading_with(app: &TestApp, files: FileSettings, reader: Reader) -> TestApp {
    let app = keeping(app, files).await;
    tokio::spawn(keep_reading(app.files.clone(), reader));
    app
}

/// The application with files, where nobody reads documents.
pub async fn keeping(app: &TestApp, files: FileSettings) -> TestApp {
    app.keeping(files, Settings { rates: Rates::ENDLESS, ..Settings::default() }).await
}

/// What announces a document for import.
pub fn announcement(app: &TestApp, kind: &str, (name, media_type): (&str, &str), bytes: &[u8]) -> Value {
    let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "programmeId": gid("prg", app.world.programme("northshire").id), "kind": kind, "name": name,
        "mediaType": media_type, "size": bytes.len(), "sha256": sha256,
    })
}

/// Announces a plan, and gives the id of the upload and where to send it.
pub async fn announced(app: &TestApp, bytes: &[u8]) -> (String, String) {
    let input = announcement(app, "PLAN", ("plan.csv", "text/csv"), bytes);
    let shows = "upload { id target { url } }";
    let payload = app.done(Persona::ProgrammeOffice, "documentPrepare", input, shows).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&payload["upload"]["id"]), text(&payload["upload"]["target"]["url"]))
}

/// Sends bytes to an address, and gives the status.
pub async fn put(app: &TestApp, url: &str, bytes: &[u8]) -> u16 {
    let path = url.strip_prefix(PUBLIC_URL).unwrap();
    let answer = app.respond(Persona::Anonymous, Request::put(path), Body::from(bytes.to_vec())).await;
    answer.status().as_u16()
}

/// Announces a plan and sends it, and gives the id of the upload.
pub async fn sent(app: &TestApp, bytes: &[u8]) -> String {
    let (upload, url) = announced(app, bytes).await;
    assert_eq!(put(app, &url, bytes).await, 204);
    upload
}

/// How the reading of an upload stands, for somebody.
pub async fn stands(app: &TestApp, who: Persona, upload: &str) -> Value {
    let document = "query($id: ID!) { node(id: $id) { ...on Upload { reading { kind state problem progress { done of } } } } }";
    app.query(who, document, json!({ "id": upload })).await.data()["node"]["reading"].clone()
}

/// Waits until a document was read, or refused.
pub async fn ended(app: &TestApp, upload: &str) -> Value {
    for _ in 0..600 {
        let stands = stands(app, Persona::ProgrammeOffice, upload).await;
        if ["READ", "REFUSED"].iter().any(|state| stands["state"] == *state) {
            return stands;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{upload} is not read");
}
