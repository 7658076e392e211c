// What an attacker works with: requests in a closed loop, bare connections, sockets. Everything that comes back is counted.
import http from "node:http";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";

/** At most so many requests of one attack, however fast they are answered. */
const MOST_REQUESTS = 50_000;
/** A request that is not answered by then is counted as such. */
const PATIENCE_MS = 30_000;
/** An attack goes on so much longer, at most, for what it is to be answered: a slow machine needs longer to answer. */
const LONGER_MS = 20_000;
/** What is under way at the end of an attack has so long to be answered; then the client hangs up. */
const GRACE_MS = 5_000;

export const POST = { "content-type": "application/json", accept: "application/graphql-response+json" };
export const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));

/** One attack in progress: whom it is on, who attacks, until when, what it is to be answered, and what was answered so far. */
export class Attack {
  answers = {};
  /** How many requests, connections or messages were sent. */
  sent = 0;

  constructor({ port, address, token, victim, programmeId, seconds, documents, awaits }) {
    Object.assign(this, { port, address, token, victim, programmeId, seconds, documents, awaits });
    this.end = Date.now() + seconds * 1000;
    this.authorization = { authorization: `Bearer ${token}` };
  }

  get isOver() {
    return this.isLate || this.sent >= MOST_REQUESTS;
  }

  /** Its time is up, and all that was to be answered was. */
  get isLate() {
    const late = Date.now() - this.end;
    return late >= LONGER_MS || (late >= 0 && this.awaits.every((answer) => this.answers[answer]));
  }

  /** Waits until the end of the attack. */
  async wait() {
    await sleep(Math.max(0, this.end - Date.now()));
    while (!this.isLate) await sleep(50);
  }

  count(answer, by = 1) {
    this.answers[answer] = (this.answers[answer] ?? 0) + by;
  }

  /** Sends requests by so many connections, each the next one as soon as the last is answered. `make` makes the n-th. */
  async flood(connections, make) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: connections, localAddress: this.address });
    const loop = async () => {
      while (!this.isOver) await this.ask(make(this.sent), agent);
    };
    await Promise.race([Promise.all(times(connections, loop)), this.wait().then(() => sleep(GRACE_MS))]);
  }

  /** Sends one request and counts what is answered: the status, and the code of the first error. */
  ask({ method = "POST", path = "/graphql", headers = {}, body, onAnswer }, agent) {
    this.sent += 1;
    return new Promise((resolve) => {
      const done = (answer) => {
        if (answer) this.count(answer);
        resolve();
      };
      const options = { port: this.port, host: "127.0.0.1", localAddress: this.address, method, path, headers };
      const request = http.request({ ...options, agent, timeout: PATIENCE_MS }, (response) => {
        if (onAnswer) return done(onAnswer(response));
        let text = "";
        response.setEncoding("utf8");
        // Errors stand at the beginning or alone: the rest of a large answer is read and left.
        response.on("data", (part) => (text += text.length < 4096 ? part : ""));
        response.on("end", () => done(told(response.statusCode, text)));
        response.on("error", () => done("broken off"));
      });
      request.on("timeout", () => request.destroy(new Error("no answer")));
      request.on("error", (fault) => done(fault.message === "no answer" ? "no answer" : "closed"));
      if (typeof body === "function") body(request);
      else request.end(body);
    });
  }

  post(query, { headers = this.authorization, variables } = {}) {
    return { headers: { ...POST, ...headers }, body: JSON.stringify({ query, variables }) };
  }

  /** A bare connection. What comes on it is counted by its status line; where nothing does, that it was closed. */
  connect({ reads = true } = {}) {
    this.sent += 1;
    const socket = net.connect({ port: this.port, host: "127.0.0.1", localAddress: this.address });
    let text = "";
    if (reads) socket.setEncoding("utf8").on("data", (part) => (text += text.length < 4096 ? part : ""));
    else socket.pause();
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.isOver) return;
      const status = text.match(/^HTTP\/1\.1 (\d{3})/)?.[1];
      this.count(status ? told(status, text) : "closed");
    });
    return socket;
  }

  /** A WebSocket. What ends it is counted: the close code, or the status that it was refused with. */
  socket({ init = true, onMessage } = {}) {
    this.sent += 1;
    const url = `ws://127.0.0.1:${this.port}/graphql/ws`;
    const socket = new WebSocket(url, "graphql-transport-ws", { localAddress: this.address, perMessageDeflate: false });
    const message = (message) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));
    socket.ended = new Promise((resolve) => {
      socket.on("error", () => {});
      socket.on("unexpected-response", (_, response) => {
        this.count(String(response.statusCode));
        socket.terminate();
      });
      socket.on("close", (code) => {
        // What we end ourselves is no answer.
        if (!this.isOver) this.count(code === 1006 ? "closed" : `close code ${code}`);
        resolve();
      });
    });
    socket.ready = new Promise((resolve) => {
      socket.on("open", () => {
        if (!init) return resolve(true);
        message({ type: "connection_init", payload: this.authorization });
      });
      socket.on("message", (bytes) => {
        const told = JSON.parse(bytes);
        if (told.type === "connection_ack") resolve(true);
        else if (told.type === "ping") message({ type: "pong" });
        else onMessage?.(told, message);
      });
      socket.on("close", () => resolve(false));
    });
    socket.say = message;
    return socket;
  }

  /** Counts a message of the protocol. */
  hear({ type, payload }) {
    if (type === "pong") return this.count("pong");
    const code = (payload?.errors ?? (type === "error" && payload))?.[0]?.extensions?.code;
    if (type === "next" || type === "error") this.count(code ? `${type} ${code}` : type);
  }
}

/** An answer as it is counted. */
function told(status, text) {
  const code = text.match(/"errors":\s*\[.*?"code":\s*"([A-Z_]+)"/s)?.[1];
  return code ? `${status} ${code}` : String(status);
}
