// Apollo Client on the examples: answers, its cache, pages, errors.
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { ACTIONS, NARRATIVE, NOWHERE, ONE, REPORT, SLUG, UNDER_WAY, reportOn, runExamples } from "./answers.mjs";
import { assert, version } from "./report.mjs";
import { possibleTypes, withoutId } from "./schema.mjs";

const NAME = "Apollo Client";

export async function apollo(report, service, { operations }) {
  await report.check(NAME, `${version("@apollo/client")} runs the examples, and keeps every answer`, () => {
    const again = (client, query, variables) => client.readQuery({ query, variables });
    return runExamples(service, operations, { clientFor, send, again });
  });
  await report.check(NAME, "a thing that two queries fetch is one entry", () => oneEntry(service));
  await report.check(NAME, "relayStylePagination joins the pages", () => pages(service));
  await report.check(NAME, "what a mutation changed changes in the cache", () => mutation(service));
  await report.check(NAME, "userErrors are data", () => userErrors(service));
  await report.check(NAME, "errors have their codes", () => errors(service));
  report.row("Clients", NAME, `@apollo/client ${version("@apollo/client")}`, report.outcome(NAME));
}

function clientFor(service, subject) {
  const lists = relayStylePagination(["filter", "orderBy"]);
  // A value without an id belongs to the object that holds it: two selections of it are parts of one.
  const values = withoutId.filter((name) => !/(Connection|Edge|Payload)$/.test(name));
  const policies = Object.fromEntries(values.map((name) => [name, { keyFields: false, merge: true }]));
  return new ApolloClient({
    link: new HttpLink({ uri: service.graphql, headers: { authorization: service.authorization(subject) } }),
    cache: new InMemoryCache({
      possibleTypes,
      typePolicies: { ...policies, Programme: { fields: { actions: lists, evidence: lists, recommendations: lists } } },
    }),
  });
}

async function send(client, kind, document, variables) {
  const { data } = await (kind === "mutation"
    ? client.mutate({ mutation: document, variables })
    : client.query({ query: document, variables }));
  return data;
}

const ask = (client, text, variables) => send(client, "query", gql(text), variables);
const report = (client, variables) => send(client, "mutation", gql(REPORT), variables);

/** The first action under way, fetched. */
async function first(client) {
  const { programme } = await ask(client, ACTIONS, { slug: SLUG, first: 1, filter: UNDER_WAY });
  return programme.actions.edges[0].node;
}

async function oneEntry(service) {
  const client = clientFor(service, "board-member");
  const { id } = await first(client);
  await ask(client, ONE, { id });
  const kept = Object.entries(client.cache.extract()).filter(([, entry]) => entry.id === id);
  assert(kept.length === 1, `${kept.length} entries`);
  const [[key, entry]] = kept;
  assert(key === `Action:${id}`, key);
  assert(entry.reference && entry.aim, `the entry holds ${Object.keys(entry)}`);
}

async function pages(service) {
  const client = clientFor(service, "board-member");
  const variables = { slug: SLUG, first: 10 };
  let last = (await ask(client, ACTIONS, variables)).programme.actions;
  const list = client.watchQuery({ query: gql(ACTIONS), variables });
  const shown = list.subscribe({});
  let count = 1;
  for (; last.pageInfo.hasNextPage; count += 1) {
    const { data } = await list.fetchMore({ variables: { after: last.pageInfo.endCursor } });
    last = data.programme.actions;
  }
  const { edges, totalCount, pageInfo } = client.readQuery({ query: gql(ACTIONS), variables }).programme.actions;
  shown.unsubscribe();
  assert(count > 2, `${count} pages are too few to tell`);
  const different = new Set(edges.map(({ node }) => node.id)).size;
  assert(
    edges.length === totalCount && different === totalCount,
    `${edges.length} edges, ${different} different ones, of ${totalCount}`,
  );
  assert(!pageInfo.hasNextPage, "the joined list says that there is more");
  return `${totalCount} actions on ${count} pages`;
}

async function mutation(service) {
  const client = clientFor(service, "programme-office");
  const { id } = await first(client);
  await ask(client, ONE, { id });
  const { progressUpdateAdd } = await report(client, reportOn(id, NARRATIVE));
  assert(progressUpdateAdd.userErrors.length === 0, JSON.stringify(progressUpdateAdd.userErrors));
  const { node } = client.readQuery({ query: gql(ONE), variables: { id } });
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
  const nobody = clientFor({ ...service, graphql: service.graphql, authorization: () => "Bearer no.token.at.all" });
  const cases = {
    NOT_FOUND: () => ask(clientFor(service, "board-member"), NOWHERE),
    GRAPHQL_VALIDATION_FAILED: () => ask(clientFor(service, "board-member"), "query Wrong { noSuchField }"),
    BAD_USER_INPUT: () => ask(clientFor(service, "board-member"), ACTIONS, { slug: SLUG, first: 1000 }),
    UNAUTHENTICATED: () => ask(nobody, NOWHERE),
  };
  for (const [code, body] of Object.entries(cases)) {
    const fault = await body().then(
      () => undefined,
      (fault) => fault,
    );
    assert(CombinedGraphQLErrors.is(fault), `${code}: ${fault ?? "no error"}`);
    const [{ extensions }] = fault.errors;
    assert(extensions.code === code && extensions.requestId, `${JSON.stringify(extensions)} instead of ${code}`);
  }
  return Object.keys(cases).join(", ");
}
