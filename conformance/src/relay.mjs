// Relay's compiler on the examples, and on a list that pages the way of Relay.
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import compiler from "relay-compiler";
import { Kind, print, visit } from "graphql";
import { SCHEMA } from "./paths.mjs";
import { assert, version } from "./report.mjs";

const PART = "Relay";
const ALIAS = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: "alias" } };
const SUFFIX = { query: "Query", mutation: "Mutation", subscription: "Subscription" };

/** Fetches itself again by `node`, page by page: what needs ids, cursors and pages to be as Relay has them. */
const PAGED = `
fragment PagedActions_programme on Programme
@refetchable(queryName: "PagedActionsNextPageQuery")
@argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }, filter: { type: "ActionFilter" }) {
  actions(first: $count, after: $cursor, filter: $filter) @connection(key: "PagedActions_actions", filters: ["filter"]) {
    edges { node { id reference aim } }
  }
}`;
const PAGE = `query PagedActionsQuery($slug: String!) { programme(slug: $slug) { id ...PagedActions_programme } }`;

export async function relay(report, examples) {
  // Not inside the repository: the compiler would add what it makes to git's index.
  const folder = mkdtempSync(`${tmpdir()}/golden-thread-relay-`);
  try {
    await checks(report, folder, examples);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  report.row("Clients", "Relay", `relay-compiler ${version("relay-compiler")}`, report.outcome(PART));
}

async function checks(report, folder, { operations, fragments }) {
  mkdirSync(`${folder}/src/artifacts`, { recursive: true });
  copyFileSync(SCHEMA, `${folder}/schema.graphql`);
  writeFileSync(`${folder}/relay.config.json`, JSON.stringify(CONFIG));
  const all = [...operations, ...Array.from(fragments, ([name, { definitions }]) => ({ name, own: { definitions } }))];
  for (const { name, own } of all)
    module(
      folder,
      name,
      own.definitions.map((definition) => print(adapted(name, definition))),
    );
  module(folder, "PagedActions", [PAGED, PAGE]);
  const made = () => readdirSync(`${folder}/src/artifacts`);

  await report.check(PART, `relay-compiler ${version("relay-compiler")} compiles the examples`, async () => {
    await compile(folder);
    const missing = operations.filter(({ name, kind }) => !made().includes(`${name}${SUFFIX[kind]}.graphql.js`));
    assert(missing.length === 0, `no artifact of ${missing.map(({ name }) => name).join(", ")}`);
    return `${operations.length} operations, ${fragments.size} shared fragments`;
  });
  await report.check(PART, "a list pages by @connection and @refetchable", () => {
    assert(made().includes("PagedActionsNextPageQuery.graphql.js"), "no query for the next page was made");
  });
  await report.check(PART, "the compiler refuses what does not fit the schema", async () => {
    module(folder, "Wrong", ["query WrongQuery { programme(slug: 1) { noSuchField } }"]);
    const refused = await compile(folder).then(
      () => undefined,
      ({ stderr, stdout }) => `${stdout}${stderr}`,
    );
    assert(refused?.includes("noSuchField"), "it was compiled");
  });
}

function module(folder, name, texts) {
  const tags = texts.map((text) => `graphql\`\n${text}\n\`;\n`).join("\n");
  writeFileSync(`${folder}/src/${name}.js`, `import { graphql } from "relay-runtime";\n\n${tags}`);
}

/**
 * As Relay wants it: an operation is named for its module and its kind, and a fragment that is spread where the type may be
 * another has an alias.
 */
function adapted(name, definition) {
  return visit(definition, {
    OperationDefinition: (node) => ({ ...node, name: { ...node.name, value: `${name}${SUFFIX[node.operation]}` } }),
    InlineFragment: (node) => ({
      ...node,
      selectionSet: { ...node.selectionSet, selections: node.selectionSet.selections.map(aliased) },
    }),
  });
}

function aliased(selection) {
  return selection.kind === Kind.FRAGMENT_SPREAD
    ? { ...selection, directives: [...(selection.directives ?? []), ALIAS] }
    : selection;
}

const CONFIG = {
  src: "./src",
  schema: "./schema.graphql",
  language: "javascript",
  artifactDirectory: "./src/artifacts",
  customScalarTypes: { Date: "string", DateTime: "string" },
};

function compile(folder) {
  return promisify(execFile)(compiler, ["relay.config.json"], { cwd: folder });
}
