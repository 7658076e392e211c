// Attacks on what stays open: WebSockets and streams of events.
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { POST, times } from "./tools.mjs";
import { atMost } from "./requests.mjs";
import { SLUG } from "./place.mjs";

const MESSAGE = 128 * 1024;
const changes = (attack) => `subscription { changes(programmeId: "${attack.programmeId}") { cursor } }`;
const LARGE_QUERY = `{ programme(slug: "${SLUG}") { actions(first: 100) { nodes { aim } } } }`;

/** Five sockets that have said who they are: as many as one client may have. */
async function five(attack, options) {
  const sockets = times(5, () => attack.socket(options));
  await Promise.all(sockets.map(({ ready }) => ready));
  return sockets;
}

/** Sends on a socket as fast as it is taken. */
async function pour(attack, socket, next) {
  while (!attack.isOver && socket.readyState === socket.OPEN) {
    if (socket.bufferedAmount < MESSAGE) times(20, () => next(socket));
    await new Promise(setImmediate);
  }
  // What was sent lies in buffers on the way, and is taken from there to the end.
  await attack.wait();
}

/** So many clients, each of which comes again as soon as its socket is closed. */
async function again(attack, clients, body) {
  const loop = async () => {
    while (!attack.isOver) {
      const socket = await body();
      await Promise.race([socket.ended, attack.wait()]);
      socket.terminate();
    }
  };
  await Promise.all(times(clients, loop));
}

/** The head and first bytes of a frame that says it has `size`. */
function frame(size, sent) {
  const head = Buffer.alloc(14);
  head.writeUInt16BE(0x81ff);
  head.writeBigUInt64BE(BigInt(size), 2);
  return [head, Buffer.alloc(sent, 0x20)];
}

/** An event stream, read or not. */
function stream(attack, { path = "/graphql", reads = true, query, method = "POST" }) {
  const agent = new http.Agent({ localAddress: attack.address });
  const headers = { ...POST, ...attack.authorization, accept: "text/event-stream" };
  const body = query && JSON.stringify({ query });
  const onAnswer = (response) => {
    if (reads) response.resume();
    return String(response.statusCode);
  };
  return attack.ask({ path, method, headers, body, onAnswer }, agent);
}

/** Reserves a stream; its token, where there is one. */
async function reserve(attack) {
  let token = "";
  await new Promise((resolve) => {
    const headers = attack.authorization;
    const onAnswer = (response) => {
      response.setEncoding("utf8").on("data", (part) => (token += part));
      response.on("end", resolve);
      return `PUT ${response.statusCode}`;
    };
    attack.ask({ path: "/graphql/stream", method: "PUT", headers, onAnswer }).then(() => setTimeout(resolve, 1000));
  });
  return token;
}

export const LISTENERS = {
  "silent sockets": {
    sent: "300 sockets that say nothing",
    // More than an address may have are closed at once, the others after ten seconds.
    expects: [],
    later: ["closed", "close code 4408"],
    seconds: 14,
    run: async (attack) => {
      times(300, () => attack.socket({ init: false }));
      await attack.wait();
    },
  },
  "pings on sockets": {
    sent: "five sockets, pings of both kinds as fast as they are taken",
    expects: ["pong"],
    run: async (attack) => {
      const sockets = await five(attack, { onMessage: (message) => attack.hear(message) });
      const ping = (socket) => {
        attack.sent += 1;
        socket.say({ type: "ping", payload: { at: attack.sent } });
        socket.ping("x".repeat(100));
      };
      await Promise.all(sockets.map((socket) => pour(attack, socket, ping)));
    },
  },
  "pongs that nobody reads": {
    sent: "five sockets, pings of 100 KiB, no answer read",
    expects: [],
    allows: ["closed"],
    run: async (attack) => {
      const sockets = await five(attack);
      const payload = { text: "x".repeat(100 * 1024) };
      for (const socket of sockets) {
        socket.pause();
        times(100, () => socket.say({ type: "ping", payload }));
      }
      attack.sent += 500;
      await attack.wait();
    },
  },
  "large messages on sockets": {
    sent: "five sockets, messages of almost 128 KiB; then one of more, and again",
    expects: ["pong", "closed"],
    allows: ["close code 1009"],
    run: async (attack) => {
      const pad = (size) => ({ type: "ping", payload: { text: "x".repeat(size) } });
      const options = { onMessage: (message) => attack.hear(message) };
      await again(attack, 5, async () => {
        const socket = attack.socket({ ...options, init: false });
        await socket.ready;
        times(5, () => socket.say(pad(MESSAGE - 100)));
        attack.sent += 5;
        await sleep(100);
        socket.say(pad(MESSAGE));
        return socket;
      });
    },
  },
  "frames that never end": {
    sent: "24 sockets, 15 MiB of a frame of 16",
    expects: [],
    later: ["closed"],
    allows: ["close code 1009"],
    run: async (attack) => {
      const sockets = times(24, () => attack.socket({ init: false }));
      await Promise.all(sockets.map(({ ready }) => ready));
      const parts = frame(16 * 1024 * 1024, 15 * 1024 * 1024);
      for (const { _socket: bare } of sockets) for (const part of parts) bare?.write(part);
      await attack.wait();
    },
  },
  "messages that are none": {
    sent: "16 sockets again and again: no JSON, no type, bytes, a message before its time",
    expects: ["close code 4400", "close code 4401"],
    run: (attack) => {
      const messages = [
        "{",
        "[]",
        '{"type":"unknown"}',
        Buffer.from([1, 2, 3]),
        '{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}',
      ];
      return again(attack, 16, async () => {
        const socket = attack.socket({ init: false });
        const message = messages[attack.sent % messages.length];
        if (await socket.ready) socket.send(message);
        return socket;
      });
    },
  },
  "operations on sockets": {
    sent: "five sockets, queries as fast as they are taken, each begun before the last is answered",
    expects: ["next"],
    allows: ["error RATE_LIMITED"],
    database: true,
    run: async (attack) => {
      const sockets = await five(attack, { onMessage: (message) => attack.hear(message) });
      const payload = { query: `{ programme(slug: "${SLUG}") { name } }` };
      const ask = (socket) => {
        attack.sent += 1;
        socket.say({ type: "subscribe", id: String(attack.sent), payload });
      };
      await Promise.all(sockets.map((socket) => pour(attack, socket, ask)));
    },
  },
  "more sockets and subscriptions than one may have": {
    sent: "eight sockets, 70 subscriptions on each",
    expects: ["error RATE_LIMITED", "close code 4429"],
    database: true,
    run: async (attack) => {
      const sockets = times(8, () => attack.socket({ onMessage: (message) => attack.hear(message) }));
      await Promise.all(sockets.map(({ ready }) => ready));
      for (const socket of sockets) {
        times(70, (id) => socket.say({ type: "subscribe", id: String(id), payload: { query: changes(attack) } }));
      }
      attack.sent += 8 * 70;
      await attack.wait();
    },
    // Each of the other sockets is told twenty times.
    judge: (answers) => atMost(answers["close code 4429"], 3),
  },
  "more streams than one may have": {
    sent: "64 at once, read",
    expects: ["200", "429"],
    database: true,
    run: async (attack) => {
      times(64, () => stream(attack, { query: changes(attack) }));
      await attack.wait();
    },
    judge: (answers) => atMost(answers["200"], 5),
  },
  "streams that nobody reads": {
    sent: "five again and again, large answers and subscriptions",
    expects: ["200"],
    allows: ["429", "closed"],
    database: true,
    run: async (attack) => {
      const loop = async (number) => {
        while (!attack.isOver) {
          await stream(attack, { reads: false, query: number % 2 ? LARGE_QUERY : changes(attack) });
          await sleep(200);
        }
      };
      await Promise.all(times(5, loop));
    },
  },
  "reserved streams": {
    sent: "64 reservations that nobody reads; and on one that is read 64 operations of one id at once",
    expects: ["PUT 201", "PUT 429", "200", "202", "409 BAD_USER_INPUT"],
    allows: ["429 RATE_LIMITED"],
    database: true,
    run: async (attack) => {
      const token = await reserve(attack);
      stream(attack, { path: `/graphql/stream?token=${token}`, method: "GET" });
      await sleep(100);
      const headers = { ...POST, ...attack.authorization, "x-graphql-event-stream-token": token };
      const body = JSON.stringify({ query: changes(attack), extensions: { operationId: "one" } });
      await Promise.all(times(64, () => attack.ask({ path: "/graphql/stream", headers, body })));
      await Promise.all(times(64, () => reserve(attack)));
      await attack.wait();
    },
    judge: (answers) => [...atMost(answers["PUT 201"], 5), ...atMost(answers["202"], 1)],
  },
};
