// The rules of graphql-eslint on the schema and on the examples.
import { ESLint } from "eslint";
import { parse } from "graphql";
import { ACCEPTED, configFor } from "../eslint.config.mjs";
import { ROOT, SCHEMA } from "./paths.mjs";
import { assert, version } from "./report.mjs";
import { text } from "./schema.mjs";

const PART = "lint";

/** One fault of each kind that matters most; the rules that have to find it. */
const FAULTY = `
type snake_case { id: ID! }
"With a list that is no page." type BareConnection { edges: [String] }
"Without an id." type Nameless { "A name." nameless_name: String "Gone." old: Int @deprecated }
`;
const FOUND = [
  "naming-convention",
  "require-description",
  "relay-connection-types",
  "strict-id-in-types",
  "require-deprecation-reason",
];

export async function lint(report, examples) {
  const config = configFor(`${examples.folder}/**/*.graphql`);
  const eslint = linter(ROOT, config);
  const rules = Object.values((await eslint.calculateConfigForFile(SCHEMA)).rules);
  const inForce = rules.filter(([severity]) => severity === 2).length;
  const table = "Lint";
  report.row(
    table,
    `@graphql-eslint/eslint-plugin ${version("@graphql-eslint/eslint-plugin")}`,
    "rules in force",
    "findings",
  );

  const ofSchema = findings(await eslint.lintFiles([SCHEMA]), typesByLine(text));
  report.row(table, "schema.graphql", inForce, ofSchema.length);
  await report.check(PART, "schema.graphql has no findings", () => {
    none(ofSchema);
    return `${inForce} rules`;
  });

  const ofExamples = findings(await linter(examples.folder, config).lintFiles(["**/*.graphql"]));
  report.row(table, "example operations", "the recommended", ofExamples.length);
  await report.check(PART, "the examples have no findings", () => none(ofExamples));

  await report.check(PART, "the rules find what is wrong", async () => {
    const results = await eslint.lintText(text + FAULTY, { filePath: SCHEMA });
    const found = new Set(findings(results, typesByLine(text + FAULTY)).map(({ ruleId }) => ruleId));
    const missed = FOUND.filter((name) => !found.has(`@graphql-eslint/${name}`));
    assert(missed.length === 0, `not found: ${missed.join(", ")}`);
  });
}

const linter = (cwd, overrideConfig) => new ESLint({ cwd, overrideConfigFile: true, overrideConfig });

/** What was found and is not accepted. */
function findings(results, typeAt = () => undefined) {
  const all = results.flatMap(({ filePath, messages }) => messages.map((message) => ({ ...message, filePath })));
  const accepted =
    (found) =>
    ([rule, type, message]) =>
      rule === found.ruleId && type === typeAt(found.line) && message === found.message;
  return all.filter((found) => !ACCEPTED.some(accepted(found)));
}

/** Which type is defined at a line. */
function typesByLine(sdl) {
  const { definitions } = parse(sdl);
  return (line) => definitions.find(({ loc }) => loc.startToken.line <= line && line <= loc.endToken.line)?.name?.value;
}

function none(found) {
  const told = ({ filePath, line, ruleId, message }) => `${filePath}:${line} ${ruleId}: ${message}`;
  assert(found.length === 0, `\n  ${found.slice(0, 50).map(told).join("\n  ")}`);
}
