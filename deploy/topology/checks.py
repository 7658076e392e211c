"""What the topology promises, tried: no request fails while its processes are restarted, nothing is lost or done twice, what was
written is read at once whichever process is asked, and the standby carries reads without anybody noticing when it is away."""

import contextlib
import re
import threading
import time

from clients import Client, EventStream, WebSocket
from parts import end_of, until

PROGRAMME = "buckinghamshire"
SUBJECT = "programme-office"
# Each has an action of its own.
WRITERS = 4
READERS = 2
# So many reports, each read back at once, are tried in each state of the standby.
REPORTS = 8


class Failed(Exception):
    """Something that was promised does not hold."""


def expect(holds, what):
    if not holds:
        raise Failed(what)


class Checks:
    def __init__(self, topology):
        self.topology = topology
        self.address = ("127.0.0.1", topology.port)
        self.token = topology.said("token", SUBJECT)[1]
        self.clients, self.failures, self.acknowledged = [], [], {}
        self.is_over = threading.Event()
        self.programme, self.actions = self.client().actions(PROGRAMME)
        self.number = 0

    def run(self, rounds):
        began = time.monotonic()
        self.restart_under_load(rounds)
        self.read_from_standby()
        code, said = self.topology.said("verify-ledger")
        expect(code == 0, f"the ledger is not whole: {said}")
        print(f"all of it holds ({time.monotonic() - began:.0f} s)")

    def client(self, address=None):
        self.clients.append(Client(address or self.address, self.token))
        return self.clients[-1]

    def asked(self):
        return sum(client.asked for client in self.clients)

    # ---- the rolling restart

    def restart_under_load(self, rounds):
        listeners = [kind(self.address, self.token, self.programme, self.failures) for kind in (WebSocket, EventStream)]
        threads = [threading.Thread(target=self.write, args=(number,), daemon=True) for number in range(WRITERS)]
        threads += [threading.Thread(target=self.read, daemon=True) for _ in range(READERS)]
        for thread in [*listeners, *threads]:
            thread.start()
        until(lambda: self.failures or self.asked() > 20 * len(threads), "the load has begun")
        for _ in range(rounds):
            for service in self.topology.services:
                self.restart(service)
        # What comes after the last restart is part of it.
        time.sleep(1)
        self.is_over.set()
        for thread in threads:
            thread.join(timeout=60)
        expect(not self.failures, f"{len(self.failures)} of {self.asked()} requests failed, the first: {self.failures[:3]}")
        self.everything_is_there_once()
        self.everything_was_heard_once(listeners, rounds)
        count = sum(len(said) for said in self.acknowledged.values())
        print(f"rolling restart, {rounds} of each process: {self.asked()} requests and {count} changes, none failed, none lost")

    def restart(self, service):
        service.ask_to_stop()
        code = service.ended()
        expect(code == 0, f"process {service.name} ended with {code}:\n{end_of(service.log)}")
        service.start()
        until(lambda: self.topology.proxy_says_up(service), f"the proxy has process {service.name} again")

    def write(self, number):
        """Reports, and looks over another connection, by which another process may be reached, whether the report is there."""
        writing, reading, action = self.client(), self.client(), self.actions[number]
        said = self.acknowledged[action] = []
        while not self.is_over.is_set():
            narrative = f"Writer {number}, report {len(said)}"
            with self.noting(narrative):
                first = writing.report(action, narrative, narrative)
                said.append(narrative)
                newest = reading.newest(action)
                expect(newest == narrative, f"{narrative} was acknowledged, and {newest} read after it")
                # Sent again, it is the same report, whichever process gets it.
                again = reading.report(action, narrative, narrative)
                expect(again == first, f"{narrative}: the same key made another report")

    def read(self):
        client = self.client()
        while not self.is_over.is_set():
            with self.noting("a query"):
                client.actions(PROGRAMME)

    @contextlib.contextmanager
    def noting(self, what):
        """Notes what goes wrong, whatever it is. Whoever failed once has shown it, and the load ends."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - nothing at all is to go wrong
            self.failures.append(f"{what}: {error!r}")
            self.is_over.set()

    def everything_is_there_once(self):
        client = self.client()
        for action, said in self.acknowledged.items():
            kept = [narrative for narrative in client.reports(action) if narrative.startswith("Writer ")]
            expect(sorted(kept) == sorted(said), "what was acknowledged is not what is there")

    def everything_was_heard_once(self, listeners, rounds):
        for listener in listeners:
            name = type(listener).__name__
            until(lambda of=listener: self.failures or (of.heard and of.heard[-1] == self.head()), f"{name} heard all")
            listener.stop()
            expect(not self.failures, str(self.failures))
            whole = list(range(listener.heard[0], listener.heard[-1] + 1))
            expect(listener.heard == whole, f"{name} heard something twice, or missed it")
            expect(listener.times >= rounds, f"{name} was told {listener.times} times to come again, in {rounds} rounds")

    def head(self):
        """The number of the last entry of the ledger; nothing where the process is too busy to tell."""
        text = self.topology.services[0].metrics()
        found = re.search(rf'ledger_position{{programme="{PROGRAMME}"}} (\S+)', text)
        return int(float(found.group(1))) if found else None

    # ---- the standby

    def read_from_standby(self):
        standby = self.topology.standby
        self.until_read("replica", "current")
        self.reads_what_it_wrote("while the standby follows")
        standby.sql("SELECT pg_wal_replay_pause()")
        self.reads_what_it_wrote("while the standby is behind")
        self.until_read("primary", "behind")
        standby.sql("SELECT pg_wal_replay_resume()")
        self.until_read("replica", "current")
        standby.stop("immediate")
        self.reads_what_it_wrote("while the standby is away")
        self.until_read("primary", "away")
        standby.start()
        self.until_read("replica", "current")
        print("the standby is read where it is not behind, done without where it is away, and read again")

    def reads_what_it_wrote(self, when):
        """What one reports the next reads at once, over other connections, so by either process."""
        action = self.actions[0]
        clients = [self.client() for _ in range(4)]
        for _ in range(REPORTS):
            self.number += 1
            narrative = f"Number {self.number}, {when}"
            writer, *readers = clients
            writer.report(action, narrative, narrative)
            for reader in readers:
                newest = reader.newest(action)
                expect(newest == narrative, f"{narrative} was acknowledged, and {newest} read after it")
            clients = [*readers, writer]

    def until_read(self, database, because):
        """Asks each process itself until it has read so once more."""
        labels = re.escape(f'golden_thread_reads_total{{database="{database}",because="{because}"}} ') + r"(\S+)"

        def counts():
            texts = [re.search(labels, service.metrics()) for service in self.topology.services]
            return [float(text.group(1)) if text else 0.0 for text in texts]

        before = counts()

        def have_read():
            for service in self.topology.services:
                self.client(("127.0.0.1", service.port)).newest(self.actions[0])
            return all(now > then for now, then in zip(counts(), before))

        until(have_read, f"both processes read from the {database} ({because})")
