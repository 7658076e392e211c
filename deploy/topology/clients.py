"""Clients of the service, which take no failure: each keeps its connection, tries nothing twice, and notes whatever is not an answer."""

import base64
import contextlib
import http.client
import json
import os
import socket
import struct
import threading


class Client:
    """Somebody with a token and a kept connection."""

    def __init__(self, address, token):
        self.host, self.port = address
        self.token, self.asked = token, 0
        self.connection = http.client.HTTPConnection(self.host, self.port, timeout=30)

    def ask(self, document, **variables):
        """The data of an answer. Whatever else comes is an error, and no request is sent twice."""
        body = json.dumps({"query": document, "variables": variables})
        headers = {
            "authorization": f"Bearer {self.token}",
            "content-type": "application/json",
            "accept": "application/graphql-response+json",
        }
        self.asked += 1
        self.connection.request("POST", "/graphql", body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {text[:500]}")
        answer = json.loads(text)
        if "errors" in answer:
            raise RuntimeError(text[:500])
        return answer["data"]

    def report(self, action, narrative, key):
        """Reports on an action, and gives the report's id."""
        document = """mutation($input: ProgressUpdateAddInput!) { progressUpdateAdd(input: $input) {
            progressUpdate { id } userErrors { code message } } }"""
        input = {"actionId": action, "narrative": narrative, "declaredHealth": "ON_TRACK", "idempotencyKey": key}
        payload = self.ask(document, input=input)["progressUpdateAdd"]
        if payload["userErrors"]:
            raise RuntimeError(json.dumps(payload))
        return payload["progressUpdate"]["id"]

    def actions(self, slug):
        """The programme's id, and those of its actions that can be reported on."""
        document = """query($slug: String!) { programme(slug: $slug) { id
            actions(first: 100, filter: { status: { in: [NOT_STARTED, IN_PROGRESS] } }) { nodes { id } } } }"""
        programme = self.ask(document, slug=slug)["programme"]
        return programme["id"], [action["id"] for action in programme["actions"]["nodes"]]

    def newest(self, action):
        """What the newest report on an action says, with more around it, so that a replica is asked."""
        document = """query($id: ID!) { node(id: $id) { ... on Action {
            steps { id } requirements(first: 5) { edges { node { id } } }
            updates(first: 1) { nodes { narrative } } } } }"""
        reports = self.ask(document, id=action)["node"]["updates"]["nodes"]
        return reports[0]["narrative"] if reports else None

    def reports(self, action):
        """What all reports on an action say."""
        document = """query($id: ID!, $after: String) { node(id: $id) { ... on Action {
            updates(first: 100, after: $after) { nodes { narrative } pageInfo { hasNextPage endCursor } } } } }"""
        said, after = [], None
        while True:
            page = self.ask(document, id=action, after=after)["node"]["updates"]
            said += [report["narrative"] for report in page["nodes"]]
            if not page["pageInfo"]["hasNextPage"]:
                return said
            after = page["pageInfo"]["endCursor"]


CHANGES = """subscription($programme: ID!, $after: String) {
    changes(programmeId: $programme, after: $after) { cursor node { sequence } } }"""


class Listener(threading.Thread):
    """Follows the feed of a programme, and comes again with its cursor when it is told to."""

    def __init__(self, address, token, programme, failures):
        super().__init__(daemon=True)
        self.address, self.token, self.programme, self.failures = address, token, programme, failures
        self.heard, self.cursor, self.times, self.socket = [], None, 0, None
        self.is_over = threading.Event()

    def run(self):
        while not self.is_over.is_set():
            try:
                self.listen()
                self.times += 1
            except Exception as error:  # noqa: BLE001 - whatever it is, it is not what was promised
                if not self.is_over.is_set():
                    self.failures.append(f"{type(self).__name__}: {error!r}")
                return

    def stop(self):
        """Leaves: the proxy counts those who are there."""
        self.is_over.set()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def take(self, answer):
        if "errors" in answer:
            raise RuntimeError(json.dumps(answer))
        edge = answer["data"]["changes"]
        self.heard.append(edge["node"]["sequence"])
        self.cursor = edge["cursor"]

    def variables(self):
        return {"query": CHANGES, "variables": {"programme": self.programme, "after": self.cursor}}


class EventStream(Listener):
    """By server-sent events."""

    def listen(self):
        connection = http.client.HTTPConnection(*self.address, timeout=45)
        headers = {
            "authorization": f"Bearer {self.token}",
            "content-type": "application/json",
            "accept": "text/event-stream",
        }
        connection.request("POST", "/graphql", json.dumps(self.variables()), headers)
        self.socket = connection.sock
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {answer.read()[:500]}")
        event = None
        while not self.is_over.is_set():
            line = answer.readline()
            if not line:
                return
            name, _, value = line.decode().rstrip("\r\n").partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "next":
                self.take(json.loads(value))


class WebSocket(Listener):
    """By the protocol graphql-transport-ws."""

    # The service is stopping: connect again.
    COME_AGAIN = 1001

    def listen(self):
        with socket.create_connection(self.address, timeout=45) as self.socket:
            self.stream = self.socket.makefile("rb")
            self.shake_hands()
            self.send({"type": "connection_init", "payload": {"authorization": f"Bearer {self.token}"}})
            while not self.is_over.is_set():
                opcode, payload = self.frame()
                if opcode == 8:
                    code = struct.unpack("!H", payload[:2])[0] if payload else None
                    if code != self.COME_AGAIN:
                        raise RuntimeError(f"closed with {code}: {payload[2:].decode()}")
                    return
                if opcode == 9:
                    self.send(payload, opcode=10)
                elif opcode == 1:
                    self.message(json.loads(payload))

    def message(self, message):
        if message["type"] == "connection_ack":
            self.send({"type": "subscribe", "id": "1", "payload": self.variables()})
        elif message["type"] == "next":
            self.take(message["payload"])
        elif message["type"] == "ping":
            self.send({"type": "pong"})
        elif message["type"] in ("error", "complete"):
            raise RuntimeError(json.dumps(message))

    def shake_hands(self):
        host, port = self.address
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET /graphql/ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )
        self.socket.sendall(head.encode())
        status = self.stream.readline().decode()
        if " 101 " not in status:
            raise RuntimeError(f"no socket: {status}")
        while self.stream.readline() not in (b"\r\n", b""):
            pass

    def send(self, message, opcode=1):
        payload = message if isinstance(message, bytes) else json.dumps(message).encode()
        length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack("!H", len(payload))
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
        self.socket.sendall(bytes([0x80 | opcode]) + length + mask + masked)

    def frame(self):
        first, second = self.read(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self.read(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self.read(8))
        return first & 0x0F, self.read(length)

    def read(self, count):
        found = self.stream.read(count)
        if len(found) < count:
            raise RuntimeError("the socket ended without a word")
        return found
