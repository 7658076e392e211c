// What the registry knows against the packages of the explorer page, which the binary carries, and of this package.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROOT } from "./paths.mjs";
import { assert } from "./report.mjs";

const PART = "advisories";

export async function advisories(report) {
  for (const folder of ["explorer", "conformance"]) {
    const answer = await audit(`${ROOT}/${folder}`);
    if (!answer.metadata) {
      report.skip(PART, folder, `the registry tells none: ${answer.error?.summary || answer.message || "no answer"}`);
      continue;
    }
    await report.check(PART, folder, () => {
      const known = Object.values(answer.vulnerabilities).filter(({ severity }) =>
        ["high", "critical"].includes(severity),
      );
      assert(known.length === 0, known.map(({ name, severity, range }) => `${name} ${range}: ${severity}`).join("; "));
      return `${answer.metadata.dependencies.prod} packages`;
    });
  }
}

/** npm ends with 1 where it found something, and says what all the same. */
async function audit(folder) {
  const args = ["audit", "--omit=dev", "--package-lock-only", "--json"];
  const { stdout } = await promisify(execFile)("npm", args, { cwd: folder, timeout: 30_000 }).catch((fault) => fault);
  try {
    return JSON.parse(stdout);
  } catch {
    return {};
  }
}
