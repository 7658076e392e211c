//! A PostgreSQL server of the test's own, that can be killed, stopped, filled up and restored: of the one that all tests share
//! nothing of the kind may be asked.

use std::fs::File;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, getuid, kill_process};
use tempfile::TempDir;

/// Where the server's programs are. Where it is set they have to be there: with it a run says that nothing is to be left out.
const PROGRAMS: &str = "TEST_POSTGRES_PROGRAMS";
/// A start after a crash replays what was written since the last checkpoint.
const TOO_LONG: Duration = Duration::from_secs(120);

/// The folder of the programs of the newest server that is installed.
fn programs() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(PROGRAMS).filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        assert!(named.join("initdb").exists(), "{PROGRAMS} is {}: there is no initdb", named.display());
        return Some(named);
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|of| of.path().join("bin")).collect();
    found.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    found.retain(|folder| folder.join("initdb").exists() && folder.join("postgres").exists());
    let version = |folder: &PathBuf| {
        folder.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse::<u32>().ok())
    };
    found.into_iter().max_by_key(version)
}

/// The account that the server runs as: it refuses to run as root.
fn owner() -> Option<Option<(u32, u32)>> {
    if !getuid().is_root() {
        return Some(None);
    }
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = accounts.lines().find_map(|line| line.strip_prefix("postgres:"))?;
    let mut numbers = line.split(':').skip(1).map(|number| number.parse().ok());
    Some(Some((numbers.next()??, numbers.next()??)))
}

/// One server, which ends with the test.
pub struct Server {
    folder: TempDir,
    programs: PathBuf,
    owner: Option<(u32, u32)>,
    port: u16,
    /// What is set on its command line, as `name=value`.
    pub settings: Vec<String>,
    process: Option<Child>,
}

impl Server {
    /// A server that was not started yet, with its data in a folder of its own; none where no programs are installed.
    pub fn new() -> Option<Server> {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        Self::in_folder(folder, &data)
    }

    /// The same with its data elsewhere.
    pub fn in_folder(folder: TempDir, data: &Path) -> Option<Server> {
        let (Some(programs), Some(owner)) = (programs(), owner()) else {
            assert!(
                std::env::var_os(PROGRAMS).is_none(),
                "there is no account `postgres` to run the server as"
            );
            eprintln!("left out: no PostgreSQL server is installed here that could be killed ({PROGRAMS})");
            return None;
        };
        let server =
            Server { folder, programs, owner, port: free_port(), settings: Vec::new(), process: None };
        server.own(server.folder.path());
        if data != server.data() {
            server.own(data);
            std::os::unix::fs::symlink(data, server.data()).unwrap();
        }
        let arguments =
            ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"];
        let made = server.command("initdb").args(arguments).arg(server.data()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        // In its own configuration, so that what is restored from it has it too.
        let place = server.folder.path().display();
        let own = format!("listen_addresses = '127.0.0.1'\nunix_socket_directories = '{place}'\n");
        let mut file = File::options().append(true).open(server.data().join("postgresql.conf")).unwrap();
        file.write_all(own.as_bytes()).unwrap();
        Some(server)
    }

    /// Gives a folder to the account that the server runs as.
    pub fn own(&self, path: &Path) {
        if let Some((user, group)) = self.owner {
            chown(path, Some(user), Some(group)).unwrap();
        }
    }

    /// Where it keeps everything, for the account that it runs as.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where its data are.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder of its programs.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// One of its programs, as the account that it runs as.
    pub fn command(&self, program: &str) -> Command {
        self.run_as_owner(Command::new(self.programs.join(program)))
    }

    /// Any program, as that account, in the server's folder.
    pub fn run_as_owner(&self, mut command: Command) -> Command {
        command.current_dir(self.folder.path());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    /// Runs SQL as its superuser.
    pub fn sql(&self, database: &str, sql: &str) -> Output {
        let arguments = ["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", &self.url(database), "-c", sql];
        self.command("psql").args(arguments).output().unwrap()
    }

    /// The same, which has to go well; what it prints.
    pub fn does(&self, database: &str, sql: &str) -> String {
        let output = self.sql(database, sql);
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Starts the process, and does not wait until it lets anybody in.
    pub fn launch(&mut self) {
        let log = File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.process = Some(command.spawn().unwrap());
    }

    /// Whether somebody is let in.
    pub fn is_ready(&self) -> bool {
        self.sql("postgres", "SELECT 1").status.success()
    }

    /// Starts it, and waits until it lets somebody in. After a crash what the last one left of shared memory may be in use for
    /// another moment: then it is started once more.
    pub fn start(&mut self) {
        self.launch();
        let begun = std::time::Instant::now();
        while !self.is_ready() {
            if self.process.as_mut().is_some_and(|process| process.try_wait().unwrap().is_some()) {
                self.launch();
            }
            assert!(begun.elapsed() < TOO_LONG, "it does not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What it has written to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// SIGKILL, to the server and to every process that it has started: nobody writes anything any more.
    pub fn kill(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        // Held still, it can neither begin another nor notice that one is gone.
        signal(process.id(), Signal::STOP);
        let children = children(process.id());
        let _ = process.kill();
        children.iter().for_each(|child| signal(*child, Signal::KILL));
        let _ = process.wait();
    }

    /// Stops it as an operator does: `fast`, or `immediate`.
    pub fn stop(&mut self, mode: &str) {
        let Some(mut process) = self.process.take() else { return };
        signal(process.id(), if mode == "fast" { Signal::INT } else { Signal::QUIT });
        process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port on which nobody listens.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn signal(id: u32, signal: Signal) {
    let id = i32::try_from(id).ok().and_then(Pid::from_raw).unwrap();
    // It may have ended by itself.
    let _ = kill_process(id, signal);
}

/// The processes that a process has started: the server's do not start any further.
fn children(parent: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| parent_of(*id) == Some(parent)).collect()
}

fn parent_of(id: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}
