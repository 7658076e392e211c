//! The database is away, takes no changes, or has no room: each is told as what it is, nothing is half written, what can be read is
//! served, and the service goes on without a restart once it is over.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use futures_util::future::join3;
use reqwest::Response;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::deployment::mutation_of;
use super::load::programme;
use super::postgres::Server;
use crate::support::{Process, address_of, golden_thread, printed, ready, sqlite, verify};

/// Much longer than anything here takes.
const TOO_LONG: Duration = Duration::from_secs(300);
/// What fills a disk: less than a text may have.
const LARGE: usize = 4_000;

/// One process of the service, which is never started again, and what it was asked.
struct Service {
    address: String,
    client: reqwest::Client,
    token: String,
    action: Value,
    _process: Process,
}

impl Service {
    async fn of(url: &str, (process, address): (Process, String)) -> Self {
        let client = reqwest::Client::builder().timeout(TOO_LONG).build().unwrap();
        ready(&client, &address).await;
        let token = printed(&["token", "office", "--database-url", url]).trim().to_owned();
        let mut service = Self { address, client, token, action: Value::Null, _process: process };
        let document = "{ programme(slug: \"westshire\") { actions(first: 1) { nodes { id } } } }";
        let data: Value = service.post(document, json!({})).await.json().await.unwrap();
        service.action = data["data"]["programme"]["actions"]["nodes"][0]["id"].clone();
        assert!(service.action.is_string(), "{data}");
        service
    }

    async fn post(&self, document: &str, variables: Value) -> Response {
        let body = json!({ "query": document, "variables": variables });
        let request = self.client.post(format!("{}/graphql", self.address)).bearer_auth(&self.token);
        request.json(&body).send().await.unwrap()
    }

    async fn read(&self) -> Response {
        let document = "query($id: ID!) { node(id: $id) { ...on Action { aim updates(first: 5) { nodes { narrative } } } } }";
        self.post(document, json!({ "id": self.action })).await
    }

    /// Reports, with what is said as the key.
    async fn report(&self, narrative: &str) -> Response {
        let key: String = narrative.chars().take(100).collect();
        let input = json!({
            "actionId": self.action, "narrative": narrative, "declaredHealth": "ON_TRACK", "idempotencyKey": key,
        });
        self.post(&mutation_of("progressUpdateAdd", "progressUpdate { id }"), json!({ "input": input })).await
    }

    async fn readyz(&self) -> (u16, Value) {
        let answer = self.client.get(format!("{}/readyz", self.address)).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["checks"]["database"].clone())
    }

    /// Waits until it is ready, and has the change done that was refused.
    async fn goes_on(&self, narrative: &str) {
        ready(&self.client, &self.address).await;
        let is_done = async {
            loop {
                let answer = self.report(narrative).await;
                if answer.status() == 200 {
                    return answer.json::<Value>().await.unwrap();
                }
                is_told(answer).await;
            }
        };
        let answer = tokio::time::timeout(TOO_LONG, is_done).await.unwrap();
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        assert_eq!(answer["data"]["payload"]["userErrors"], json!([]), "{answer}");
        assert_eq!(self.read().await.status(), 200);
    }
}

/// Expects the one error that says to come again.
async fn is_told(answer: Response) {
    let (status, retry) = (answer.status(), answer.headers().get("retry-after").cloned());
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, 503, "{body}");
    assert!(retry.is_some_and(|seconds| seconds.to_str().unwrap().parse::<u32>().is_ok()), "{body}");
    assert_eq!(body["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{body}");
    assert_eq!((&body["data"], body["errors"].as_array().unwrap().len()), (&Value::Null, 1), "{body}");
}

/// How many entries the ledger has. It is whole.
fn entries(url: &str) -> i64 {
    let (code, said, error) = verify(url, &[]);
    assert_eq!(code, Some(0), "{said}{error}");
    said.trim_end().rsplit(' ').nth(1).unwrap().parse().unwrap()
}

fn prepare(url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("programme.toml");
    std::fs::write(&file, programme()).unwrap();
    printed(&["migrate", "--database-url", url]);
    printed(&["import", file.to_str().unwrap(), "--database-url", url]);
}

/// What may be wrong with a server.
struct Trouble {
    /// What `/readyz` calls it.
    is: &'static str,
    begins: fn(&mut Server),
    ends: fn(&mut Server),
}

const END_ALL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'golden'";

/// As a server that follows another and is not to be read from: it answers that it takes nobody, as one does that is starting.
fn start_without_letting_in(server: &mut Server) {
    server.stop("immediate");
    std::fs::write(server.data().join("standby.signal"), "").unwrap();
    server.own(&server.data().join("standby.signal"));
    server.settings = vec!["hot_standby=off".to_owned()];
    server.launch();
    while !String::from_utf8_lossy(&server.sql("postgres", "SELECT 1").stderr).contains("not accepting") {
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn start_as_it_was(server: &mut Server) {
    server.stop("immediate");
    let _ = std::fs::remove_file(server.data().join("standby.signal"));
    server.settings.clear();
    server.start();
}

fn troubles() -> BTreeMap<&'static str, Trouble> {
    BTreeMap::from([
        (
            "stopped: nobody listens there",
            Trouble { is: "unreachable", begins: |server| server.stop("fast"), ends: Server::start },
        ),
        ("killed", Trouble { is: "unreachable", begins: Server::kill, ends: Server::start }),
        (
            "starting, and taking nobody (57P03)",
            Trouble { is: "unreachable", begins: start_without_letting_in, ends: start_as_it_was },
        ),
        (
            "without a free connection (53300)",
            Trouble {
                is: "unreachable",
                begins: |server| {
                    server.does("postgres", "ALTER ROLE golden CONNECTION LIMIT 0");
                    server.does("postgres", END_ALL);
                },
                ends: |server| drop(server.does("postgres", "ALTER ROLE golden CONNECTION LIMIT -1")),
            },
        ),
        (
            "read-only (25006): it follows, and is promoted",
            Trouble {
                is: "read-only",
                begins: |server| {
                    server.stop("fast");
                    std::fs::write(server.data().join("standby.signal"), "").unwrap();
                    server.own(&server.data().join("standby.signal"));
                    server.start();
                },
                ends: |server| assert_eq!(server.does("postgres", "SELECT pg_promote()"), "t"),
            },
        ),
        (
            "read-only on the connections that were made meanwhile",
            Trouble {
                is: "read-only",
                begins: |server| {
                    server.does("postgres", "ALTER ROLE golden SET default_transaction_read_only = on");
                    server.does("postgres", END_ALL);
                },
                ends: |server| {
                    drop(server.does("postgres", "ALTER ROLE golden RESET default_transaction_read_only"));
                },
            },
        ),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_server_that_is_away_is_told_and_come_back_to() {
    let Some(mut server) = Server::new() else { return };
    server.start();
    server.does("postgres", "CREATE ROLE golden LOGIN");
    server.does("postgres", "CREATE DATABASE golden OWNER golden");
    let url = server.url("golden").replacen("postgres@", "golden@", 1);
    prepare(&url);
    let folder = tempfile::tempdir().unwrap();
    let files = format!("file://{}", folder.path().display());
    let arguments =
        ["serve", "--dev-issuer", "--today", "2018-12-10", "--bind", "127.0.0.1:0", "--log", "json"];
    let arguments = [&arguments[..], &["--files", &files, "--database-url", &url]].concat();
    let child = golden_thread(&arguments).stderr(Stdio::piped()).spawn().unwrap();
    let service = Service::of(&url, address_of(child).unwrap()).await;

    for (what, trouble) in troubles() {
        println!("{what}");
        let before = entries(&url);
        (trouble.begins)(&mut server);
        let narrative = format!("While it is {what}");
        // Of connections that are dead it finds out one by one.
        let told = async {
            loop {
                let told = service.readyz().await;
                assert_eq!(told.0, 503, "{what}: it is ready");
                if told.1 == trouble.is {
                    return;
                }
            }
        };
        let told = tokio::time::timeout(TOO_LONG, told);
        let (read, change, told) = join3(service.read(), service.report(&narrative), told).await;
        told.unwrap();
        match trouble.is {
            "read-only" => assert_eq!(read.status(), 200, "{what}"),
            _ => is_told(read).await,
        }
        is_told(change).await;
        (trouble.ends)(&mut server);
        service.goes_on(&narrative).await;
        assert_eq!(entries(&url), before + 1, "{what}: it was done twice, or half");
    }
}

/// A small file system of its own, which can be made larger.
struct Disk(PathBuf);

impl Disk {
    /// None where this process may not make one.
    fn new(folder: &Path, kilobytes: u64) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let size = format!("size={kilobytes}k");
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).output();
        let is_mounted = mounted.is_ok_and(|output| output.status.success());
        if !is_mounted {
            eprintln!("left out: no file system can be mounted here");
        }
        is_mounted.then(|| Self(folder.to_path_buf()))
    }

    fn grow(&self, kilobytes: u64) {
        let size = format!("remount,size={kilobytes}k");
        assert!(Command::new("mount").args(["-o", &size]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// A text that cannot be made shorter, with nothing in it that looks like a number.
fn large(begins: &str) -> String {
    let mut text = format!("{begins} ");
    while text.len() < LARGE {
        let letters = uuid::Uuid::new_v4().simple().to_string();
        text.extend(letters.chars().map(|digit| char::from(b'a' + digit.to_digit(16).unwrap() as u8)));
        text.push(' ');
    }
    text
}

/// Fills the disk with reports until there is no room, and looks that nothing is lost by it; then makes room.
async fn fill_up(url: &str, service: &Service, make_room: impl FnOnce()) {
    let before = entries(url);
    let mut written = 0;
    let refused = loop {
        let narrative = large(&written.to_string());
        let answer = service.report(&narrative).await;
        if answer.status() != 200 {
            is_told(answer).await;
            break narrative;
        }
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["data"]["payload"]["userErrors"], json!([]), "{answer}");
        written += 1;
        assert!(written < 5_000, "it was never full");
    };
    println!("full after {written} reports");
    let mut refusals = 0;
    for number in 0.. {
        // What is left somewhere inside may do for one or the other.
        let answer = service.report(&large(&format!("Another, {number}"))).await;
        if answer.status() == 200 {
            written += 1;
        } else {
            is_told(answer).await;
            refusals += 1;
        }
        if refusals == 5 {
            break;
        }
        assert!(number < 100, "there is room");
        assert_eq!(service.read().await.status(), 200, "what is there can be read");
        assert_eq!(service.readyz().await, (200, json!("reachable")));
    }
    assert_eq!(entries(url), before + written, "something was lost, or half written");
    make_room();
    service.goes_on(&refused).await;
    assert_eq!(entries(url), before + written + 1);
}

const SERVE: [&str; 10] = [
    "serve",
    "--dev-issuer",
    "--today",
    "2018-12-10",
    "--bind",
    "127.0.0.1:0",
    "--log",
    "json",
    "--rate-requests=0",
    "--rate-changes=0",
];

#[tokio::test(flavor = "multi_thread")]
async fn an_sqlite_file_on_a_full_disk_takes_no_changes_until_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("disk");
    let Some(disk) = Disk::new(&place, 64_000) else { return };
    let url = sqlite(&place);
    prepare(&url);
    let size = std::fs::metadata(place.join("golden-thread.sqlite")).unwrap().len() / 1024;
    let files = format!("file://{}", folder.path().join("files").display());
    let arguments = [&SERVE[..], &["--files", &files, "--database-url", &url]].concat();
    let child = golden_thread(&arguments).stderr(Stdio::piped()).spawn().unwrap();
    let service = Service::of(&url, address_of(child).unwrap()).await;
    disk.grow(size + 3_000);
    fill_up(&url, &service, || disk.grow(64_000)).await;
}

/// What a quota is to a process: its files must not grow beyond a size. Without the right to mount a disk this is tried all the same.
#[tokio::test(flavor = "multi_thread")]
async fn an_sqlite_file_that_must_not_grow_takes_no_changes_until_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(folder.path());
    prepare(&url);
    let files = format!("file://{}", folder.path().join("files").display());
    let arguments = [&SERVE[..], &["--files", &files, "--database-url", &url]].concat();
    let program = golden_thread(&[]).get_program().to_owned();
    let limited = golden_thread(&arguments);
    // The signal that comes with it would end the process; a disk that is full sends none.
    let mut shell = Command::new("bash");
    shell.args(["-c", "trap '' XFSZ; ulimit -S -f 4000; exec \"$0\" \"$@\""]).arg(program);
    shell.args(limited.get_args()).stderr(Stdio::piped());
    limited.get_envs().for_each(|(name, value)| {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    });
    let (process, address) = address_of(shell.spawn().unwrap()).unwrap();
    let id = process.0.id().to_string();
    let service = Service::of(&url, (process, address)).await;
    let make_room = || {
        let grown = Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited"]).status().unwrap();
        assert!(grown.success());
    };
    fill_up(&url, &service, make_room).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_disk_that_is_full_takes_no_changes_until_there_is_room() {
    let folder: TempDir = tempfile::tempdir().unwrap();
    let place = folder.path().join("disk");
    let Some(disk) = Disk::new(&place, 64_000) else { return };
    let Some(mut server) = Server::new() else { return };
    // The disk of the tables is full. That of the log of what is written is another, as it should be: without it the server stops.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    server.own(&place);
    server.start();
    server.does("postgres", &format!("CREATE TABLESPACE small LOCATION '{}'", place.display()));
    server.does("postgres", "CREATE DATABASE golden TABLESPACE small");
    let url = server.url("golden");
    prepare(&url);
    let files = format!("file://{}", folder.path().join("files").display());
    let arguments = [&SERVE[..], &["--files", &files, "--database-url", &url]].concat();
    let child = golden_thread(&arguments).stderr(Stdio::piped()).spawn().unwrap();
    let service = Service::of(&url, address_of(child).unwrap()).await;
    let size: u64 = server.does("golden", "SELECT pg_database_size('golden') / 1024").parse().unwrap();
    disk.grow(size + 2_000);
    fill_up(&url, &service, || disk.grow(64_000)).await;
}
