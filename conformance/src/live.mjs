// Subscriptions through graphql-ws and graphql-sse, as a frontend or a server of the council would use them.
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import WebSocket from "ws";
import { SLUG, UNDER_WAY, ACTIONS, REPORT, reportOn } from "./answers.mjs";
import { assert, version } from "./report.mjs";
import { schema } from "./schema.mjs";

const PART = "live";
const CHANGES = `subscription Live($programmeId: ID!, $after: String, $types: [String!]) {
  changes(programmeId: $programmeId, after: $after, types: $types) { cursor node { sequence operation entityType } }
}`;
const SUBJECT = "programme-office";
const WAIT_MS = 10_000;

export async function live(report, service) {
  if (!schema.getSubscriptionType()) return report.skip(PART, "subscriptions", "the schema has no type Subscription");
  const clients = {
    [`graphql-ws ${version("graphql-ws")}`]: overSocket,
    [`graphql-sse ${version("graphql-sse")}, a connection each`]: overEvents(false),
    [`graphql-sse ${version("graphql-sse")}, one connection`]: overEvents(true),
  };
  for (const [name, connect] of Object.entries(clients)) {
    const part = `${PART}, ${name}`;
    await report.check(part, "a change is told as it happens, to resume after it, each once", () =>
      told(service, connect),
    );
    await report.check(part, "only changes of the types asked for are told", () => chosen(service, connect));
    await report.check(part, "what cannot be subscribed to is an error with its code", () => refused(service, connect));
    await report.check(part, "a token that is none is refused", () => denied(service, connect));
    report.row("Clients", "subscriptions", name, report.outcome(part));
  }
}

/** A client of the WebSocket; the same shape as those below. */
function overSocket(service, authorization) {
  const client = createWsClient({
    url: `${service.graphql.replace(/^http/, "ws")}/ws`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
    // Without a listener of its own the client writes refusals on the console.
    onNonLazyError: () => {},
  });
  return {
    subscribe: (variables, query = CHANGES) => client.iterate({ query, variables }),
    close: () => client.dispose(),
  };
}

function overEvents(singleConnection) {
  return (service, authorization) => {
    const client = createSseClient({
      url: singleConnection ? `${service.graphql}/stream` : service.graphql,
      singleConnection,
      headers: { authorization },
      retryAttempts: 0,
    });
    return {
      subscribe: (variables, query = CHANGES) => client.iterate({ query, variables }),
      close: () => client.dispose(),
    };
  };
}

/** Runs `body` with a client that is closed at the end. */
async function connected(service, connect, body, authorization = service.authorization(SUBJECT)) {
  const client = connect(service, authorization);
  try {
    return await body(client);
  } finally {
    await client.close();
  }
}

function next(events) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing was told within ${WAIT_MS / 1000} s`)), WAIT_MS);
  });
  return Promise.race([events.next(), late]).finally(() => clearTimeout(timer));
}

/** The next change, which has to be there. */
async function change(events) {
  const { value, done } = await next(events).catch((fault) => {
    throw fault instanceof Error ? fault : new Error(JSON.stringify(fault));
  });
  assert(!done, "the subscription has ended");
  assert(!value.errors, JSON.stringify(value.errors));
  return value.data.changes;
}

/** The programme, an action to report on, and where the feed of these types stands. */
async function place(service, types = null) {
  const query = `query($types: [String!]) {
    programme(slug: "${SLUG}") { id changes(last: 1, types: $types) { edges { cursor node { sequence } } } }
  }`;
  const { programme } = await service.ask(query, { types }, SUBJECT);
  const list = await service.ask(ACTIONS, { slug: SLUG, first: 1, filter: UNDER_WAY }, SUBJECT);
  const [{ cursor, node }] = programme.changes.edges;
  const [{ node: action }] = list.programme.actions.edges;
  return { programmeId: programme.id, actionId: action.id, after: cursor, sequence: node.sequence };
}

async function act(service, actionId, narrative) {
  const { progressUpdateAdd } = await service.ask(REPORT, reportOn(actionId, narrative), SUBJECT);
  assert(progressUpdateAdd.userErrors.length === 0, JSON.stringify(progressUpdateAdd.userErrors));
}

async function addEvidence(service, programmeId) {
  const mutation = `mutation($input: EvidenceAddInput!) { evidenceAdd(input: $input) { userErrors { code field message } } }`;
  const input = { programmeId, title: "A survey", summary: "What was asked.", strand: "VOICE", marking: "OFFICIAL" };
  const { evidenceAdd } = await service.ask(mutation, { input }, SUBJECT);
  assert(evidenceAdd.userErrors.length === 0, JSON.stringify(evidenceAdd.userErrors));
}

/** All sequences that the feed has after a cursor. */
async function feed(service, after) {
  const query = `query($after: String) { programme(slug: "${SLUG}") { changes(first: 100, after: $after) { nodes { sequence } } } }`;
  const { programme } = await service.ask(query, { after }, SUBJECT);
  return programme.changes.nodes.map(({ sequence }) => sequence);
}

async function told(service, connect) {
  const { programmeId, actionId, after, sequence } = await place(service);
  let cursor;
  const seen = [];
  await connected(service, connect, async (client) => {
    const events = client.subscribe({ programmeId, after });
    const [first] = await Promise.all([change(events), act(service, actionId, "The first report.")]);
    cursor = first.cursor;
    seen.push(first.node.sequence);
  });
  // While nobody listens something happens; whoever comes back with the cursor gets it.
  await act(service, actionId, "The second report.");
  const expected = await feed(service, after);
  await connected(service, connect, async (client) => {
    const events = client.subscribe({ programmeId, after: cursor });
    while (seen.length < expected.length) seen.push((await change(events)).node.sequence);
  });
  assert(seen[0] > sequence && expected.length > 1, `${seen} after ${sequence}`);
  assert(seen.join() === expected.join(), `told ${seen}, but the feed has ${expected}`);
  return `${seen.length} changes`;
}

async function chosen(service, connect) {
  const types = ["Action", "Evidence"];
  const { programmeId, actionId, after } = await place(service, types);
  await connected(service, connect, async (client) => {
    const events = client.subscribe({ programmeId, after, types });
    // The first is of another type, the second is not.
    const [{ node }] = await Promise.all([
      change(events),
      act(service, actionId, "A report that is not to be told.").then(() => addEvidence(service, programmeId)),
    ]);
    assert(node.entityType === "Evidence", `a ${node.entityType} was told`);
  });
}

/** The code of what is refused, however the transport tells it. */
async function codeOf(events) {
  const told = await next(events).catch((fault) => fault);
  const errors = told?.value?.errors ?? (Array.isArray(told) ? told : told?.errors);
  return errors?.[0]?.extensions?.code ?? `${told?.code ?? ""} ${told?.message ?? JSON.stringify(told)}`.trim();
}

async function refused(service, connect) {
  await connected(service, connect, async (client) => {
    const unknown = await codeOf(client.subscribe({}, "subscription { noSuchThing }"));
    assert(unknown.includes("GRAPHQL_VALIDATION_FAILED"), `an unknown field: ${unknown}`);
  });
  await connected(service, connect, async (client) => {
    const { programmeId } = await place(service);
    const nowhere = programmeId.slice(0, -12) + "0".repeat(12);
    const code = await codeOf(client.subscribe({ programmeId: nowhere }));
    assert(code.includes("NOT_FOUND"), `a programme that is none: ${code}`);
  });
}

async function denied(service, connect) {
  const { programmeId } = await place(service);
  const token = "Bearer no.token.at.all";
  const code = await connected(service, connect, (client) => codeOf(client.subscribe({ programmeId })), token);
  const refusal = code.match(/^(4401|4403)\b|UNAUTHENTICATED|\b401\b/)?.[0];
  assert(refusal, code);
  return refusal;
}
