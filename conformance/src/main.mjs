// Checks the service as its clients and their tools see it. See ../README.md.
import { existsSync, mkdirSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { parseArgs } from "node:util";
import { BUILD, ROOT } from "./paths.mjs";
import { Report } from "./report.mjs";
import { Service } from "./service.mjs";
import { readExamples } from "./examples.mjs";
import { abuse } from "./abuse.mjs";
import { advisories } from "./advisories.mjs";
import { apollo } from "./apollo.mjs";
import { audits } from "./audits.mjs";
import { breaking } from "./breaking.mjs";
import { codegen } from "./codegen.mjs";
import { explorer } from "./explorer.mjs";
import { integration } from "./integration.mjs";
import { limits } from "./limits.mjs";
import { lint } from "./lint.mjs";
import { listening } from "./listening.mjs";
import { live } from "./live.mjs";
import { relay } from "./relay.mjs";
import { trusted } from "./trusted.mjs";
import { urql } from "./urql.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: "boolean", default: false },
    only: { type: "string" },
    attacks: { type: "string" },
    examples: { type: "string", default: `${ROOT}/docs/examples` },
  },
});
const from = (path) => (isAbsolute(path) ? path : resolve(process.env.INIT_CWD ?? ".", path));
const binary = from(positionals[0] ?? `${ROOT}/target/debug/golden-thread`);
const day = new Date().toISOString().slice(0, 10);

const report = new Report();
if (!existsSync(binary)) stop(`there is no ${binary}; make it with: cargo build`);
const examples = examplesOf(from(values.examples));
/** Each client gets a demonstration of its own, because the examples change what is there. */
const withDemo = (check) => async () => {
  const service = await Service.demo(binary);
  try {
    return await check(service);
  } finally {
    await service.stop();
  }
};

const parts = {
  audits: withDemo((service) => audits(report, service)),
  limits: withDemo((service) => limits(report, service)),
  lint: () => lint(report, examples),
  breaking: () => breaking(report, day),
  relay: () => relay(report, examples),
  codegen: async () => {
    const manifest = await withDemo((service) => codegen(report, service, examples))();
    await trusted(report, binary, examples, manifest);
  },
  apollo: withDemo((service) => apollo(report, service, examples)),
  urql: withDemo((service) => urql(report, service, examples)),
  live: withDemo((service) => live(report, service)),
  listening: () => listening(report, binary, { isLong: values.write || wanted.length === 1 }),
  explorer: withDemo((service) => explorer(report, service)),
  integration: () => integration(report, binary),
  abuse: () => abuse(report, binary, { isLong: values.write || values.attacks !== undefined, like: values.attacks }),
  advisories: () => advisories(report),
};
const wanted = values.only?.split(",") ?? Object.keys(parts);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length || (values.only && values.write)) {
  stop(`--only takes some of ${Object.keys(parts).join(",")}, and does not go with --write`);
}

report.row("Clients", "client or tool", "versions", "outcome");
mkdirSync(BUILD, { recursive: true });
const begun = Date.now();
for (const name of wanted) {
  // A part that cannot even begin fails; the others are checked all the same.
  await report.attempt(name, parts[name]);
}
const holds = report.summary(Math.round((Date.now() - begun) / 1000));
if (holds && values.write) report.write(day);
process.exit(holds ? 0 : 1);

function stop(why) {
  console.error(`conformance: ${why}`);
  process.exit(2);
}

function examplesOf(folder) {
  try {
    return readExamples(folder);
  } catch (fault) {
    return stop(fault.message);
  }
}
