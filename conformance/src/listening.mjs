// Many who listen: what a thousand idle ones cost, whether a hundred are told everything while much happens, and how soon what one
// process does is told by another. How fast is told and fails nothing: it depends on the machine.
import { cpus } from "node:os";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";
import { assert } from "./report.mjs";
import { SLUG, serving } from "./abuse/place.mjs";
import { memory } from "./abuse/watch.mjs";

const PART = "listening";
const TABLE = "Listening";
const SUBJECTS = Array.from({ length: 20 }, (_, index) => `listener-${index}`);
const IDLE = 1000;
const ACTIVE = 100;
const PER_SECOND = 50;
/** In seconds: how long much happens. */
const SHORT = 3;
const LONG = 20;
/** The most that an idle listener may cost, in KiB. The debug build takes more of everything, and is not judged. */
const MOST = 20;
const PROCESSES = 40;
const PATIENCE_MS = 60_000;
/** Whoever measures may ask for much. */
const OPTIONS = [
  ...["--limit-streams-each", "100", "--limit-connections-each", "2048", "--rate-requests", "0"],
  ...["--rate-changes", "0", "--rate-cost", "0", "--limit-working-each", "32"],
];
const CHANGES = `subscription Live($programmeId: ID!, $after: String) {
  changes(programmeId: $programmeId, after: $after) { cursor node { sequence at operation entityId node { __typename id } } }
}`;
const REPORT = `mutation Report($input: ProgressUpdateAddInput!) {
  progressUpdateAdd(input: $input) { userErrors { code } }
}`;

export async function listening(report, binary, { isLong }) {
  if (process.platform !== "linux") return report.skip(PART, "listeners", "memory is read from /proc, which is Linux's");
  const build = basename(dirname(binary));
  report.intro(TABLE, `By the ${build} build on ${cpus().length} cores (${cpus()[0].model}), where clients and database run too.`);
  report.row(TABLE, "database", "what", "outcome");
  const seconds = isLong ? LONG : SHORT;
  await on(report, "SQLite", { binary, build, seconds });
  if (!process.env.TEST_POSTGRES_URL) return report.skip(PART, "PostgreSQL", "TEST_POSTGRES_URL is not set");
  await on(report, "PostgreSQL", { binary, build, seconds });
}

async function on(report, kind, { binary, build, seconds }) {
  const check = (name, body) =>
    report.check(`${PART}, ${kind}`, name, async () => {
      const outcome = await body();
      report.row(TABLE, kind, name, outcome);
      return outcome;
    });
  const body = async (service, replica) => {
    const place = await start(service);
    await check(`${IDLE} idle listeners`, () => idle(place, build));
    await check(`${ACTIVE} listeners and ${PER_SECOND} changes a second`, () => active(place, seconds));
    if (kind === "PostgreSQL") {
      const other = await replica();
      await check("from one process to another", () => across(place, other));
    }
  };
  await serving(binary, kind, SUBJECTS, body, OPTIONS);
}

async function start(service) {
  const query = `{ programme(slug: "${SLUG}") { id actions(first: 50) { nodes { id } } } }`;
  const { programme } = await service.ask(query, {}, SUBJECTS[0]);
  return { service, programmeId: programme.id, actions: programme.actions.nodes.map(({ id }) => id) };
}

/** Where the feed stands, for each subject: a cursor is nobody else's. */
async function last({ service }) {
  const query = `{ programme(slug: "${SLUG}") { changes(last: 1) { edges { cursor } } } }`;
  const cursor = async (subject) => (await service.ask(query, {}, subject)).programme.changes.edges[0].cursor;
  return Promise.all(SUBJECTS.map(cursor));
}

/** A socket with one subscription; `tell` is given each change, and when it came. */
function listen({ service, programmeId }, index, { after, tell = () => {} }) {
  const url = `${service.graphql.replace(/^http/, "ws")}/ws`;
  const socket = new WebSocket(url, "graphql-transport-ws", { perMessageDeflate: false });
  const say = (message) => socket.send(JSON.stringify(message));
  const authorization = service.authorization(SUBJECTS[index % SUBJECTS.length]);
  const ready = new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", (code, reason) => reject(new Error(`closed: ${code} ${reason}`)));
    socket.on("open", () => say({ type: "connection_init", payload: { authorization } }));
    socket.on("message", (data) => {
      const message = JSON.parse(data);
      if (message.type === "connection_ack") {
        say({ type: "subscribe", id: "1", payload: { query: CHANGES, variables: { programmeId, after: after[index % SUBJECTS.length] } } });
        resolve();
      } else if (message.type === "ping") say({ type: "pong" });
      else if (message.type === "next" && message.payload.data) tell(message.payload.data.changes, Date.now());
      else {
        reject(new Error(data));
        console.error(`a listener was told ${data}`);
      }
    });
  });
  // What goes wrong later is found by what is not told; why, is said here.
  ready.catch(() => {});
  return { ready, close: () => socket.terminate() };
}

async function listeners(place, count, options) {
  const all = [];
  for (let begun = 0; begun < count; begun += 50) {
    const some = Array.from({ length: 50 }, (_, index) => listen(place, begun + index, options(begun + index)));
    await Promise.all(some.map(({ ready }) => ready));
    all.push(...some);
  }
  return all;
}

async function change({ service, actions }, number) {
  const input = { actionId: actions[number % actions.length], narrative: `Report ${number}`, declaredHealth: "ON_TRACK" };
  const { progressUpdateAdd } = await service.ask(REPORT, { input }, SUBJECTS[number % SUBJECTS.length]);
  assert(progressUpdateAdd.userErrors.length === 0, JSON.stringify(progressUpdateAdd));
}

async function until(what, is) {
  const end = Date.now() + PATIENCE_MS;
  while (!is()) {
    assert(Date.now() < end, `${what} after ${PATIENCE_MS / 1000} s`);
    await sleep(20);
  }
}

async function idle(place, build) {
  const { pid } = place.service;
  let told = 0;
  const tell = () => told++;
  // From where the feed stands: a change that comes before one of them has begun is told to that one too.
  const options = { after: await last(place), tell };
  // What the first ones need for all, and what a change needs, is not theirs.
  const first = await listeners(place, 50, () => options);
  await change(place, 0);
  await until("not everybody of the first was told", () => told >= 50);
  await sleep(1000);
  const before = memory(pid);
  const from = { after: await last(place), tell };
  const others = await listeners(place, IDLE, () => from);
  await sleep(2000);
  const each = ((memory(pid) - before) * 1024) / IDLE;
  const begun = Date.now();
  told = 0;
  await change(place, 1);
  await until("not everybody was told", () => told >= IDLE + 50);
  const all = Date.now() - begun;
  await sleep(1000);
  const after = ((memory(pid) - before) * 1024) / IDLE;
  for (const { close } of [...first, ...others]) close();
  const outcome = `${each.toFixed(1)} KiB each, ${after.toFixed(1)} once each has been told something; one change is told to all within ${all} ms`;
  assert(build === "debug" || each < MOST, outcome);
  return outcome;
}

async function active(place, seconds) {
  const after = await last(place);
  const seen = Array.from({ length: ACTIVE }, () => []);
  const delays = [];
  const all = await listeners(place, ACTIVE, (index) => ({
    after,
    tell: ({ node }, now) => {
      seen[index].push(node.sequence);
      delays.push(now - Date.parse(node.at));
    },
  }));
  const begun = Date.now();
  const count = PER_SECOND * seconds;
  const made = [];
  for (let number = 0; number < count; number++) {
    await sleep(Math.max(0, begun + (number * 1000) / PER_SECOND - Date.now()));
    const one = change(place, number);
    one.catch(() => {});
    made.push(one);
  }
  const failed = (await Promise.allSettled(made)).filter(({ status }) => status === "rejected");
  const took = (Date.now() - begun) / 1000;
  const expected = await feed(place, after[0]);
  await until("not everybody was told everything", () => seen.every((of) => of.length >= expected.length));
  for (const { close } of all) close();
  for (const of of seen) assert(of.join() === expected.join(), `told ${of.length} of ${expected.length}, or in another order`);
  assert(failed.length === 0, `${failed.length} of ${count} changes failed: ${failed[0]?.reason}`);
  const rate = (count / took).toFixed(0);
  return `${rate} changes a second for ${took.toFixed(0)} s, ${expected.length} entries told to each, none lost; told after ${times(delays)}`;
}

/** All sequences that the feed has after a cursor. */
async function feed({ service }, after) {
  const query = `query($after: String) { programme(slug: "${SLUG}") {
    changes(first: 100, after: $after) { nodes { sequence } pageInfo { hasNextPage endCursor } } } }`;
  const sequences = [];
  for (let more = true; more; ) {
    const { programme } = await service.ask(query, { after }, SUBJECTS[0]);
    sequences.push(...programme.changes.nodes.map(({ sequence }) => sequence));
    after = programme.changes.pageInfo.endCursor ?? after;
    more = programme.changes.pageInfo.hasNextPage;
  }
  return sequences;
}

async function across(place, other) {
  const delays = [];
  const after = await last(place);
  const tell = ({ node }, now) => delays.push(now - Date.parse(node.at));
  const listener = listen({ ...place, service: other }, 0, { after, tell });
  await listener.ready;
  await sleep(500);
  for (let number = 0; number < PROCESSES; number++) {
    await change(place, number);
    await sleep(150);
  }
  await until("the other process did not tell everything", () => delays.length >= PROCESSES);
  listener.close();
  return `${PROCESSES} changes, told after ${times(delays)}`;
}

/** From the time that an entry bears until it was heard. */
function times(delays) {
  const sorted = [...delays].sort((one, other) => one - other);
  const at = (share) => Math.max(0, sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
  return `${at(0.5)} ms (median), ${at(0.99)} ms (99 of 100)`;
}
