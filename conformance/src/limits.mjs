// The limits that docs/api.md states, each tried at its edge and beyond.
import { readFileSync } from "node:fs";
import { Lexer, Source, TokenKind, getNamedType, isLeafType } from "graphql";
import { ROOT } from "./paths.mjs";
import { assert } from "./report.mjs";
import { schema } from "./schema.mjs";

const PART = "limits";
const TOO_COMPLEX = "QUERY_TOO_COMPLEX";
const BAD_INPUT = "BAD_USER_INPUT";
const times = (count, text) => Array.from({ length: count }, (_, index) => text(index));

const ofBytes = (count) => `{ viewer { subject } } #${"x".repeat(count - 24)}`;
/** As the service counts: commas, blanks between tokens and the end count too. */
const tokensOf = (text) => {
  const lexer = new Lexer(new Source(text));
  let count = 1 + (text.match(/,| +/g)?.length ?? 0);
  while (lexer.advance().kind !== TokenKind.EOF) count += 1;
  return count;
};
/** In lists that are no longer than lists may be. */
const ofTokens = (count) => {
  const spread = (values) => {
    const lists = times(10, (index) => times(Math.ceil((values - index) / 10), () => '"1"').join(""));
    return filtered(`{or:[${lists.map((list) => `{reference:{in:[${list}]}}`).join("")}]}`);
  };
  return spread(count - tokensOf(spread(0)));
};
const actions = (selection) =>
  `{ programme(slug: "buckinghamshire") { actions(first: 1) { nodes { ${selection} } } } }`;
/** Three levels down to an action, and then to what it was before, and before. */
const ofDepth = (count) => actions(`${"rolledOverFrom { ".repeat(count - 3)} id ${" }".repeat(count - 3)}`);
/** Each fragment lays out the next one twice. */
const ofDoublings = (count) => {
  const twice = (index) =>
    `fragment F${index} on Action { rolledOverFrom { ...F${index + 1} } rolledOverTo { ...F${index + 1} } }`;
  return `${actions("...F0")} ${times(count, twice).join(" ")} fragment F${count} on Action { id }`;
};
const ofCost = (actions) => `{ programmes(first: 100) { nodes { actions(first: ${actions}) { nodes { id } } } } }`;
const ofPage = (first) => `{ programmes(first: ${first}) { nodes { id } } }`;
const ofIds = (count) => `{ nodes(ids: [${times(count, () => '"act_00000000000000000000000000000000"')}]) { id } }`;
const filtered = (filter) =>
  `{ programme(slug: "buckinghamshire") { actions(first: 1, filter: ${filter}) { nodes { id } } } }`;
const ofFilters = (count) => filtered(`${"{ not: ".repeat(count)}{ reference: { eq: "1" } }${" }".repeat(count)}`);
const ofValues = (count) => filtered(`{ reference: { in: [${times(count, () => '"1"')}] } }`);
const ofAliases = (count) =>
  actions(
    leaves
      .slice(0, count)
      .map((name, index) => `a${index}: ${name}`)
      .join(" "),
  );
const ofRepeats = (count) => `{ viewer { ${"subject ".repeat(count)} } }`;
/** On the fields of three lists, so that none stands there too often. */
const ofDirectives = (count) => {
  const [first, second, third] = times(3, (index) => {
    const fields = leaves.slice(0, Math.ceil((count - index) / 3)).map((name) => `${name} @include(if: true)`);
    return `actions(first: 1) { nodes { ${fields.join(" ")} } }`;
  });
  const plans = `plans(first: 1) { nodes { ${second} } }`;
  return `{ programme(slug: "buckinghamshire") { ${first} ${plans} } programmes(first: 1) { nodes { ${third} } } }`;
};
const ofMutations = (count) => {
  const one = (index) =>
    `a${index}: actionStart(input: { id: "act_00000000000000000000000000000000", expectedVersion: 1 }) { userErrors { code } }`;
  return `mutation { ${times(count, one).join(" ")} }`;
};

/** Fields of an action that have no selection and need no argument. */
const leaves = Object.values(schema.getType("Action").getFields())
  .filter(({ type, args }) => isLeafType(getNamedType(type)) && args.length === 0)
  .map(({ name }) => name);

/** What is limited, how docs/api.md tells it, the limit, a document of a size, and the code of the refusal. */
const LIMITS = [
  ["bytes of a document", /20 000 bytes/, 20_000, ofBytes, TOO_COMPLEX],
  ["tokens of a document", /2 000 tokens/, 2_000, ofTokens, TOO_COMPLEX],
  ["depth", /depth/, 15, ofDepth, TOO_COMPLEX],
  ["fields, fragments laid out", /4 000/, 4_000, ofDoublings, TOO_COMPLEX, { edge: 10, over: 11 }],
  ["objects that the answer could hold", /10 000/, 10_000, ofCost, TOO_COMPLEX, { edge: 97, over: 98 }],
  ["page size", /page size/, 100, ofPage, BAD_INPUT],
  ["ids of nodes", /`ids`/, 100, ofIds, BAD_INPUT],
  ["filters in filters", /filters in filters/, 8, ofFilters, BAD_INPUT],
  ["values in one list", /values in one list/, 200, ofValues, BAD_INPUT],
  ["aliases", /\balias/, 15, ofAliases, TOO_COMPLEX],
  ["one field in one place", /in one place/, 20, ofRepeats, TOO_COMPLEX],
  ["directives", /directives/, 50, ofDirectives, TOO_COMPLEX],
  ["fields of a mutation", /mutation/, 5, ofMutations, TOO_COMPLEX],
];

/** Documents that go beyond a limit, one for each. */
export const refused = () => LIMITS.map(([, , limit, document, , { over = limit + 1 } = {}]) => document(over));

export async function limits(report, service) {
  const stated = readFileSync(`${ROOT}/docs/api.md`, "utf8").match(/^## Limits\n[^]*?(?=^## |$(?![^]))/m)?.[0] ?? "";
  report.row("Limits", "tried at the limit and beyond", "limit", "answered by");
  for (const [what, told, limit, document, code, { edge = limit, over = limit + 1 } = {}] of LIMITS) {
    if (!told.test(stated)) {
      report.skip(PART, what, "docs/api.md states no such limit");
      continue;
    }
    const held = await report.check(PART, what, async () => {
      const within = await service.send({ query: document(edge) }, { subject: "board-member" });
      assert(
        within.body.data && !codes(within).includes(code),
        `at the limit: ${JSON.stringify(within.body.errors?.[0])}`,
      );
      const beyond = await service.send({ query: document(over) }, { subject: "board-member" });
      assert(codes(beyond).join() === code && !beyond.body.data, `beyond it: ${beyond.status} ${codes(beyond)}`);
      return `${limit}, then ${code}`;
    });
    if (held) report.row("Limits", what, limit, code);
  }
  await report.check(PART, "bytes of a body", () => body(service));
  report.row("Limits", "bytes of a body", 256 * 1024, "413");
  await report.check(PART, "values in a body", () => values(service));
  report.row("Limits", "values in a body", 20_000, BAD_INPUT);
  await report.check(PART, "one request at a time", async () => {
    const batch = await service.send([{ query: "{ __typename }" }, { query: "{ __typename }" }]);
    assert(batch.status === 400 && codes(batch)[0] === BAD_INPUT, `${batch.status} ${codes(batch)}`);
  });
}

const codes = ({ body }) => (body.errors ?? []).map(({ extensions }) => extensions?.code);

async function body(service) {
  const padded = (size) => {
    const bare = JSON.stringify({ query: "{ __typename }", extensions: { pad: "" } });
    return service.send({ query: "{ __typename }", extensions: { pad: "x".repeat(size - bare.length) } });
  };
  const within = await padded(256 * 1024);
  assert(within.status === 200, `at the limit: ${within.status}`);
  const beyond = await padded(256 * 1024 + 1);
  assert(beyond.status === 413, `beyond it: ${beyond.status}`);
}

/** Besides the items of the list there are three members. */
async function values(service) {
  const holding = (count) => service.send({ query: "{ __typename }", variables: { list: times(count, () => 0) } });
  const within = await holding(20_000 - 3);
  assert(within.status === 200, `at the limit: ${within.status}`);
  const beyond = await holding(20_000 - 2);
  assert(beyond.status === 400 && codes(beyond)[0] === BAD_INPUT, `beyond it: ${beyond.status} ${codes(beyond)}`);
}
