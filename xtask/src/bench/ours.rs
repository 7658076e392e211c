//! The service: built, its database filled, started as a process of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::queries::MANIFEST;
use super::{Size, TODAY};

/// All who ask are one client here, or a few, and shall be held up by nothing but the work itself.
const ENDLESS: [&str; 14] = [
    "--rate-requests",
    "0",
    "--rate-anonymous",
    "0",
    "--rate-changes",
    "0",
    "--rate-cost",
    "0",
    "--limit-working-each",
    "64",
    "--limit-dear-each",
    "64",
    "--limit-connections-opened",
    "0",
];

/// Builds the release of this tree.
pub(super) async fn build() -> Result<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    // As `cargo xtask` itself is built, so that the two share what they depend on.
    let build = ["build", "--release", "--locked", "--bin", "golden-thread"];
    let status = Command::new(cargo).args(build).current_dir(root()).status().await?;
    if !status.success() {
        bail!("the service cannot be built");
    }
    let beside = std::env::current_exe()?.with_file_name("golden-thread");
    if beside.exists() { Ok(beside) } else { Ok(root().join("target/release/golden-thread")) }
}

/// The folder of the workspace.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// The program, with nothing from the environment that could change what it does.
fn program(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        let decides = |name: &str| {
            name == "RUST_LOG" || name.starts_with("GOLDEN_THREAD_") || name.starts_with("OTEL_")
        };
        if name.to_str().is_some_and(decides) {
            command.env_remove(name);
        }
    }
    command.kill_on_drop(true);
    command
}

async fn succeed(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.stderr(Stdio::inherit()).output().await?;
    if output.status.success() { Ok(output.stdout) } else { bail!("{:?} failed", command.as_std()) }
}

/// Gives a database its schema and its programmes.
pub(super) async fn fill(binary: &Path, url: &str, size: Size) -> Result<()> {
    succeed(program(binary).args(["migrate", "--database-url", url])).await?;
    let generate = ["generate", "--database-url", url, "--size", size.word(), "--today", TODAY];
    let told = succeed(program(binary).args(generate)).await?;
    eprint!("{}", String::from_utf8_lossy(&told));
    Ok(())
}

/// A token of the development issuer.
pub(super) async fn token(binary: &Path, url: &str, subject: &str) -> Result<String> {
    let token = succeed(program(binary).args(["token", subject, "--database-url", url])).await?;
    Ok(String::from_utf8(token)?.trim().to_owned())
}

/// The service, running.
pub(super) struct Ours {
    pub(super) address: SocketAddr,
    child: Child,
    folder: TempDir,
}

impl Ours {
    /// Starts it, and waits until it is ready.
    pub(super) async fn start(binary: &Path, url: &str, more: &[String]) -> Result<Self> {
        let ours = Self::begin(binary, url, more).await?;
        for _ in 0..1_000 {
            if super::client::is_ready(ours.address, "/readyz").await {
                return Ok(ours);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("the service does not become ready: {}", ours.told())
    }

    /// Starts it. Its log goes to a file, as a service manager would have it.
    pub(super) async fn begin(binary: &Path, url: &str, more: &[String]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (manifest, log) = (folder.path().join("documents.json"), folder.path().join("log"));
        std::fs::write(&manifest, MANIFEST.to_string())?;
        let address = free_address()?;
        let files = format!("file://{}", folder.path().join("files").display());
        let child = program(binary)
            .args(["serve", "--dev-issuer", "--log", "json", "--today", TODAY, "--database-url", url])
            .args(["--bind", &address.to_string(), "--files", &files])
            .arg("--trusted-documents")
            .arg(&manifest)
            .args(ENDLESS)
            .args(more)
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log)?)
            .spawn()
            .context("the service cannot be started")?;
        Ok(Self { address, child, folder })
    }

    /// The end of its log.
    pub(super) fn told(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }

    /// Its memory: now, and at its most.
    pub(super) fn memory(&self) -> Result<Memory> {
        let id = self.child.id().context("the service has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        let (now, most) = (of("VmRSS:").context("no VmRSS")?, of("VmHWM:").context("no VmHWM")?);
        Ok(Memory { now: now as f64 / 1024.0, most: most as f64 / 1024.0 })
    }

    /// Ends it.
    pub(super) async fn stop(mut self) -> Result<()> {
        self.child.kill().await?;
        Ok(())
    }
}

/// Resident memory in MiB.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    pub(super) now: f64,
    pub(super) most: f64,
}

/// An address that nobody listens on.
pub(super) fn free_address() -> Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
