//! Files through the real service: how much of them it holds, and what `files check` says of the store.

use std::path::Path;

use reqwest::Client;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Process, on_both, printed, ready, run, serve};

const PROGRAMME: &str = r#"
    [programme]
    slug = "westshire"
    name = "Westshire"
    authority = "council"
    [[organisation]]
    key = "council"
    name = "Westshire Council"
    kind = "COUNCIL"
    [[member]]
    subject = "office"
    role = "OFFICER"
    programme_office = true
    organisation = "council"
"#;
const HUNDRED_MEGABYTES: usize = 100_000_000;
/// By how much the service may grow while so much comes in and goes out.
const GROWTH: u64 = 32 << 20;

pub struct Service {
    process: Process,
    pub url: String,
    pub client: Client,
    token: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

impl Service {
    /// Keeps its files in a folder `files` of that folder.
    pub fn start(url: &str, folder: &Path, subject: &str) -> Service {
        let store = format!("file://{}", folder.join("files").display());
        let spool = folder.join("spool").display().to_string();
        let (process, address) = serve(url, &["--files", &store, "--spool", &spool]);
        let token = printed(&["token", subject, "--database-url", url]).trim().to_owned();
        // A connection that is kept is closed after some seconds, and a hundred megabytes take longer to hash here.
        let client = Client::builder().pool_max_idle_per_host(0).build().unwrap();
        Service { process, url: address, client, token }
    }

    async fn ask(&self, document: &str, variables: Value) -> Value {
        let body = json!({ "query": document, "variables": variables });
        let request = self.client.post(format!("{}/graphql", self.url)).bearer_auth(&self.token).json(&body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].clone()
    }

    async fn mutate(&self, mutation: &str, input: Value, shows: &str) -> Value {
        let ty = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let document = format!(
            "mutation($input: {ty}!) {{ payload: {mutation}(input: $input) {{ {shows} userErrors {{ code field message }} }} }}"
        );
        let payload = self.ask(&document, json!({ "input": input })).await["payload"].clone();
        assert_eq!(payload["userErrors"], json!([]), "{mutation}");
        payload
    }

    /// Something to attach files to.
    pub async fn evidence(&self) -> String {
        let programme = self.ask("{ programmes(first: 1) { nodes { id } } }", json!({})).await;
        let input = json!({
            "programmeId": programme["programmes"]["nodes"][0]["id"], "title": "What was found", "strand": "VOICE",
            "marking": "OFFICIAL",
        });
        text(&self.mutate("evidenceAdd", input, "evidence { id }").await["evidence"]["id"])
    }

    /// Sends, attaches and fetches a text, and gives the file's id.
    pub async fn through(&self, evidence: &str, name: &str, bytes: Vec<u8>) -> String {
        let (size, hash) = (bytes.len(), hash(&bytes));
        let input = json!({
            "evidenceId": evidence, "name": name, "mediaType": "text/plain", "size": size, "sha256": hash,
        });
        let upload =
            self.mutate("evidenceFilePrepare", input, "upload { id target { url } }").await["upload"].clone();
        let target = text(&upload["target"]["url"]);
        assert!(target.starts_with(&self.url), "{target}");
        let sent = self.client.put(target).body(bytes).send().await.unwrap();
        assert_eq!(sent.status(), 204, "{:?}", sent.text().await);
        let document = "query($id: ID!) { node(id: $id) { ...on Evidence { version } } }";
        let version = self.ask(document, json!({ "id": evidence })).await["node"]["version"].clone();
        let input = json!({ "evidenceId": evidence, "expectedVersion": version, "uploadId": upload["id"] });
        let file =
            self.mutate("evidenceFileAttach", input, "file { id download { url } }").await["file"].clone();
        let mut got = self.client.get(text(&file["download"]["url"])).send().await.unwrap();
        assert_eq!(got.status(), 200);
        let (mut length, mut came) = (0, Sha256::new());
        while let Some(piece) = got.chunk().await.unwrap() {
            length += piece.len();
            came.update(&piece);
        }
        assert_eq!((length, hex(&came.finalize())), (size, hash));
        text(&file["id"])
    }

    /// The most memory that the process has had, in bytes.
    fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix("kB").unwrap().trim().parse::<u64>().unwrap() * 1024
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The exit code, standard output and standard error of `files check`.
fn check(url: &str, folder: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let store = format!("file://{}", folder.join("files").display());
    let output = run(&[&["files", "check", "--database-url", url, "--files", &store], more].concat());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_hundred_megabytes_pass_through_and_are_never_held() {
    let programme = tempfile::tempdir().unwrap();
    let file = programme.path().join("programme.toml");
    std::fs::write(&file, PROGRAMME).unwrap();
    on_both(file.to_str().unwrap(), async |url| {
        let folder = tempfile::tempdir().unwrap();
        let service = Service::start(url, folder.path(), "office");
        ready(&service.client, &service.url).await;
        let evidence = service.evidence().await;
        // Once with a small one, so that what a service takes once is taken.
        let small = service.through(&evidence, "small.txt", b"a line of text\n".repeat(600_000)).await;
        let before = service.peak();
        service.through(&evidence, "large.txt", vec![b'a'; HUNDRED_MEGABYTES]).await;
        // The kernel counts by thread, and adds up now and then: a later peak can be told a little lower.
        let growth = service.peak().saturating_sub(before);
        assert!(growth < GROWTH, "it grew by {growth} bytes, from {before}");
        assert_eq!(std::fs::read_dir(folder.path().join("spool")).unwrap().count(), 0);

        for more in [&[][..], &["--hashes"]] {
            let (code, out, err) = check(url, folder.path(), more);
            assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
            assert!(out.contains("2 files, 109000000 bytes, all there"), "{out}");
        }
        let programme =
            std::fs::read_dir(folder.path().join("files")).unwrap().next().unwrap().unwrap().path();
        let at = programme.join(small.split_once('_').unwrap().1);
        std::fs::write(&at, vec![b'x'; 9_000_000]).unwrap();
        assert_eq!(check(url, folder.path(), &[]).0, Some(0), "sizes are as they should be");
        let (code, out, err) = check(url, folder.path(), &["--hashes"]);
        assert_eq!(code, Some(1), "{err}");
        assert!(out.ends_with(": its SHA-256 is not the one that is recorded\n"), "{out}");
        std::fs::rename(&at, programme.join(uuid::Uuid::nil().simple().to_string())).unwrap();
        let (code, out, err) = check(url, folder.path(), &[]);
        assert_eq!(code, Some(1));
        assert!(out.contains("its bytes are missing") && out.contains("belongs to no file"), "{out}");
        assert!(err.contains("2 things are wrong with 2 files"), "{err}");
    })
    .await;
}

#[test]
fn what_cannot_be_a_place_for_files_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    let url = crate::support::sqlite(folder.path());
    printed(&["migrate", "--database-url", &url]);
    for (option, wrong, said) in [
        ("--files", "gs://bucket", "s3://BUCKET/PREFIX"),
        ("--files", "az://evidence", "cannot be set up"),
        ("--files", "memory:///", "outlives"),
        ("--public-url", "thread.example", "--public-url"),
        ("--clamd", "clamav", "--clamd"),
        ("--limit-file-bytes", "3000000000", "--limit-file-bytes"),
    ] {
        let output = run(&["serve", "--bind", "127.0.0.1:0", "--database-url", &url, option, wrong]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(said), "{told}");
    }
}
