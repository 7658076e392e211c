"""The parts of the topology, each a process or two: PostgreSQL with a standby, the service, and the proxy."""

import contextlib
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
# The demonstration's plan was in full flight on this day.
TODAY = "2018-12-10"
# How long a process serves on after it was asked to stop. Longer than the proxy takes to notice (deploy/haproxy.cfg).
DRAIN_WAIT = 3
# Nothing takes so long unless it has gone wrong.
TOO_LONG = 60


class Missing(Exception):
    """Something that this needs is not on this machine, or does not start."""


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def get(url, timeout=5):
    """Status and text of an address; nothing where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()
    except OSError:
        return None, ""


def until(holds, what, seconds=TOO_LONG, every=0.05):
    """Waits until something holds, and gives what it said."""
    end = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        if time.monotonic() > end:
            raise Missing(f"{what}: not within {seconds} seconds")
        time.sleep(every)


def end_of(log):
    """The last lines of a log, which goes with the folder."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:])


def found(name, *folders):
    path = shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", "")]))
    if not path:
        raise Missing(f"{name} is not installed (on Debian: apt-get install postgresql haproxy)")
    return path


class Postgres:
    """One server. The primary is made new; a standby is a copy that follows it."""

    def __init__(self, folder, name, owner):
        self.data, self.log = folder / name, folder / f"{name}.log"
        self.owner, self.port = owner, free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/golden"

    def tool(self, name, *arguments, check=True, **more):
        versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        command = [found(name, *map(str, reversed(versions))), *map(str, arguments)]
        if self.owner:
            command = ["runuser", "-u", self.owner, "--", *command]
        return subprocess.run(command, check=check, cwd="/", capture_output=True, text=True, **more)

    def init(self):
        self.tool(
            "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )

    def follow(self, primary):
        self.tool(
            *("pg_basebackup", "-D", self.data, "-R", "-c", "fast", "-X", "stream", "--no-sync"),
            *("-h", "127.0.0.1", "-p", primary.port, "-U", "postgres"),
        )

    def start(self):
        # hot_standby_feedback: what a reader of the standby still sees is not cleared away under it.
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=100 "
            "-c wal_level=replica -c wal_keep_size=256MB -c hot_standby_feedback=on"
        )
        started = self.tool(
            "pg_ctl", "-D", self.data, "-l", self.log, "-w", "-t", TOO_LONG, "-o", options, "start", check=False
        )
        if started.returncode:
            raise Missing(f"PostgreSQL does not start: {started.stderr}\n{end_of(self.log)}")

    def stop(self, mode="fast"):
        if self.data.exists():
            self.tool("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop", check=False)

    def sql(self, statement, database="golden"):
        said = self.tool(
            *("psql", "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres"),
            *("-v", "ON_ERROR_STOP=1", "-c", statement, database),
        )
        return said.stdout.strip()


class Service:
    """One process of the service, and the next in its place."""

    def __init__(self, name, topology):
        self.name, self.topology = name, topology
        self.port, self.watch_port = free_port(), free_port()
        self.log = topology.folder / f"{name}.log"
        self.process = None

    def start(self):
        topology = self.topology
        arguments = [
            *("serve", "--dev-issuer", "--today", TODAY, "--log", "json", "--public-url", topology.public),
            *("--bind", f"127.0.0.1:{self.port}", "--metrics-bind", f"127.0.0.1:{self.watch_port}"),
            *("--database-url", topology.primary.url, "--database-replica-url", topology.standby.url),
            *("--files", f"file://{topology.files}", "--trusted-proxy", "127.0.0.0/8", "--drain-wait", DRAIN_WAIT),
            # One machine asks for more here than one client may.
            *("--rate-requests", 0, "--rate-changes", 0, "--rate-cost", 0, "--rate-anonymous", 0),
        ]
        self.process = topology.run(arguments, self.log)
        until(self.is_ready, f"process {self.name} is ready")

    def is_ready(self):
        if self.process.poll() is not None:
            raise Missing(f"process {self.name} ended:\n{end_of(self.log)}")
        return get(f"http://127.0.0.1:{self.port}/readyz")[0] == 200

    def ask_to_stop(self):
        self.process.terminate()

    def ended(self):
        return self.process.wait(timeout=TOO_LONG)

    def metrics(self):
        return get(f"http://127.0.0.1:{self.watch_port}/metrics")[1]


class Topology:
    """All of it, as long as the block lasts."""

    def __init__(self, program):
        self.program, self.owner = program, None
        self.things = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as things:
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="golden-thread-topology-"))
            things.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.haproxy = found("haproxy", "/usr/sbin")
            self.start_postgres(things)
            self.load()
            self.start_standby(things)
            self.port, self.watch_port = free_port(), free_port()
            self.public = f"http://127.0.0.1:{self.port}"
            self.services = [Service(name, self) for name in ("one", "two")]
            for service in self.services:
                things.callback(lambda of=service: of.process and of.process.kill())
                service.start()
            self.start_proxy(things)
            self.things = things.pop_all()
        return self

    def __exit__(self, *_):
        self.things.close()

    def start_postgres(self, things):
        # initdb and the server refuse to run as root.
        data = self.folder / "postgresql"
        data.mkdir()
        if os.geteuid() == 0:
            self.owner = "postgres"
            if self.owner not in (account.pw_name for account in pwd.getpwall()):
                subprocess.run(["useradd", "--system", "--no-create-home", self.owner], check=True)
            self.folder.chmod(0o711)
            shutil.chown(data, self.owner)
        self.primary, self.standby = (Postgres(data, name, self.owner) for name in ("primary", "standby"))
        things.callback(self.primary.stop, "immediate")
        self.primary.init()
        self.primary.start()
        self.primary.sql("CREATE DATABASE golden", database="postgres")

    def start_standby(self, things):
        things.callback(self.standby.stop, "immediate")
        self.standby.follow(self.primary)
        self.standby.start()

    def load(self):
        """Loads the demonstration. What it serves meanwhile nobody asks for."""
        self.files = self.folder / "golden-thread-files"
        log, port = self.folder / "demo.log", free_port()
        demo = self.run(["demo", "--database-url", self.primary.url, "--bind", f"127.0.0.1:{port}"], log)
        try:
            until(lambda: get(f"http://127.0.0.1:{port}/readyz")[0] == 200, "the demonstration is loaded")
        finally:
            demo.terminate()
            demo.wait(timeout=TOO_LONG)

    def start_proxy(self, things):
        env = {
            "PROXY_BIND": f"127.0.0.1:{self.port}",
            "PROXY_WATCH_BIND": f"127.0.0.1:{self.watch_port}",
            "SERVER_ONE": f"127.0.0.1:{self.services[0].port}",
            "SERVER_TWO": f"127.0.0.1:{self.services[1].port}",
        }
        log = (self.folder / "haproxy.log").open("w")
        proxy = subprocess.Popen(
            [self.haproxy, "-db", "-f", HERE.parent / "haproxy.cfg"], env={**os.environ, **env}, stderr=log, stdout=log
        )
        things.callback(lambda: (proxy.kill(), proxy.wait()))
        for service in self.services:
            until(lambda of=service: self.proxy_says_up(of), f"the proxy has process {service.name}")

    def proxy_says_up(self, service):
        """Whether the proxy sends requests to a process."""
        up = f'haproxy_server_status{{proxy="processes",server="{service.name}",state="UP"}} 1'
        return up in get(f"http://127.0.0.1:{self.watch_port}/metrics")[1]

    def run(self, arguments, log):
        """Starts the program, with nothing of the environment that could change what it does."""
        env = {key: value for key, value in os.environ.items() if not key.startswith(("GOLDEN_THREAD_", "OTEL_"))}
        command = [str(self.program), *map(str, arguments)]
        with log.open("a") as said:
            return subprocess.Popen(command, env=env, cwd=self.folder, stdout=said, stderr=said)

    def said(self, *arguments):
        """What the program says about this database."""
        command = [str(self.program), *arguments, "--database-url", self.primary.url]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        return done.returncode, (done.stdout + done.stderr).strip()

    def shown(self):
        return {
            "public": self.public,
            "processes": " and ".join(f"http://127.0.0.1:{service.port}" for service in self.services),
            "watch": f"http://127.0.0.1:{self.watch_port}",
            "primary": self.primary.url,
            "standby": self.standby.url,
            "folder": self.folder,
            "program": self.program,
            "pids": " or ".join(str(service.process.pid) for service in self.services),
        }

    def keep_running(self):
        """Starts anew whichever process was asked to stop, as a service manager does, until Ctrl-C."""
        while True:
            for service in self.services:
                if service.process.poll() is not None:
                    service.start()
                    print(f"process {service.name} is there again: {service.process.pid}", flush=True)
            time.sleep(0.2)
