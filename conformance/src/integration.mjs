// The programs of docs/integration.md, in Python and in TypeScript, run as they stand on the page: by a partner's system that has a
// machine client, behind a network that loses answers.
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { SLUG, UNDER_WAY } from "./answers.mjs";
import { BUILD, HERE, ROOT } from "./paths.mjs";
import { assert, version } from "./report.mjs";
import { Service } from "./service.mjs";

const PAGE = `${ROOT}/docs/integration.md`;
const FOLDER = `${BUILD}/integration`;
const ORGANISATION = "Thames Valley Police";
const WAIT_MS = 20_000;
const run = promisify(execFile);

export async function integration(report, binary) {
  rmSync(FOLDER, { recursive: true, force: true });
  const names = extracted();
  await report.check("integration", "the page has the programs", () => {
    assert(names.length === 8, `found ${names.join(", ")}`);
    return `${names.length} files`;
  });
  for (const { name, missing, prepare, start, held } of [python, typescript]) {
    const part = `integration, ${name}`;
    const lacks = await missing?.();
    if (lacks) {
      report.skip(part, "its programs", lacks);
      continue;
    }
    const service = await Service.demo(binary);
    const network = await Network.before(service);
    try {
      if (!(await report.check(part, "the programs can be made ready", prepare))) continue;
      const partner = await Partner.of(service, network, start, held);
      await report.check(part, "the first sync brings what the API lists", () => firstSync(partner));
      await report.check(part, "what comes into sight and goes out of it comes and goes", () => comesAndGoes(partner));
      await report.check(part, "a report whose answer is lost is made once", () => reportsOnce(partner));
      await report.check(part, "a webhook is verified, and brings the copy up to date", () => isTold(partner));
      await report.check(part, "once the client is revoked, nothing is to be had", () => isRevoked(partner));
    } finally {
      network.close();
      await service.stop();
    }
    report.row("Clients", "integration.md", name, report.outcome(part));
  }
}

/** Writes the files of the page; their names. */
function extracted() {
  const page = readFileSync(PAGE, "utf8");
  return [...page.matchAll(/<!-- file: (\S+) -->\n```\w+\n(.*?)\n```\n/gs)].map(([, name, text]) => {
    mkdirSync(dirname(`${FOLDER}/${name}`), { recursive: true });
    writeFileSync(`${FOLDER}/${name}`, `${text}\n`);
    return name;
  });
}

const PYTHON_PACKAGES = `${BUILD}/python-packages`;

const python = {
  name: "Python 3, standardwebhooks",
  missing: () =>
    run("python3", ["-m", "pip", "--version"]).then(
      () => undefined,
      () => "there is no Python 3 with pip here",
    ),
  prepare: async () => {
    const wanted = readFileSync(`${HERE}/requirements.txt`, "utf8");
    const marker = `${PYTHON_PACKAGES}/.installed`;
    if (!existsSync(marker) || readFileSync(marker, "utf8") !== wanted) {
      rmSync(PYTHON_PACKAGES, { recursive: true, force: true });
      const into = ["--quiet", "--disable-pip-version-check", "--target", PYTHON_PACKAGES];
      await run("python3", ["-m", "pip", "install", ...into, "-r", `${HERE}/requirements.txt`]);
      writeFileSync(marker, wanted);
    }
    return (await run("python3", ["--version"])).stdout.trim();
  },
  start: (program) => ({
    command: ["python3", `${FOLDER}/python/${program}.py`],
    env: { PYTHONPATH: PYTHON_PACKAGES, PYTHONDONTWRITEBYTECODE: "1" },
  }),
  held: async () => {
    const script = `import json, sqlite3; print(json.dumps([json.loads(row[0]) for row in sqlite3.connect("${FOLDER}/copy").execute("SELECT held FROM thing")]))`;
    return JSON.parse((await run("python3", ["-c", script], { maxBuffer: 1 << 26 })).stdout);
  },
};

const typescript = {
  name: `TypeScript ${version("typescript")}, standardwebhooks ${version("standardwebhooks")}`,
  prepare: async () => {
    const compilerOptions = {
      target: "es2022",
      module: "nodenext",
      strict: true,
      types: ["node"],
      typeRoots: [`${HERE}/node_modules/@types`],
      noUncheckedIndexedAccess: true,
    };
    const folder = `${FOLDER}/typescript`;
    writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions }));
    writeFileSync(`${folder}/package.json`, JSON.stringify({ type: "module" }));
    symlinkSync(`${HERE}/node_modules`, `${folder}/node_modules`);
    await run(process.execPath, [`${HERE}/node_modules/typescript/bin/tsc`, "-p", folder]).catch((fault) => {
      throw new Error(fault.stdout || fault.stderr || fault.message);
    });
    return `Node ${process.version}`;
  },
  start: (program) => ({ command: [process.execPath, `${FOLDER}/typescript/${program}.js`], env: {} }),
  held: async () => Object.values(JSON.parse(readFileSync(`${FOLDER}/copy`, "utf8")).things),
};

/** The way to the service, which can lose the answer to a change although it was made. */
class Network {
  #server;
  losesNext = false;

  static async before(service) {
    const network = new Network();
    network.#server = createServer(async (request, response) => {
      const body = [];
      for await (const part of request) body.push(part);
      const { host: _host, connection: _connection, ...headers } = request.headers;
      const { method } = request;
      const sent = method === "GET" ? undefined : Buffer.concat(body);
      const answer = await fetch(service.url + request.url, { method, headers, body: sent });
      const text = Buffer.from(await answer.arrayBuffer());
      if (network.losesNext && sent?.includes("mutation")) {
        network.losesNext = false;
        return request.socket.destroy();
      }
      const passed = ["content-type", "retry-after", "www-authenticate"].filter((name) => answer.headers.has(name));
      response.writeHead(answer.status, Object.fromEntries(passed.map((name) => [name, answer.headers.get(name)])));
      response.end(text);
    });
    await new Promise((resolve) => network.#server.listen(0, "127.0.0.1", resolve));
    network.url = `http://127.0.0.1:${network.#server.address().port}`;
    return network;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** The partner's system: its machine client, its programs, its copy. */
class Partner {
  constructor(service, network, start, held) {
    Object.assign(this, { service, network, start, held });
    this.copy = `${FOLDER}/copy`;
  }

  static async of(service, network, start, held) {
    const partner = new Partner(service, network, start, held);
    for (const name of ["copy", "copy.new", "outbox"]) rmSync(`${FOLDER}/${name}`, { force: true });
    const { programme, organisations } = await service.ask(
      `{ programme(slug: "${SLUG}") { id } organisations(first: 100) { nodes { id name } } }`,
    );
    partner.programmeId = programme.id;
    partner.organisationId = organisations.nodes.find(({ name }) => name === ORGANISATION)?.id;
    assert(partner.organisationId, `the demonstration has no ${ORGANISATION}`);
    const { machineClient, secret } = await partner.change("machineClientRegister", "machineClient { id clientId version } secret", {
      programmeId: partner.programmeId,
      organisationId: partner.organisationId,
      name: "A system of the force",
      scopes: ["READ", "UPDATES"],
    });
    partner.client = machineClient;
    partner.env = {
      PATH: process.env.PATH,
      GOLDEN_THREAD_URL: network.url,
      GOLDEN_THREAD_CLIENT: machineClient.clientId,
      GOLDEN_THREAD_SECRET: secret,
      GOLDEN_THREAD_PROGRAMME: SLUG,
    };
    return partner;
  }

  /** A change by the programme office, which has to go well. */
  async change(name, selection, input) {
    const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation M($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code field message } } }`;
    const done = (await this.service.ask(document, { input }))[name];
    assert(done.userErrors.length === 0, `${name}: ${JSON.stringify(done.userErrors)}`);
    return done;
  }

  /** Runs a program to its end; what it prints. */
  async program(name, ...args) {
    const { command, env } = this.start(name);
    const [file, ...first] = command;
    const options = { env: { ...this.env, ...env }, timeout: 60_000 };
    return (await run(file, [...first, ...args], options)).stdout.trim();
  }

  /** Syncs; the ids in the copy. */
  async sync() {
    await this.program("sync", this.copy);
    return new Set((await this.held()).map(({ id }) => id));
  }

  /** An action of the force that is under way. */
  async action() {
    const { programme } = await this.service.ask(
      `query A($slug: String!, $filter: ActionFilter) {
        programme(slug: $slug) { actions(first: 100, filter: $filter) { nodes { id viewerCan } } }
      }`,
      { slug: SLUG, filter: UNDER_WAY },
      "police",
    );
    const own = programme.actions.nodes.find(({ viewerCan }) => viewerCan.includes("ADD_UPDATE"));
    assert(own, "the demonstration has no action of the force under way");
    return own.id;
  }

  async evidence(title, marking = "OFFICIAL") {
    const input = {
      programmeId: this.programmeId,
      actionIds: [await this.action()],
      title,
      summary: "What the force was asked.",
      strand: "VOICE",
      marking,
    };
    return (await this.change("evidenceAdd", "evidence { id version }", input)).evidence;
  }
}

async function firstSync(partner) {
  const ids = await partner.sync();
  const listed = await listedFor(partner.service, "police");
  const held = (await partner.held()).filter(({ __typename }) => ["Action", "Evidence"].includes(__typename));
  assert(listed.size > 0 && held.length === listed.size, `the copy holds ${held.length}, the API lists ${listed.size}`);
  for (const id of listed) assert(ids.has(id), `${id} is not in the copy`);
  return `${ids.size} things, ${listed.size} of them actions and evidence`;
}

/** All actions and evidence that the API lists. */
async function listedFor(service, subject) {
  const ids = new Set();
  for (const list of ["actions", "evidence"]) {
    let after = null;
    do {
      const query = `query L($after: String) { programme(slug: "${SLUG}") { list: ${list}(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }`;
      const { nodes, pageInfo } = (await service.ask(query, { after }, subject)).programme.list;
      nodes.forEach(({ id }) => ids.add(id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after);
  }
  return ids;
}

async function comesAndGoes(partner) {
  const { id, version: expectedVersion } = await partner.evidence("A survey of constables");
  assert((await partner.sync()).has(id), "what came is not in the copy");
  const reason = "It names a site.";
  await partner.change("evidenceMark", "evidence { id }", { id, expectedVersion, marking: "OFFICIAL_SENSITIVE", reason });
  assert(!(await partner.sync()).has(id), "what went out of sight is still in the copy");
}

async function reportsOnce(partner) {
  const action = await partner.action();
  const narrative = "The front desk now passes every referral on within the hour.";
  partner.network.losesNext = true;
  const isPython = partner.start("report").command[0] === "python3";
  const args = [action, "ON_TRACK", narrative];
  const id = await partner.program("report", isPython ? `${FOLDER}/outbox` : "a-key-of-ours", ...args);
  assert(!partner.network.losesNext, "no answer was lost");
  const { node } = await partner.service.ask(
    `query U($id: ID!) { node(id: $id) { ... on Action { updates(first: 100) { nodes { id narrative } } } } }`,
    { id: action },
  );
  const made = node.updates.nodes.filter((update) => update.narrative === narrative);
  assert(made.length === 1 && made[0].id === id, `${made.length} reports, and the program printed ${id}`);
}

async function isTold(partner) {
  const port = await freePort();
  const { secret } = await partner.change("webhookEndpointCreate", "webhookEndpoint { id } secret", {
    programmeId: partner.programmeId,
    organisationId: partner.organisationId,
    url: `http://127.0.0.1:${port}/`,
  });
  const { command, env } = partner.start("receiver");
  const [file, ...first] = command;
  const child = spawn(file, [...first, String(port), partner.copy], {
    env: { ...partner.env, ...env, WEBHOOK_SECRET: secret },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
  try {
    await until("the receiver listens", () => fetch(`http://127.0.0.1:${port}/`, { method: "POST" }).then(() => true));
    const { id } = await partner.evidence("A second survey");
    await until("a webhook arrives", () => /^msg_\S+ evidence\./m.test(printed));
    await until("the copy holds it", async () => (await partner.held()).some((held) => held.id === id));
    const headers = { "webhook-id": "msg_1", "webhook-timestamp": `${Math.floor(Date.now() / 1000)}`, "webhook-signature": "v1,AAAA" };
    const forged = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body: "{}" });
    assert(forged.status === 401, `a forged one is answered ${forged.status}`);
  } finally {
    child.kill("SIGKILL");
  }
}

async function isRevoked(partner) {
  const { node } = await partner.service.ask(`query V($id: ID!) { node(id: $id) { ... on MachineClient { version } } }`, {
    id: partner.client.id,
  });
  const input = { id: partner.client.id, expectedVersion: node.version, reason: "The contract has ended." };
  await partner.change("machineClientRevoke", "machineClient { id }", input);
  const outcome = await partner.program("sync", partner.copy).then(
    () => "went well",
    ({ stderr }) => stderr,
  );
  assert(/401/.test(outcome), `a sync of a client that was revoked ${outcome}`);
}

async function until(what, holds) {
  const end = Date.now() + WAIT_MS;
  while (!(await Promise.resolve(holds()).catch(() => false))) {
    assert(Date.now() < end, `${what}: not within ${WAIT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
