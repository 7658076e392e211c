//! Running the binary, and databases for it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};

/// The binary with these arguments, and nothing from the environment that could change what it does.
pub fn golden_thread(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_golden-thread"));
    command.args(arguments);
    let decides = |name: &str| {
        name == "RUST_LOG" || ["GOLDEN_THREAD_", "OTEL_"].iter().any(|own| name.starts_with(own))
    };
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(decides) {
            command.env_remove(name);
        }
    }
    // The files of a database that is elsewhere would lie among the sources.
    if arguments.iter().any(|argument| argument.starts_with("postgres")) {
        let folder = std::env::temp_dir().join("gt_cli_files");
        command.env("GOLDEN_THREAD_FILES", format!("file://{}", folder.display()));
    }
    command
}

/// Runs it to its end.
pub fn run(arguments: &[&str]) -> Output {
    golden_thread(arguments).output().unwrap()
}

/// One process, which ends with the test.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the service on a database, and gives the address that it says it listens on.
pub fn serve(url: &str, more: &[&str]) -> (Process, String) {
    let arguments =
        ["serve", "--dev-issuer", "--today", "2018-12-10", "--bind", "127.0.0.1:0", "--log", "json"];
    let arguments = [&arguments[..], &["--database-url", url], more].concat();
    let child = golden_thread(&arguments).stderr(Stdio::piped()).spawn().unwrap();
    address_of(child).unwrap()
}

/// A service that was just started, with the address that its log says it listens on; none where it ends before that.
pub fn address_of(mut child: Child) -> Option<(Process, String)> {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let process = Process(child);
    let address = lines.by_ref().find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(&line.unwrap()).ok()?;
        Some(line.get("address")?.as_str().unwrap().to_owned())
    });
    // A log that nobody reads would stop the process once the pipe is full.
    std::thread::spawn(move || lines.for_each(drop));
    Some((process, format!("http://{}", address?)))
}

/// Waits until a service is ready.
pub async fn ready(client: &reqwest::Client, address: &str) {
    let ready = format!("{address}/readyz");
    while !client.get(&ready).send().await.is_ok_and(|answer| answer.status() == 200) {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// The text on standard output of a run that succeeds.
pub fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The exit code, standard output and standard error of `verify-ledger`.
pub fn verify(url: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let output = run(&[&["verify-ledger", "--database-url", url], more].concat());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The address of an SQLite file in a folder.
pub fn sqlite(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("golden-thread.sqlite").display())
}

/// One connection to a database.
pub async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

/// Runs a test on the address of a fresh database of each kind, into which a programme's file was loaded.
pub async fn on_both(programme: &str, test: impl AsyncFn(&str)) {
    on_both_empty(async |url| {
        printed(&["import", programme, "--database-url", url]);
        test(url).await;
    })
    .await;
}

/// Runs a test on the address of a fresh database of each kind, with the current schema and nothing in it.
pub async fn on_both_empty(test: impl AsyncFn(&str)) {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(folder.path());
    printed(&["migrate", "--database-url", &url]);
    test(&url).await;

    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else { return };
    let admin = connect(&server).await;
    let name = format!("gt_cli_{}", uuid::Uuid::now_v7().simple());
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
    printed(&["migrate", "--database-url", &url]);
    test(&url).await;
    admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
}
