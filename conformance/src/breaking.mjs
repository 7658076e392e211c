// What the schema would break for clients of the last release, whose schema is in released/.
import { readFileSync } from "node:fs";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import {
  buildASTSchema,
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  parse,
  visit,
} from "graphql";
import { HERE } from "./paths.mjs";
import { assert } from "./report.mjs";
import { schema, text } from "./schema.mjs";

const PART = "breaking changes";
const RELEASED = `${HERE}/released/schema.graphql`;
/** The form in which docs/api.md promises it. */
const REASON = /^Use .+\. Removal on (\d{4}-\d{2}-\d{2})\.$/;

export async function breaking(report, day) {
  const released = buildSchema(readFileSync(RELEASED, "utf8"));
  const found = await compare(released, schema, day);
  await report.check(PART, "nothing that the last release's clients use is gone", () => {
    assert(found.breaking.length === 0, `\n  ${found.breaking.join("\n  ")}`);
    return `${found.dangerous.length} dangerous, ${found.safe} safe changes`;
  });
  for (const message of found.dangerous) report.note(PART, `dangerous: ${message}`);
  report.row("Schema", "since the last release", "changes");
  report.row("Schema", "breaking", found.breaking.length);
  report.row("Schema", "dangerous", found.dangerous.length);
  report.row("Schema", "safe", found.safe);

  await report.check(PART, "every @deprecated says what to use, and until when", () => {
    const faults = deprecated(schema).filter(([, reason]) => !REASON.test(reason));
    assert(faults.length === 0, faults.map(([place, reason]) => `${place}: ${reason}`).join("; "));
  });
  await report.check(PART, "the comparison finds removals", () => finds(day));
  await report.check(PART, "what is deprecated may go when its day has come, not before", () => waits());
}

async function compare(before, after, day) {
  const over = new Set(
    deprecated(before)
      .filter(([, reason]) => isOver(reason, day))
      .map(([place]) => place),
  );
  const changes = await diff(before, after);
  const at = (level) => changes.filter(({ criticality }) => criticality.level === level);
  const announced = ({ type, path }) => type.endsWith("_REMOVED") && over.has(path);
  return {
    breaking: at(CriticalityLevel.Breaking)
      .filter((change) => !announced(change))
      .map(({ message }) => message),
    dangerous: at(CriticalityLevel.Dangerous).map(({ message }) => message),
    safe: at(CriticalityLevel.NonBreaking).length,
  };
}

function isOver(reason, day) {
  const until = reason.match(REASON)?.[1];
  return until !== undefined && until <= day;
}

/** Everything that is deprecated: where, and why. */
function deprecated(of) {
  const found = [];
  const look = (place, { deprecationReason }) => deprecationReason != null && found.push([place, deprecationReason]);
  for (const type of Object.values(of.getTypeMap()).filter(({ name }) => !name.startsWith("__"))) {
    if (isEnumType(type)) type.getValues().forEach((value) => look(`${type.name}.${value.name}`, value));
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      look(`${type.name}.${field.name}`, field);
      for (const argument of field.args ?? []) look(`${type.name}.${field.name}.${argument.name}`, argument);
    }
  }
  return found;
}

const remove = () => null;
const nullable = (node) => ({ ...node, type: node.type.type });
const demanded = (name) => parse(`input New { "New." ${name}: String! }`).definitions[0].fields[0];

/** What must not be done to a schema: to what, and how. */
const HARM = {
  "a type is removed": ["RatingMeaning", remove, ["Programme.ratings", remove]],
  "a field is removed": ["Programme.slug", remove],
  "a field may be null": ["Programme.slug", nullable],
  "a value is removed": ["Health.OFF_TRACK", remove],
  "an argument is removed": ["Query.organisations.filter", remove],
  "an argument is demanded": ["Query.viewer", (node) => ({ ...node, arguments: [demanded("year")] })],
  "an input field is demanded": [
    "ActionStartInput",
    (node) => ({ ...node, fields: [...node.fields, demanded("mood")] }),
  ],
  "a member of a union or interface is removed": ["Person", (node) => ({ ...node, interfaces: [] })],
};

async function finds(day) {
  for (const [what, [place, change, ...more]] of Object.entries(HARM)) {
    const edits = new Map([[place, change], ...more]);
    const { breaking } = await compare(schema, buildASTSchema(edited(parse(text), edits)), day);
    assert(breaking.length > 0, `not found: ${what}`);
  }
  return `${Object.keys(HARM).length} ways to break it`;
}

/** The document with the nodes at these places changed. */
function edited(document, edits) {
  const path = [];
  let count = 0;
  const result = visit(document, {
    enter(node) {
      if (!/Definition$/.test(node.kind) || !node.name) return undefined;
      const change = edits.get([...path, node.name.value].join("."));
      if (!change) return void path.push(node.name.value);
      count += 1;
      // The visitor does not look into what it is given back, nor leave it.
      const changed = change(node);
      if (changed) path.push(node.name.value);
      return changed;
    },
    leave(node) {
      if (/Definition$/.test(node.kind) && node.name) path.pop();
    },
  });
  assert(count === edits.size, `the schema lacks one of ${[...edits.keys()].join(", ")}`);
  return result;
}

async function waits() {
  const before = buildSchema('type Query { a: Int b: Int @deprecated(reason: "Use a. Removal on 2027-06-01.") }');
  const after = buildSchema("type Query { a: Int }");
  const early = await compare(before, after, "2027-05-31");
  const late = await compare(before, after, "2027-06-01");
  assert(early.breaking.length === 1, "a removal before the day is not found");
  assert(late.breaking.length === 0, `a removal on the day is found: ${late.breaking}`);
}
