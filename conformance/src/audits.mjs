// GraphQL over HTTP: the audits of graphql-http, sent by nobody in particular.
import { serverAudits } from "graphql-http";
import { assert, version } from "./report.mjs";

const PART = "GraphQL over HTTP";
const LEVELS = ["MUST", "SHOULD", "MAY"];

export async function audits(report, service) {
  const results = [];
  for (const audit of serverAudits({ url: service.graphql, fetchFn: fetch })) results.push(await audit.fn());
  report.row(PART, `audits of graphql-http ${version("graphql-http")}`, "passed", "of");
  for (const level of LEVELS) {
    const of = results.filter(({ name }) => name.split(" ")[0] === level);
    const passed = of.filter(({ status }) => status === "ok");
    report.row(PART, level, passed.length, of.length);
    await report.check(PART, `audits, ${level}`, () => {
      assert(of.length > 0, "the suite has no such audits");
      const failed = of.filter(({ status }) => status !== "ok");
      const told = failed.map(({ id, name, status, reason }) => `${id} ${name}: ${status}, ${reason}`);
      assert(failed.length === 0, told.join("; "));
      return `${passed.length} of ${of.length}`;
    });
  }
  await report.check(PART, "every audit has a level", () => {
    const others = results.filter(({ name }) => !LEVELS.includes(name.split(" ")[0]));
    assert(others.length === 0, others.map(({ name }) => name).join("; "));
  });
}
