//! Documents through the real program: read within bounds, taken up again by the next process, and kept by the command line.

use std::path::Path;
use std::time::Duration;

use api::reader::{Bounds, Reader, Unread};
use bytes::Bytes;
use domain::document::DocumentKind;
use futures_util::stream;
use reqwest::Client;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{on_both, printed, ready, run, serve};

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
const HEADINGS: &str = "No,Aim,Action,Lead,By when\n";

fn plan(rows: usize) -> String {
    let row = |row: usize| {
        format!("{}.{},Better,Ask the families,Head of Service,Mar 2019\n", row / 90 + 1, row % 90 + 1)
    };
    let rows: String = (0..rows).map(row).collect();
    format!("{HEADINGS}{rows}")
}

async fn read(bounds: Bounds, text: String) -> Result<String, Unread> {
    let reader = Reader::new(env!("CARGO_BIN_EXE_golden-thread").into(), bounds, 1);
    let pieces: Vec<_> =
        text.into_bytes().chunks(4_000).map(|piece| Ok::<_, String>(Bytes::copy_from_slice(piece))).collect();
    reader.read(DocumentKind::Plan, stream::iter(pieces), |_, _| {}).await
}

#[tokio::test]
async fn a_document_takes_so_much_and_no_more() {
    let read_whole = read(Bounds::default(), plan(3)).await.unwrap();
    assert!(read_whole.contains("Ask the families"), "{read_whole}");
    let refused = read(Bounds::default(), "Dear all".to_owned()).await;
    assert!(matches!(&refused, Err(Unread::Document(why)) if why.ends_with('.')), "{refused:?}");
}

/// The system keeps the bounds before a byte of the document has come, and the process has nothing of ours.
#[cfg(target_os = "linux")]
#[test]
fn the_process_is_bound_before_it_reads() {
    use std::process::{Command, Stdio};
    let mut command = Command::new(env!("CARGO_BIN_EXE_golden-thread"));
    command.args(["read-document", "--kind", "PLAN", "--seconds", "7", "--memory", "100000000"]);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let process = crate::support::Process(child);
    let limits = || std::fs::read_to_string(format!("/proc/{}/limits", process.0.id())).unwrap();
    let limit = |name: &str| {
        let limits = limits();
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
        line.split_whitespace().next().unwrap().parse::<u64>().ok()
    };
    while limit("Max address space").is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(limit("Max cpu time"), Some(7));
    assert_eq!((limit("Max core file size"), limit("Max file size")), (Some(0), Some(0)));
    let room = limit("Max address space").unwrap();
    assert!((100_000_000..2_000_000_000).contains(&room), "{room}");
}

#[tokio::test]
async fn what_breaks_off_or_finds_no_program_is_ours() {
    let reader = Reader::new("/nowhere".into(), Bounds::default(), 1);
    let nothing = stream::iter(Vec::<Result<Bytes, String>>::new());
    assert!(matches!(reader.read(DocumentKind::Plan, nothing, |_, _| {}).await, Err(Unread::Ours(_))));
    let reader = Reader::new(env!("CARGO_BIN_EXE_golden-thread").into(), Bounds::default(), 1);
    let broken = stream::iter([Ok(Bytes::from_static(b"No,Aim")), Err("the store is away")]);
    assert!(matches!(reader.read(DocumentKind::Plan, broken, |_, _| {}).await, Err(Unread::Ours(_))));
}

/// What is sent to a program that never ends.
#[cfg(unix)]
#[tokio::test]
async fn a_reader_that_does_not_end_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let sleeps = folder.path().join("sleeps");
    std::fs::write(&sleeps, "#!/bin/sh\nexec sleep 600\n").unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&sleeps, executable).unwrap();
    let bounds = Bounds { time: Duration::from_millis(200), ..Bounds::default() };
    let reader = Reader::new(sleeps, bounds, 1);
    let begun = std::time::Instant::now();
    let nothing = stream::iter(Vec::<Result<Bytes, String>>::new());
    let refused = reader.read(DocumentKind::Plan, nothing, |_, _| {}).await;
    assert!(
        matches!(&refused, Err(Unread::Document(why)) if why.contains("within 0.2 seconds")),
        "{refused:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(10));
}

struct Asker {
    client: Client,
    token: String,
}

impl Asker {
    async fn ask(&self, address: &str, document: &str, variables: Value) -> Value {
        let body = json!({ "query": document, "variables": variables });
        let request = self.client.post(format!("{address}/graphql")).bearer_auth(&self.token).json(&body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].clone()
    }
}

#[tokio::test]
async fn a_service_that_is_killed_while_it_reads_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("programme.toml");
    std::fs::write(&file, PROGRAMME).unwrap();
    on_both(file.to_str().unwrap(), async |url| {
        let folder = tempfile::tempdir().unwrap();
        let store = format!("file://{}", folder.path().join("files").display());
        let start = || serve(url, &["--files", &store, "--reader-time", "1"]);
        let asker = Asker {
            client: Client::builder().pool_max_idle_per_host(0).build().unwrap(),
            token: printed(&["token", "office", "--database-url", url]).trim().to_owned(),
        };
        let (process, address) = start();
        ready(&asker.client, &address).await;
        let programme = asker.ask(&address, "{ programmes(first: 1) { nodes { id } } }", json!({})).await;
        let bytes = plan(600).into_bytes();
        let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let input = json!({
            "programmeId": programme["programmes"]["nodes"][0]["id"], "kind": "PLAN", "name": "plan.csv",
            "mediaType": "text/csv", "size": bytes.len(), "sha256": sha256,
        });
        let document = "mutation($input: DocumentPrepareInput!) { documentPrepare(input: $input) {
            upload { id target { url } } userErrors { message } } }";
        let upload =
            asker.ask(&address, document, json!({ "input": input })).await["documentPrepare"]["upload"]
                .clone();
        let target = upload["target"]["url"].as_str().unwrap();
        assert_eq!(asker.client.put(target).body(bytes).send().await.unwrap().status(), 204);
        // Taken up, or about to be.
        drop(process);

        let (process, address) = start();
        ready(&asker.client, &address).await;
        let document = "query($id: ID!) { node(id: $id) { ...on Upload { reading { state problem } } } }";
        // What the dead process held is free a minute later at the latest.
        let mut reading = Value::Null;
        for _ in 0..400 {
            reading =
                asker.ask(&address, document, json!({ "id": upload["id"] })).await["node"]["reading"].clone();
            if reading["state"] == "READ" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        assert_eq!(reading, json!({ "state": "READ", "problem": null }));
        drop(process);
    })
    .await;
}

/// The exit code and the output of `files check`.
fn check(url: &str, files: &str) -> (Option<i32>, String) {
    let output = run(&["files", "check", "--hashes", "--database-url", url, "--files", files]);
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[tokio::test]
async fn the_command_line_keeps_the_document_of_a_plan() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("programme.toml");
    std::fs::write(&file, PROGRAMME).unwrap();
    let table = folder.path().join("plan.csv");
    std::fs::write(&table, plan(2)).unwrap();
    on_both(file.to_str().unwrap(), async |url| {
        let folder = tempfile::tempdir().unwrap();
        let files = format!("file://{}", folder.path().join("files").display());
        let table = table.to_str().unwrap();
        let import = ["import", table, "--programme", "westshire", "--plan", "Phase 2", "--files", &files];
        let import = [&import[..], &["--database-url", url]].concat();
        assert!(printed(&import).contains("is loaded"));
        let (code, said) = check(url, &files);
        assert!(code == Some(0) && said.contains("1 files"), "{said}");

        // Killed before its bytes were kept: importing the same again keeps them.
        std::fs::remove_dir_all(folder.path().join("files")).unwrap();
        let (code, said) = check(url, &files);
        assert!(code == Some(1) && said.contains("its bytes are missing"), "{said}");
        assert!(printed(&import).contains("nothing was changed"));
        assert_eq!(check(url, &files).0, Some(0));
        assert!(Path::new(table).exists());
    })
    .await;
}
