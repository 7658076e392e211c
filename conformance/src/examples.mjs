// The example operations: each with the shared fragments that it needs, its variables, and who asks.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename } from "node:path";
import { Kind, parse, print, visit } from "graphql";
import { assert } from "./report.mjs";

const DEFAULT_SUBJECT = "board-member";

/** Reads a folder of examples, in the order of its README where that lists them, else by name. */
export function readExamples(folder) {
  const fragments = new Map(files(`${folder}/fragments`).map((path) => [basename(path, ".graphql"), read(path)]));
  const names = files(folder).map((path) => basename(path, ".graphql"));
  assert(names.length > 0, `there are no examples in ${folder}`);
  const operations = inOrder(folder, names).map((name) => example(folder, name, fragments));
  return { folder, operations, fragments };
}

function files(folder) {
  const all = existsSync(folder) ? readdirSync(folder) : [];
  return all
    .filter((name) => name.endsWith(".graphql"))
    .toSorted()
    .map((name) => `${folder}/${name}`);
}

function read(path) {
  const text = readFileSync(path, "utf8");
  const { definitions } = parse(text);
  assert(definitions.length > 0, `${path} is empty`);
  return { path, text, definitions };
}

/** A later example may need what an earlier one changed. */
function inOrder(folder, names) {
  const readme = existsSync(`${folder}/README.md`) ? readFileSync(`${folder}/README.md`, "utf8") : "";
  const place = (name) => {
    const at = readme.indexOf(`(${name}.graphql)`);
    return at < 0 ? Infinity : at;
  };
  return names.toSorted((a, b) => place(a) - place(b) || a.localeCompare(b));
}

function example(folder, name, fragments) {
  const { path, text, definitions } = read(`${folder}/${name}.graphql`);
  const operations = definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  assert(operations.length === 1, `${path} holds ${operations.length} operations: one is wanted`);
  const [operation] = operations;
  assert(operation.name?.value === name, `${path} holds the operation ${operation.name?.value ?? "without a name"}`);
  const shared = spread(definitions, fragments);
  const document = { kind: Kind.DOCUMENT, definitions: [...definitions, ...shared] };
  const variables = `${folder}/${name}.variables.json`;
  return {
    name,
    kind: operation.operation,
    document,
    text: print(document),
    own: { kind: Kind.DOCUMENT, definitions },
    subject: text.match(/^# run as (\S+)/m)?.[1] ?? DEFAULT_SUBJECT,
    variables: existsSync(variables) ? JSON.parse(readFileSync(variables, "utf8")) : {},
  };
}

/** The definitions of the shared fragments that these spread, and those that they spread in turn. */
function spread(definitions, fragments) {
  const needed = new Map();
  const look = (node) =>
    visit(node, {
      FragmentSpread({ name: { value } }) {
        if (needed.has(value) || !fragments.has(value)) return;
        const found = fragments.get(value).definitions;
        needed.set(value, found);
        found.forEach(look);
      },
    });
  definitions.forEach(look);
  return [...needed.values()].flat();
}
