// urql with its normalising cache on the examples: answers, the cache, pages, errors. Queries go by GET where they are short
// enough, which is urql's default.
import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { introspectionFromSchema } from "graphql";
import { ACTIONS, NARRATIVE, NOWHERE, ONE, REPORT, SLUG, UNDER_WAY, reportOn, runExamples } from "./answers.mjs";
import { assert, version } from "./report.mjs";
import { schema, withoutId } from "./schema.mjs";

const NAME = "urql";
/** The last answer, as it came. */
let received;

const introspection = introspectionFromSchema(schema);

export async function urql(report, service, { operations }) {
  const versions = `${version("@urql/core")}, graphcache ${version("@urql/exchange-graphcache")}`;
  await report.check(NAME, `${versions}, runs the examples, and keeps every answer`, () => {
    return runExamples(service, operations, { clientFor, send: result, again: kept, received: () => received.data });
  });
  await report.check(NAME, "a thing that two queries fetch is one entry", () => oneEntry(service));
  await report.check(NAME, "relayPagination joins the pages", () => pages(service));
  await report.check(NAME, "what a mutation changed changes in the cache", () => mutation(service));
  await report.check(NAME, "userErrors are data", () => userErrors(service));
  await report.check(NAME, "errors have their codes", () => errors(service));
  report.row("Clients", NAME, `@urql/core ${versions}`, report.outcome(NAME));
}

function clientFor(service, subject) {
  const pages = { actions: relayPagination() };
  return new Client({
    url: service.graphql,
    // What the client hands out lacks the __typename that it asked for itself.
    fetch: async (...request) => {
      const answer = await fetch(...request);
      received = await answer.clone().json();
      return answer;
    },
    fetchOptions: () => ({ headers: { authorization: service.authorization(subject) } }),
    exchanges: [
      cacheExchange({
        schema: introspection,
        keys: Object.fromEntries(withoutId.map((name) => [name, () => null])),
        resolvers: { Programme: pages },
      }),
      fetchExchange,
    ],
  });
}

async function result(client, kind, document, variables, context) {
  const { data, error } = await client[kind](document, variables ?? {}, context).toPromise();
  if (error) throw error;
  return data;
}

const ask = (client, text, variables) => result(client, "query", text, variables);
const report = (client, variables) => result(client, "mutation", REPORT, variables);
/** From the cache alone; null where it does not hold all of it. */
const kept = (client, text, variables) => result(client, "query", text, variables, { requestPolicy: "cache-only" });

/** The first action under way, fetched. */
async function first(client) {
  const { programme } = await ask(client, ACTIONS, { slug: SLUG, first: 1, filter: UNDER_WAY });
  return programme.actions.edges[0].node;
}

async function oneEntry(service) {
  const client = clientFor(service, "board-member");
  const { id } = await first(client);
  await ask(client, ONE, { id });
  // One field from each of the two queries: the cache has both only if they went to one entry.
  const both = await kept(client, "query Both($id: ID!) { node(id: $id) { id ... on Action { reference aim } } }", {
    id,
  });
  assert(both?.node.reference && both.node.aim, JSON.stringify(both));
}

async function pages(service) {
  const client = clientFor(service, "board-member");
  const variables = { slug: SLUG, first: 10 };
  let joined = (await ask(client, ACTIONS, variables)).programme.actions;
  let count = 1;
  for (; joined.pageInfo.hasNextPage; count += 1) {
    joined = (await ask(client, ACTIONS, { ...variables, after: joined.pageInfo.endCursor })).programme.actions;
  }
  const { edges, totalCount } = joined;
  const different = new Set(edges.map(({ node }) => node.id)).size;
  assert(count > 2, `${count} pages are too few to tell`);
  assert(
    edges.length === totalCount && different === totalCount,
    `${edges.length} edges, ${different} different ones, of ${totalCount}`,
  );
  return `${totalCount} actions on ${count} pages`;
}

async function mutation(service) {
  const client = clientFor(service, "programme-office");
  const { id } = await first(client);
  await ask(client, ONE, { id });
  const { progressUpdateAdd } = await report(client, reportOn(id, NARRATIVE));
  assert(progressUpdateAdd.userErrors.length === 0, JSON.stringify(progressUpdateAdd.userErrors));
  const { node } = await kept(client, ONE, { id });
  assert(node.latestUpdate.narrative === NARRATIVE, `the cache holds ${JSON.stringify(node.latestUpdate)}`);
}

async function userErrors(service) {
  const client = clientFor(service, "programme-office");
  const { id } = await first(client);
  const { progressUpdateAdd } = await report(client, reportOn(id, " "));
  assert(progressUpdateAdd.progressUpdate === null, "it was done");
  const [{ code, field }] = progressUpdateAdd.userErrors;
  assert(code === "VALIDATION_FAILED" && field.join() === "narrative", `${code} at ${field}`);
  return code;
}

async function errors(service) {
  const member = clientFor(service, "board-member");
  const nobody = clientFor({ graphql: service.graphql, authorization: () => "Bearer no.token.at.all" });
  const cases = {
    NOT_FOUND: () => ask(member, NOWHERE),
    BAD_USER_INPUT: () => ask(member, ACTIONS, { slug: SLUG, first: 1000 }),
    UNAUTHENTICATED: () => ask(nobody, NOWHERE),
  };
  for (const [code, body] of Object.entries(cases)) {
    const fault = await body().then(
      () => undefined,
      (fault) => fault,
    );
    const extensions = fault?.graphQLErrors?.[0]?.extensions;
    assert(extensions?.code === code && extensions.requestId, `${fault ?? "no error"} instead of ${code}`);
  }
  return Object.keys(cases).join(", ");
}
