//! The bytes of files: sent, looked at, kept, handed out and swept, over addresses as the API gives them.

mod hand_out;
mod receive;
mod s3;
mod scanning;
mod slow;
mod sweep;

use api::files::{FileSettings, FileStore};
use api::http::{Rates, Settings};
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request};
use serde_json::{Value, json};

use crate::support::app::PUBLIC_URL;
use crate::support::files::{attach, uuid};
use crate::support::{Persona, TestApp, gid};

const OFFICE: Persona = Persona::ProgrammeOffice;
/// Evidence that the board, officers, and the police see.
const EVIDENCE: &str = "OFFICIAL on 1.2, kept";
const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nwhat was found in October\n";

fn settings() -> Settings {
    Settings { rates: Rates::ENDLESS, ..Settings::default() }
}

fn in_memory() -> FileSettings {
    FileSettings::new(FileStore::memory(), PUBLIC_URL)
}

/// The application with a store of its own.
async fn keeping(app: &TestApp) -> TestApp {
    app.keeping(in_memory(), settings()).await
}

/// The global id and version of evidence of the world.
fn piece(app: &TestApp, title: &str) -> String {
    gid("evd", app.world.piece(title).id)
}

/// The SHA-256 of bytes.
fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What announces these bytes.
fn announcement(evidence: &str, (name, media_type): (&str, &str), bytes: &[u8]) -> Value {
    json!({
        "evidenceId": evidence, "name": name, "mediaType": media_type,
        "size": bytes.len(), "sha256": sha256(bytes),
    })
}

/// Announces something, and gives the id of the upload and where to send it.
async fn prepared(app: &TestApp, who: Persona, input: Value) -> (String, String) {
    let payload = app.done(who, "evidenceFilePrepare", input, "upload { id target { url } }").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&payload["upload"]["id"]), text(&payload["upload"]["target"]["url"]))
}

/// Announces a PDF for evidence of the world.
async fn announced(app: &TestApp) -> (String, String) {
    let input = announcement(&piece(app, EVIDENCE), ("findings.pdf", "application/pdf"), PDF);
    prepared(app, OFFICE, input).await
}

/// An answer with whatever bytes.
#[derive(Debug)]
struct Got {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    fn error(&self) -> Value {
        let body: Value = serde_json::from_slice(&self.bytes).unwrap();
        body["errors"][0].clone()
    }

    fn code(&self) -> String {
        self.error()["extensions"]["code"].as_str().unwrap().to_owned()
    }

    fn message(&self) -> String {
        self.error()["message"].as_str().unwrap().to_owned()
    }

    /// The body, but for the request's id.
    fn told(&self) -> String {
        let id = self.error()["extensions"]["requestId"].as_str().unwrap().to_owned();
        String::from_utf8(self.bytes.clone()).unwrap().replace(&id, "-")
    }
}

/// The path of an address, from its scheme and host on.
fn path(url: &str) -> &str {
    url.strip_prefix(PUBLIC_URL).unwrap_or(url)
}

async fn send(app: &TestApp, request: http::request::Builder, body: Body) -> Got {
    let response = app.respond(Persona::Anonymous, request, body).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Got { status: parts.status.as_u16(), headers: parts.headers, bytes }
}

async fn put(app: &TestApp, url: &str, bytes: &[u8]) -> Got {
    send(app, Request::put(path(url)), Body::from(bytes.to_vec())).await
}

async fn get(app: &TestApp, url: &str) -> Got {
    send(app, Request::get(path(url)), Body::empty()).await
}

/// Where somebody fetches a file; none where they see none, or it is not handed out.
async fn address(app: &TestApp, who: Persona, file: &str) -> Option<String> {
    let document = "query($id: ID!) { node(id: $id) { ...on EvidenceFile { download { url } } } }";
    let response = app.query(who, document, json!({ "id": file })).await;
    response.data()["node"]["download"]["url"].as_str().map(str::to_owned)
}

/// Sends and attaches a file to evidence of the world, and gives its id.
async fn attached(app: &TestApp, (name, media_type): (&str, &str), bytes: &[u8]) -> String {
    let evidence = piece(app, EVIDENCE);
    let (upload, url) = prepared(app, OFFICE, announcement(&evidence, (name, media_type), bytes)).await;
    let sent = put(app, &url, bytes).await;
    assert_eq!(sent.status, 204, "{sent:?}");
    let version = version(app, &evidence).await;
    let payload = attach(app, OFFICE, (&evidence, version), &upload, None).await;
    payload["file"]["id"].as_str().unwrap().to_owned()
}

async fn version(app: &TestApp, id: &str) -> i64 {
    let document = "query($id: ID!) { node(id: $id) { ...on Evidence { version } } }";
    app.data(OFFICE, document, json!({ "id": id })).await["node"]["version"].as_i64().unwrap()
}

/// What is in the store: the ids of the uploads that brought it.
async fn kept(app: &TestApp) -> Vec<uuid::Uuid> {
    use futures_util::TryStreamExt;
    let all: Vec<_> = app.files.store().list().try_collect().await.unwrap();
    let ids = all.into_iter().map(|of| match of {
        api::files::Listed::Object(key, _) => key.file,
        api::files::Listed::Foreign(name) => panic!("{name}"),
    });
    ids.collect()
}

async fn is_kept(app: &TestApp, upload: &str) -> bool {
    kept(app).await.contains(&uuid(upload))
}
