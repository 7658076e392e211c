// What both caching clients are asked, and what every answer has to be.
import { Names } from "./names.mjs";
import { assert } from "./report.mjs";

export const ACTIONS = `query Actions($slug: String!, $first: Int!, $after: String, $filter: ActionFilter) {
  programme(slug: $slug) {
    id
    actions(first: $first, after: $after, filter: $filter) {
      totalCount
      edges { cursor node { id reference } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;
export const ONE = `query One($id: ID!) { node(id: $id) { id ... on Action { aim latestUpdate { id narrative } } } }`;
export const NOWHERE = `query Nowhere { programme(slug: "no-such-programme") { id } }`;
export const REPORT = `mutation Report($input: ProgressUpdateAddInput!) {
  progressUpdateAdd(input: $input) {
    progressUpdate { id narrative }
    action { id latestUpdate { id narrative } }
    userErrors { code field message }
  }
}`;
/** Actions on which one may report. */
export const UNDER_WAY = { status: { eq: "IN_PROGRESS" } };
export const SLUG = "buckinghamshire";

export const NARRATIVE = "The chairs have met twice.";

/** The input of a report; without a narrative it is refused. */
export const reportOn = (actionId, narrative) => ({ input: { actionId, narrative, declaredHealth: "ON_TRACK" } });

/**
 * Runs the examples one after the other, each with the client of its subject. `send` sends one and answers with its data;
 * `again` asks the cache for the data of a query. What the client says on the console is a fault: it tells there what it
 * cannot keep.
 */
export async function runExamples(service, operations, { clientFor, send, again, received = (data) => data }) {
  const begun = new Date();
  const clients = new Map();
  const runnable = operations.filter(({ kind }) => kind !== "subscription");
  for (const { name, kind, document, subject, variables } of runnable) {
    if (!clients.has(subject)) clients.set(subject, clientFor(service, subject));
    const client = clients.get(subject);
    const given = (await Names.of(service, begun)).resolve(variables);
    const [data, said] = await listening(() => send(client, kind, document, given));
    assert(said.length === 0, `${name}: ${said.join("; ")}`);
    answered(name, data);
    typed(name, received(data));
    if (kind !== "query") continue;
    const kept = await again(client, document, given);
    assert(kept !== null, `${name}: the cache cannot answer it again`);
    assert(JSON.stringify(kept) === JSON.stringify(data), `${name}: the cache answers something else`);
  }
  return `${runnable.length} operations, as ${[...clients.keys()].join(", ")}`;
}

/** The answer has to hold something, and no error of the user's. */
function answered(name, data) {
  const [first] = Object.entries(data)
    .filter(([key]) => key !== "__typename")
    .map(([, value]) => value);
  assert(first != null, `${name} finds nothing`);
  assert(!first.userErrors?.length, `${name}: ${JSON.stringify(first.userErrors)}`);
}

/** Every object of an answer has to say what it is. */
function typed(name, value, path = "") {
  if (Array.isArray(value)) return value.forEach((item, index) => typed(name, item, `${path}/${index}`));
  if (value === null || typeof value !== "object") return;
  assert(path === "" || value.__typename, `${name}: no __typename at ${path}`);
  for (const [key, item] of Object.entries(value)) typed(name, item, `${path}/${key}`);
}

/** Collects what is said on the console while `body` runs. */
async function listening(body) {
  const said = [];
  const { warn, error } = console;
  console.warn = console.error = (...words) => said.push(words.map(String).join(" ").slice(0, 400));
  try {
    return [await body(), said];
  } finally {
    Object.assign(console, { warn, error });
  }
}
