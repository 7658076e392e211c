//! Backups that are made while the service writes, and what comes of them where they are restored: the commands are those of
//! `docs/operations.md`, run as they stand there.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use super::deployment::Deployment;
use super::load::programme;
use super::postgres::{Server, free_port};
use crate::support::{golden_thread, printed, run, sqlite, verify};

/// Who writes while a backup is made.
const WRITERS: usize = 4;
/// How much is written before it, and while it is made at least.
const SOME: usize = 40;

/// The lines of a block of the operator's guide that stand below `<!-- test: NAME -->`.
fn documented(name: &str) -> String {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, after) = page.split_once(&format!("<!-- test: {name} -->\n```")).unwrap();
    let (_, block) = after.split_once('\n').unwrap();
    block.split_once("```").unwrap().0.to_owned()
}

/// Runs such a block with these variables; what it prints.
fn runs(mut shell: Command, name: &str, variables: &[(&str, &str)]) -> String {
    shell.args(["-euo", "pipefail", "-c", &documented(name)]).envs(variables.iter().copied());
    let output = shell.output().unwrap();
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{name}: {}{}", told(&output.stdout), told(&output.stderr));
    told(&output.stdout)
}

/// A shell that finds our program and the database's.
fn shell(programs: Option<&Path>) -> Command {
    let own = Path::new(env!("CARGO_BIN_EXE_golden-thread")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let folders = programs.into_iter().chain([own]).map(Path::to_path_buf);
    let folders = std::env::join_paths(folders.chain(std::env::split_paths(&path))).unwrap();
    let mut shell = Command::new("bash");
    shell.env("PATH", folders);
    shell
}

/// A programme on a new database, that is served and written to.
struct Written {
    url: String,
    service: Deployment,
    token: String,
    action: Value,
    acknowledged: Mutex<BTreeSet<String>>,
    is_over: AtomicBool,
}

impl Written {
    fn new(url: &str, files: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("programme.toml");
        std::fs::write(&file, programme()).unwrap();
        printed(&["migrate", "--database-url", url]);
        printed(&["import", file.to_str().unwrap(), "--database-url", url]);
        let (acknowledged, is_over) = (Mutex::default(), AtomicBool::new(false));
        let service = Deployment::new(url, 1).with(&["--files", files]);
        let token = printed(&["token", "office", "--database-url", url]).trim().to_owned();
        Self { url: url.to_owned(), service, token, action: Value::Null, acknowledged, is_over }
    }

    async fn find_action(&mut self) {
        self.action = action(&self.service, &self.token).await;
    }

    async fn report(&self, narrative: &str) {
        report(&self.service, &self.token, &self.action, narrative).await;
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).insert(narrative.to_owned());
    }

    /// Where somebody is who has read all of the feed.
    async fn cursor(&self) -> Value {
        let answer = feed(&self.service, &self.token, &Value::Null).await;
        let cursor = answer["data"]["programme"]["changes"]["pageInfo"]["endCursor"].clone();
        let again = feed(&self.service, &self.token, &cursor).await;
        assert!(cursor.is_string() && again.get("errors").is_none(), "{answer} {again}");
        cursor
    }

    fn so_far(&self) -> BTreeSet<String> {
        self.acknowledged.lock().unwrap().clone()
    }

    /// Writes until that is done, which begins once there is something.
    async fn while_it_writes<T>(&self, work: impl Future<Output = T>) -> T {
        let write = async |writer: usize| {
            for number in 0.. {
                if self.is_over.load(Ordering::SeqCst) {
                    return;
                }
                self.report(&format!("Writer {writer}, report {number}")).await;
            }
        };
        let until = async |count: usize| {
            while self.so_far().len() < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let work = async {
            until(SOME).await;
            let done = work.await;
            until(self.so_far().len() + SOME).await;
            self.is_over.store(true, Ordering::SeqCst);
            done
        };
        join(work, join_all((0..WRITERS).map(write))).await.0
    }
}

async fn action(service: &Deployment, token: &str) -> Value {
    let document = "{ programme(slug: \"westshire\") { actions(first: 1) { nodes { id } } } }";
    let data = service.ask(token, document, json!({})).await;
    data["programme"]["actions"]["nodes"][0]["id"].clone()
}

async fn report(service: &Deployment, token: &str, action: &Value, narrative: &str) {
    let input = json!({
        "actionId": action, "narrative": narrative, "declaredHealth": "ON_TRACK", "idempotencyKey": narrative,
    });
    let payload = service.mutate(token, "progressUpdateAdd", input, "progressUpdate { id }").await;
    assert_eq!(payload["userErrors"], json!([]));
}

/// A page of the feed, as it is answered.
async fn feed(service: &Deployment, token: &str, after: &Value) -> Value {
    let document = "query($after: String) { programme(slug: \"westshire\") { changes(last: 1, before: $after) { nodes { sequence }
        pageInfo { endCursor } } } }";
    let address = service.addresses[0].borrow().clone().unwrap();
    let body = json!({ "query": document, "variables": { "after": after } });
    let request = service.client.post(format!("{address}/graphql")).bearer_auth(token).json(&body);
    request.send().await.unwrap().json().await.unwrap()
}

/// What is reported in a database that was restored: its ledger is whole, the service runs on it, and goes on from there. Who
/// reads the feed begins anew.
async fn restored(url: &str, cursor: &Value) -> BTreeSet<String> {
    let (code, said, error) = verify(url, &[]);
    assert_eq!(code, Some(0), "{said}{error}");
    let said = printed(&["restored", "--database-url", url]);
    assert!(said.contains("westshire: what was after entry "), "{said}");
    let folder = tempfile::tempdir().unwrap();
    let files = format!("file://{}", folder.path().display());
    let service = Deployment::new(url, 1).with(&["--files", &files]);
    let _process = service.start(0).await;
    let token = printed(&["token", "office", "--database-url", url]);
    let token = token.trim();
    let answer = feed(&service, token, cursor).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
    let answer = feed(&service, token, &Value::Null).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    let action = action(&service, token).await;
    let document = "query($id: ID!, $after: String) { node(id: $id) { ...on Action { updates(first: 100, after: $after) {
        nodes { narrative } pageInfo { hasNextPage endCursor } } } } }";
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let data = service.ask(token, document, json!({ "id": action, "after": after })).await;
        let updates = &data["node"]["updates"];
        all.extend(updates["nodes"].as_array().unwrap().iter().cloned());
        if updates["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = updates["pageInfo"]["endCursor"].clone();
    }
    report(&service, token, &action, "After the restore").await;
    assert_eq!(verify(url, &[]).0, Some(0));
    let narratives: Vec<&str> = all.iter().map(|node| node["narrative"].as_str().unwrap()).collect();
    let once: BTreeSet<String> = narratives.iter().map(|narrative| (*narrative).to_owned()).collect();
    assert_eq!(once.len(), narratives.len());
    once
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sqlite_database_is_copied_while_it_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let files = format!("file://{}", at("files"));
    let mut written = Written::new(&sqlite(folder.path()), &files);
    let _process = written.service.start(0).await;
    written.find_action().await;
    let url = written.url.clone();
    let (before, said) = written
        .while_it_writes(async {
            let before = written.so_far();
            let variables =
                [("GOLDEN_THREAD_DATABASE_URL", url.as_str()), ("BACKUP", folder.path().to_str().unwrap())];
            (before, runs(shell(None), "backup-sqlite", &variables))
        })
        .await;
    let copy = at("golden-thread-backup.sqlite");
    assert!(said.contains(&copy) && said.contains("westshire: up to entry "), "{said}");

    // Nothing that is there is touched, and nothing is left behind where it does not go well.
    let listed = || std::fs::read_dir(folder.path()).unwrap().count();
    let (bytes, count) = (std::fs::metadata(&copy).unwrap().len(), listed());
    let again = run(&["backup", &copy, "--database-url", &url]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8(again.stderr).unwrap().contains("is there already"));
    let nowhere = run(&["backup", &at("none/copy.sqlite"), "--database-url", &url]);
    assert_eq!(nowhere.status.code(), Some(1));
    let elsewhere = run(&["backup", &at("b.sqlite"), "--database-url", "postgres://a@127.0.0.1:9/b"]);
    assert_eq!(elsewhere.status.code(), Some(2));
    assert!(String::from_utf8(elsewhere.stderr).unwrap().contains("pg_dump"));
    assert_eq!((std::fs::metadata(&copy).unwrap().len(), listed()), (bytes, count));

    let found = restored(&format!("sqlite://{copy}"), &written.cursor().await).await;
    assert!(before.is_subset(&found), "{:?} are not in the copy", before.difference(&found));
    assert!(found.is_subset(&written.so_far()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_database_is_dumped_and_restored_while_it_is_written_to() {
    let Some(mut server) = Server::new() else { return };
    server.start();
    server.does("postgres", "CREATE DATABASE golden");
    let folder = tempfile::tempdir().unwrap();
    let files = format!("file://{}", folder.path().join("files").display());
    let mut written = Written::new(&server.url("golden"), &files);
    let _process = written.service.start(0).await;
    written.find_action().await;
    let (url, admin, new) = (server.url("golden"), server.url("postgres"), server.url("golden_restored"));
    let backup = folder.path().display().to_string();
    let variables = [
        ("GOLDEN_THREAD_DATABASE_URL", url.as_str()),
        ("ADMIN_URL", &admin),
        ("RESTORED_URL", &new),
        ("BACKUP", &backup),
    ];
    let before = written
        .while_it_writes(async {
            let before = written.so_far();
            runs(shell(Some(server.programs())), "dump", &variables);
            before
        })
        .await;
    let said = runs(shell(Some(server.programs())), "restore-dump", &variables);
    assert!(said.contains("is whole"), "{said}");

    let found = restored(&new, &written.cursor().await).await;
    assert!(before.is_subset(&found), "{:?} are not in the dump", before.difference(&found));
    assert!(found.is_subset(&written.so_far()));
    // What keeps the ledger from being changed came along.
    for statement in ["UPDATE ledger_entry SET state = '{}'", "TRUNCATE ledger_entry CASCADE"] {
        let refused = server.sql("golden_restored", statement);
        assert!(String::from_utf8_lossy(&refused.stderr).contains("append-only"), "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_server_is_restored_to_the_moment_between_two_changes() {
    let Some(mut server) = Server::new() else { return };
    let folder = |name: &str| {
        let folder = server.folder().join(name);
        std::fs::create_dir(&folder).unwrap();
        server.own(&folder);
        folder.display().to_string()
    };
    let (archive, backup) = (folder("archive"), folder("backup"));
    // The settings that the guide names.
    let named = documented("archive-settings").replace("/archive", &archive);
    server.settings = named.lines().map(|line| line.replacen(" = ", "=", 1).replace('\'', "")).collect();
    server.start();
    server.does("postgres", "CREATE DATABASE golden");
    let files = tempfile::tempdir().unwrap();
    let files = format!("file://{}", files.path().display());
    let mut written = Written::new(&server.url("golden"), &files);
    let process = written.service.start(0).await;
    written.find_action().await;

    let as_owner = |server: &Server| server.run_as_owner(shell(Some(server.programs())));
    let (admin, port) = (server.url("postgres"), free_port().to_string());
    let restored_to = server.folder().join("restored").display().to_string();
    let mut variables = vec![
        ("SERVER_URL", admin.as_str()),
        ("BACKUP", &backup),
        ("ARCHIVE", &archive),
        ("NEW_DATA", &restored_to),
        ("PGPORT", &port),
    ];
    written.while_it_writes(async { runs(as_owner(&server), "base-backup", &variables) }).await;
    written.report("First").await;
    let before = written.so_far();
    let moment = server.does("golden", "SELECT clock_timestamp()");
    written.report("Second").await;
    // The last of it is archived when its segment is full, or its time is over; here we do not wait for that.
    let segment = server.does("golden", "SELECT pg_walfile_name(pg_switch_wal())");
    while !Path::new(&archive).join(&segment).exists() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let cursor = written.cursor().await;
    written.service.kill(0, process);
    server.kill();
    std::fs::rename(server.data(), server.folder().join("lost")).unwrap();

    variables.push(("MOMENT", &moment));
    let _restored = Restored { server: &server, data: &restored_to };
    runs(as_owner(&server), "restore-to-moment", &variables);
    let new = format!("postgres://postgres@127.0.0.1:{port}/golden");
    let found = restored(&new, &cursor).await;
    assert_eq!(found, before, "all that was before the moment, and nothing that came after it");
    assert!(found.contains("First") && !found.contains("Second"));
}

/// The server that was restored, which ends with the test.
struct Restored<'a> {
    server: &'a Server,
    data: &'a str,
}

impl Drop for Restored<'_> {
    fn drop(&mut self) {
        let stop = ["-D", self.data, "-m", "immediate", "stop"];
        let _ = self.server.command("pg_ctl").args(stop).output();
    }
}

/// Files are copied after the database: then each file of the record is in the copy, and what came in between belongs to nothing.
#[tokio::test(flavor = "multi_thread")]
async fn files_are_copied_after_the_database_and_checked_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let url = sqlite(folder.path());
    Written::new(&url, &format!("file://{}", at("files")));
    let service = crate::files::Service::start(&url, folder.path(), "office");
    crate::support::ready(&service.client, &service.url).await;
    let evidence = service.evidence().await;
    service.through(&evidence, "before.txt", b"what was there before\n".repeat(9)).await;

    printed(&["backup", &at("copy.sqlite"), "--database-url", &url]);
    service.through(&evidence, "between.txt", b"what came in between\n".repeat(9)).await;
    let copied = Command::new("cp").args(["-a", &at("files"), &at("copied")]).status().unwrap();
    assert!(copied.success());

    let copy = format!("sqlite://{}", at("copy.sqlite"));
    let check = |store: &str| {
        let store = format!("file://{store}");
        let output =
            golden_thread(&["files", "check", "--hashes", "--database-url", &copy, "--files", &store])
                .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let said = check(&at("copied"));
    assert!(said.contains("belongs to no file") && !said.contains("missing"), "{said}");
    // The other way round something would be lost.
    let empty = at("empty");
    std::fs::create_dir(&empty).unwrap();
    assert!(check(&empty).contains("its bytes are missing"));
}
