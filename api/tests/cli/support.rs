//! Running the binary, and databases for it.

use std::path::Path;
use std::process::{Command, Output};

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
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(folder.path());
    load(&url, programme);
    test(&url).await;

    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else { return };
    let admin = connect(&server).await;
    let name = format!("gt_cli_{}", uuid::Uuid::now_v7().simple());
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
    load(&url, programme);
    test(&url).await;
    admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
}

fn load(url: &str, programme: &str) {
    printed(&["migrate", "--database-url", url]);
    printed(&["import", programme, "--database-url", url]);
}
