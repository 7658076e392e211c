// One client attacks: the process lives on, its memory stays bounded, others are served, and every answer is a documented
// one. How fast others are served is told and fails nothing: it depends on the machine.
import { fork } from "node:child_process";
import { once } from "node:events";
import { cpus, totalmem } from "node:os";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { assert } from "./report.mjs";
import { refused } from "./limits.mjs";
import { LISTENERS } from "./abuse/listeners.mjs";
import { SLUG, serving } from "./abuse/place.mjs";
import { REQUESTS } from "./abuse/requests.mjs";
import { UPLOADS } from "./abuse/uploads.mjs";
import { forgetPeak, health, listening, memory, peak } from "./abuse/watch.mjs";

const PART = "abuse";
const TABLE = "Abuse";
const ATTACKS = Object.entries({ ...REQUESTS, ...UPLOADS, ...LISTENERS });
/** Each asks eight times a second, which is below its rate: enough of them for a hundredth to be several requests. */
const VICTIMS = Array.from({ length: 16 }, (_, index) => `victim-${index}`);
const PER_SECOND = 8 * VICTIMS.length;
const QUERY = `{ programme(slug: "${SLUG}") { name } }`;

/**
 * In seconds: an attack, the service left alone before and after, at most to recover between two attacks, and how long it is left
 * alone then to see how it is idle. A machine of its own is not the same from one minute to the next, so that an attack is compared with
 * what was just before it and just after.
 */
const SHORT = { attack: 0.8, idle: 1, rest: 3, between: 0 };
const LONG = { attack: 12, idle: 20, rest: 12, between: 8 };
/**
 * How much more memory than idle the service may take under attack, in MiB. Most of it is for the cache of documents, which
 * is bounded by their text.
 */
const MOST = 256;
/** How much more it may still have when it counts as recovered. */
const KEPT = 128;
/** How many times as slow as idle an attack may have others served; one that seems to is tried so often in all, and the middle one counts. */
const MOST_SLOWED = 2;
const TRIES = 3;
/** A listener that has gone is noticed at the latest by then, and a reservation that nobody reads has ended. */
const GONE_SECONDS = 35;

const start = (file) => fork(fileURLToPath(new URL(`./abuse/${file}`, import.meta.url)), { stdio: "inherit" });

/**
 * `isLong`: as long as figures take that mean something; otherwise as long as it takes to see that something breaks. `like`: only
 * the attacks whose name matches.
 */
export async function abuse(report, binary, { isLong, like }) {
  const attacks = ATTACKS.filter(([name]) => !like || new RegExp(like).test(name));
  if (process.platform !== "linux") return report.skip(PART, "attacks", "memory is read from /proc, which is Linux's");
  const time = isLong ? LONG : SHORT;
  report.intro(TABLE, intro(binary, time));
  const figures = ["others: p50, p99 in ms", "p99 to idle", "memory at most, MiB"];
  report.row(TABLE, "database", "attack", "sent", "answered", ...figures);
  await on(report, binary, "SQLite", attacks, time);
  if (!process.env.TEST_POSTGRES_URL) return report.skip(PART, "attacks, PostgreSQL", "TEST_POSTGRES_URL is not set");
  const ofDatabase = attacks.filter(([, { database }]) => database);
  await on(report, binary, "PostgreSQL", ofDatabase, time);
}

/** What the figures were taken with. */
function intro(binary, { attack, between }) {
  const [{ model }] = cpus();
  const machine = `${cpus().length} cores (${model}) with ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return [
    `By the ${basename(dirname(binary))} build on ${machine}, where the attacker, the others and the database run too. The attacker gives way to the rest for the processor.`,
    `One client attacks for ${attack} s or longer; the others send ${PER_SECOND} small queries a second, and none failed.`,
    `The ratio is to the ${between} s without an attack before it and those after it. One over 2 is tried twice more, by other clients, and the middle one is told. **In bold it is over 2.**`,
  ].join("\n");
}

async function on(report, binary, kind, attacks, time) {
  const attackers = Array.from({ length: attacks.length * TRIES }, (_, index) => `attacker-${index}`);
  await serving(binary, kind, [...VICTIMS, ...attackers], async (service) => {
    const { programme } = await service.ask(`{ programme(slug: "${SLUG}") { id } }`, {}, attackers[0]);
    const victim = await Victim.start(service);
    try {
      await sleep(500);
      await victim.fared();
      await sleep(time.idle * 1000);
      const scene = { report, service, kind, time, victim, programmeId: programme.id, before: memory(service.pid) };
      scene.idle = await victim.fared();
      tell({ ...scene, idle: scene.idle.p99 }, "nobody", "", "", scene.idle, scene.before);
      scene.first = scene.idle.p99;
      for (const [index, attack] of attacks.entries()) await one(scene, attack, attackers, index * TRIES);
      await after(scene);
    } finally {
      victim.stop();
    }
  });
}

/** One attack, by one subject from one address; three times, by others from others, where the first seems to slow others down too much. */
async function one(scene, [name, attack], attackers, first) {
  const tries = [];
  await checked(scene, name, async () => {
    do {
      const index = first + tries.length;
      tries.push(await tried(scene, [name, attack], attackers[index], index));
    } while (scene.time === LONG && tries.length < TRIES && tries[0].ratio > MOST_SLOWED);
    tries.sort((one, other) => one.ratio - other.ratio);
    const { sent, told, ratio, others, idle, most } = tries[Math.floor(tries.length / 2)];
    const times = tries.length > 1 ? `; the middle of ${tries.map((of) => of.ratio.toFixed(1)).join(", ")}` : "";
    tell({ ...scene, idle }, name, sent + times, told, others, most);
    return `${told}; others ${ratio.toFixed(1)} times as slow${times}; ${Math.round(most)} MiB`;
  });
}

const checked = ({ report, kind }, name, check) => report.check(`${PART}, ${kind}`, name, check);

/** What came of an attack: fails where the service is unwell, answers what it may not, or does not serve others. */
async function tried(scene, [name, attack], subject, index) {
  const { service, time, victim } = scene;
  const isLong = time === LONG;
  const least = isLong ? (attack.seconds ?? time.attack) : time.attack;
  const awaits = isLong ? [...attack.expects, ...(attack.later ?? [])] : attack.expects;
  forgetPeak(service.pid);
  await victim.fared();
  const { answers, sent, seconds } = await attacked(scene, { name, subject, index, seconds: least, awaits });
  const others = await victim.fared();
  const most = peak(service.pid);
  const before = scene.idle;
  await recovered(scene);
  const idle = (before.p99 + scene.idle.p99) / 2;
  const told =
    Object.entries(answers)
      .map(([answer, count]) => `${answer}: ${count}`)
      .join(", ") || "nothing";
  const faults = [
    ...(await unwell(service)),
    ...judge(attack, answers, { seconds, awaits }),
    ...failed(others),
    ...(most < scene.before + MOST
      ? []
      : [`memory was ${Math.round(most)} MiB, idle ${Math.round(scene.before)} MiB`]),
  ];
  const ratio = others.p99 / idle;
  assert(faults.length === 0, `${faults.join("; ")} (${told}; others ${ratio.toFixed(1)} times as slow)`);
  return { sent: `${attack.sent}; ${sent} in ${seconds} s`, told, ratio, others, idle, most };
}

/** Leaves the service alone until it has recovered, and then sees how it is idle. */
async function recovered(scene) {
  const { service, time, victim, before } = scene;
  const end = Date.now() + time.rest * 1000;
  while (Date.now() < end && memory(service.pid) > before + KEPT) await sleep(100);
  if (time.between === 0) return;
  await victim.fared();
  await sleep(time.between * 1000);
  scene.idle = await victim.fared();
}

async function attacked({ service, programmeId }, { name, subject, index, seconds, awaits }) {
  const attacker = start("attacker.mjs");
  const told = Promise.race([
    once(attacker, "message").then(([result]) => result),
    once(attacker, "exit").then(() => Promise.reject(new Error("the attacker failed"))),
  ]);
  attacker.send({
    name,
    seconds,
    awaits,
    programmeId,
    port: new URL(service.url).port,
    // An address of its own, so that it is one client and the others are others.
    address: `127.0.0.${index + 2}`,
    token: service.tokens[subject],
    documents: refused(),
  });
  return told;
}

/** What is wrong with the service itself. */
async function unwell(service) {
  if (service.hasEnded) return ["the process has ended"];
  const { healthz, readyz } = await health(service.url);
  return healthz === 200 && readyz === 200 ? [] : [`/healthz ${healthz}, /readyz ${readyz}`];
}

/** How others failed. */
function failed({ failures }) {
  return failures.length ? [`${failures.length} others failed, such as ${failures[0]}`] : [];
}

/** What was answered and may not be, or was not and has to be. */
function judge({ expects, later = [], allows = [], database, judge }, answers, { seconds, awaits }) {
  // Who keeps the database busy may be told so.
  const may = [...expects, ...later, ...allows, ...(database ? ["503 UNAVAILABLE", "next UNAVAILABLE"] : [])];
  const unknown = Object.keys(answers).filter((answer) => !may.includes(answer));
  const missing = awaits.filter((answer) => !answers[answer]);
  return [
    ...unknown.map((answer) => `answered ${answer}`),
    ...missing.map((answer) => `never answered ${answer}`),
    ...(judge?.(answers, seconds) ?? []),
  ];
}

/** Left alone again, the service is as it was. */
async function after(scene) {
  const { report, service, time, victim, before } = scene;
  await report.check(`${PART}, ${scene.kind}`, "afterwards nobody listens any more", async () => {
    for (let waited = 0; waited < GONE_SECONDS; waited += 0.5) {
      const { connected, running } = await listening(service.url);
      if (connected + running === 0) return;
      await sleep(500);
    }
    throw new Error(`after ${GONE_SECONDS} s there are ${JSON.stringify(await listening(service.url))}`);
  });
  await report.check(`${PART}, ${scene.kind}`, "afterwards memory is given back and others are served", async () => {
    await victim.fared();
    await sleep(time.idle * 1000);
    const others = await victim.fared();
    const now = memory(service.pid);
    const ratio = tell({ ...scene, idle: scene.first }, "nobody, afterwards", "", "", others, now);
    assert(others.failures.length === 0, failed(others).join());
    assert(now < before + KEPT, `${Math.round(now)} MiB, before ${Math.round(before)} MiB`);
    return `others ${ratio} times as slow; ${Math.round(now)} MiB, before ${Math.round(before)} MiB`;
  });
}

/** Puts a row on the page; how many times as long as idle the slowest hundredth of the others' requests took. */
function tell({ report, kind, idle }, name, sent, answered, others, most) {
  const ratio = (others.p99 / idle).toFixed(1);
  const ms = (value) => value.toFixed(1);
  const marked = ratio > MOST_SLOWED ? `**${ratio}**` : ratio;
  report.row(TABLE, kind, name, sent, answered, `${ms(others.p50)}, ${ms(others.p99)}`, marked, Math.round(most));
  return ratio;
}

/** The others. */
class Victim {
  #process;

  static async start(service) {
    const victim = new Victim();
    const tokens = VICTIMS.map((subject) => service.tokens[subject]);
    const expected = JSON.stringify({ data: await service.ask(QUERY, {}, VICTIMS[0]) });
    victim.#process = start("victim.mjs");
    victim.#process.send({ port: new URL(service.url).port, tokens, query: QUERY, perSecond: PER_SECOND, expected });
    return victim;
  }

  /** How they fared since the last time this was asked. */
  async fared() {
    this.#process.send("tell");
    const [{ times, failures }] = await once(this.#process, "message");
    times.sort((one, other) => one - other);
    const quantile = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? NaN;
    return { failures, p50: quantile(0.5), p99: quantile(0.99) };
  }

  stop() {
    this.#process.kill();
  }
}
