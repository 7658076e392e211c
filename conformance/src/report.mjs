// What was checked and what came of it: a line for each check, a summary, and the page of numbers.
import { readFileSync, writeFileSync } from "node:fs";
import { HERE, ROOT } from "./paths.mjs";

const PAGE = `${ROOT}/docs/conformance.md`;
const BEGIN = "<!-- From here to the end mark, conformance/run --write writes. -->";
const END = "<!-- The end mark. -->";

/** Fails a check, with what was found. */
export function assert(holds, message) {
  if (!holds) throw new Error(message);
}

/** The installed version of a package. */
export function version(name) {
  return JSON.parse(readFileSync(`${HERE}/node_modules/${name}/package.json`, "utf8")).version;
}

export class Report {
  #results = [];
  #rows = new Map();
  #intros = new Map();

  /** Runs a check. It fails by throwing; what it returns is told beside its name. */
  async check(part, name, body) {
    try {
      const detail = await body();
      this.#tell("ok", part, name, typeof detail === "string" ? detail : undefined);
      return true;
    } catch (fault) {
      this.#tell("FAIL", part, name, fault?.message ?? String(fault));
      return false;
    }
  }

  /** Runs a part's checks. Where it throws outside of them, it could not be checked, which is a failure. */
  async attempt(part, body) {
    try {
      await body();
    } catch (fault) {
      this.#tell("FAIL", part, "could be checked", fault?.stack ?? String(fault));
    }
  }

  /** Says that something was not checked, and why. */
  skip(part, name, why) {
    this.#tell("SKIP", part, name, why);
  }

  /** Something worth knowing that fails nothing. */
  note(part, text) {
    console.log(`note  ${part}: ${text}`);
  }

  /** A row of a table of the page; the first is its head. */
  row(table, ...cells) {
    this.#rows.set(table, [...(this.#rows.get(table) ?? []), cells]);
  }

  /** What stands above a table of the page. */
  intro(table, text) {
    this.#intros.set(table, text);
  }

  /** How the checks of a part went, for the page. */
  outcome(part) {
    const of = this.#results.filter((result) => result.part === part);
    const count = (status) => of.filter((result) => result.status === status).length;
    const parts = [`${count("ok")} of ${of.length - count("SKIP")} checks hold`];
    if (count("SKIP")) parts.push(`${count("SKIP")} not run`);
    return parts.join(", ");
  }

  #tell(status, part, name, detail) {
    this.#results.push({ status, part, name });
    console.log(`${status.padEnd(5)} ${part}: ${name}${detail ? ` (${detail})` : ""}`);
  }

  /** Prints the summary. Whether nothing failed. */
  summary(seconds) {
    const count = (status) => this.#results.filter((result) => result.status === status).length;
    const failed = this.#results.filter(({ status }) => status === "FAIL");
    console.log(`\n${count("ok")} ok, ${failed.length} failed, ${count("SKIP")} not run, in ${seconds} s`);
    for (const { part, name } of failed) console.log(`failed: ${part}: ${name}`);
    return failed.length === 0;
  }

  /** Writes the numbers into their part of docs/conformance.md; the rest of the page is others' and stays. */
  write(day) {
    const page = readFileSync(PAGE, "utf8");
    const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
    assert(start >= 0 && end > start, `docs/conformance.md has lost its marks: ${BEGIN} and ${END}`);
    const tables = [...this.#rows].map(([title, [head, ...rows]]) => {
      const line = (cells) => `| ${cells.join(" | ")} |`;
      const intro = this.#intros.has(title) ? [this.#intros.get(title), ""] : [];
      return [`## ${title}`, "", ...intro, line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
    });
    const body = [BEGIN, "", `As of ${day}.`, "", tables.join("\n\n"), "", ""].join("\n");
    writeFileSync(PAGE, page.slice(0, start) + body + page.slice(end));
  }
}
