//! The PostgreSQL server: the one that is named, or one of our own in a temporary folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use tempfile::TempDir;
use url::Url;
use uuid::Uuid;

/// The variable that names a server on which databases may be made.
const NAMED: &str = "TEST_POSTGRES_URL";

/// A server.
pub(super) struct Server {
    url: Url,
    own: Option<Own>,
}

/// A server that ends with the run.
struct Own {
    programs: PathBuf,
    folder: TempDir,
}

impl Server {
    /// The one that is named, or one of our own.
    pub(super) async fn open() -> Result<Self> {
        match std::env::var(NAMED) {
            Ok(url) => {
                let url = Url::parse(&url).with_context(|| format!("{NAMED} is no address"))?;
                Ok(Self { url, own: None })
            }
            Err(_) => Self::start(),
        }
    }

    /// With the settings that it comes with: what is measured must be safe on the disk.
    fn start() -> Result<Self> {
        let programs = programs().with_context(|| {
            format!("there is no PostgreSQL here: install it, or set {NAMED} to a server on which databases may be made")
        })?;
        let folder = tempfile::tempdir()?;
        let own = Own { programs, folder };
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(own.folder.path()))?;
        }
        let data = own.data();
        let data = data.to_str().context("a folder without a name")?;
        own.run("initdb", &["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])?;
        let (log, socket) = (format!("{data}.log"), own.folder.path().display());
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={socket} -c max_connections=200"
        );
        own.run("pg_ctl", &["-D", data, "-l", &log, "-w", "-t", "60", "-o", &options, "start"])?;
        let url = Url::parse(&format!("postgres://postgres@127.0.0.1:{port}/postgres"))?;
        Ok(Self { url, own: Some(own) })
    }

    /// Ends what was begun.
    pub(super) async fn close(self) -> Result<()> {
        match self.own {
            Some(own) => {
                let data = own.data();
                own.run("pg_ctl", &["-D", &data.display().to_string(), "-m", "immediate", "stop"])
            }
            None => Ok(()),
        }
    }

    /// The address of a database.
    pub(super) fn url(&self, name: &str) -> Result<String> {
        let mut url = self.url.clone();
        url.set_path(name);
        Ok(url.to_string())
    }

    async fn connect(&self, name: Option<&str>) -> Result<PgConnection> {
        let url = name.map_or_else(|| Ok(self.url.to_string()), |name| self.url(name))?;
        PgConnection::connect(&url).await.context("PostgreSQL does not let us in")
    }

    /// A new database, or the one of this name that is kept; and whether it is new.
    pub(super) async fn database(&self, kept: Option<&str>) -> Result<(String, bool)> {
        let mut admin = self.connect(None).await?;
        let name = kept.map_or_else(|| format!("gt_bench_{}", Uuid::now_v7().simple()), str::to_owned);
        if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            bail!("{name:?} is no name for a database: use lower-case letters, digits and underscores");
        }
        let there = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1").bind(&name);
        let is_new = there.fetch_optional(&mut admin).await?.is_none();
        if is_new {
            admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        }
        Ok((name, is_new))
    }

    /// Drops a database that is not kept.
    pub(super) async fn drop(&self, name: &str) -> Result<()> {
        let mut admin = self.connect(None).await?;
        admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await?;
        Ok(())
    }

    /// Brings a database to the state in which one is that has been running for a day.
    pub(super) async fn settle(&self, name: &str) -> Result<()> {
        let mut connection = self.connect(Some(name)).await?;
        connection.execute("VACUUM (ANALYZE)").await?;
        connection.execute("CHECKPOINT").await?;
        Ok(())
    }

    /// What of its settings decides about what is measured.
    pub(super) async fn settings(&self) -> Result<String> {
        let mut admin = self.connect(None).await?;
        let mut told = Vec::new();
        for (setting, name) in [
            ("server_version", "PostgreSQL"),
            ("shared_buffers", "shared_buffers"),
            ("fsync", "fsync"),
            ("synchronous_commit", "synchronous_commit"),
        ] {
            let row = sqlx::query("SELECT current_setting($1)").bind(setting).fetch_one(&mut admin).await?;
            told.push(format!("{name} {}", row.get::<String, _>(0)));
        }
        Ok(told.join(", "))
    }
}

impl Own {
    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs one of its programs, as the account that owns it: they refuse to run as root.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<()> {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        run(command.args(arguments).current_dir("/"))
    }
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.stdout(std::process::Stdio::null()).status();
    let status = status.with_context(|| format!("{command:?} cannot be started"))?;
    if status.success() { Ok(()) } else { bail!("{command:?} ended with {status}") }
}

/// Whether this runs as root, where the system tells it as Linux does.
fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let own = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    own.and_then(|ids| ids.split_whitespace().next()) == Some("0")
}

/// The folder of the newest server's programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut all: Vec<PathBuf> =
        versions.filter_map(|version| Some(version.ok()?.path().join("bin"))).collect();
    all.retain(|folder| folder.join("pg_ctl").exists());
    all.sort_by_key(|folder| folder.parent().and_then(Path::file_name)?.to_str()?.parse::<u32>().ok());
    all.pop()
}
