// Where the abuse takes place: a fresh database with a small programme, and tokens for those who come.
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Service } from "../service.mjs";

export const SLUG = "westshire";
const ACTIONS = 100;
/** So long that a page of them, each asked for under sixteen names, comes near the 5 MiB of an answer. */
const AIM = "To keep every child safe and heard. ".repeat(80).trim();

/** A programme whose members are these subjects, each with the programme office's rights. */
function programme(subjects) {
  const members = subjects.map(
    (subject) => `[[member]]
subject = "${subject}"
role = "OFFICER"
programme_office = true
organisation = "council"
`,
  );
  const actions = Array.from(
    { length: ACTIONS },
    (_, index) => `[[plan.action]]
reference = "${index + 1}"
aim = "${AIM}"
leads = ["head"]
`,
  );
  return `[programme]
slug = "${SLUG}"
name = "Westshire"
authority = "council"
[[organisation]]
key = "council"
name = "Westshire Council"
kind = "COUNCIL"
[[person]]
key = "head"
post = "Head of Service"
organisation = "council"
${members.join("")}[[plan]]
key = "plan"
title = "The plan"
status = "AGREED"
agreed_on = 2018-10-01
owner = "council"
${actions.join("")}`;
}

/** An SQLite file of its own. */
function sqlite(folder) {
  return { url: `sqlite://${folder}/abuse.sqlite`, drop: () => {} };
}

/** A database of its own on the server that TEST_POSTGRES_URL names. */
function postgres() {
  const server = process.env.TEST_POSTGRES_URL;
  const name = `golden_thread_abuse_${process.pid}`;
  const run = (sql) => execFileSync("psql", ["-w", "-X", "-q", "-d", server, "-c", sql], { stdio: "pipe" });
  run(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

const DATABASES = { SQLite: sqlite, PostgreSQL: postgres };

/**
 * Serves a fresh database of this kind, with the limits and rates of production but for these options, while `body` runs. It may
 * begin a second process on the same database.
 */
export async function serving(binary, kind, subjects, body, more = []) {
  const folder = mkdtempSync(join(tmpdir(), "golden-thread-abuse-"));
  let database;
  const services = [];
  try {
    database = DATABASES[kind](folder);
    const files = `file://${folder}/files`;
    const env = { ...process.env, GOLDEN_THREAD_DATABASE_URL: database.url, GOLDEN_THREAD_FILES: files };
    const run = async (...args) => (await promisify(execFile)(binary, args, { env })).stdout.trim();
    const file = join(folder, "programme.toml");
    writeFileSync(file, programme(subjects));
    await run("migrate");
    await run("import", file);
    const token = async (subject) => [subject, await run("token", subject)];
    // The first makes the key.
    const [first, ...others] = subjects;
    const tokens = Object.fromEntries([await token(first), ...(await Promise.all(others.map(token)))]);
    const options = ["--dev-issuer", "--database-url", database.url, "--files", files, "--spool", folder];
    const another = async () => {
      const service = await Service.serve(binary, [...options, ...more], tokens);
      services.push(service);
      return service;
    };
    return await body(await another(), another);
  } finally {
    for (const service of services) await service.stop();
    database?.drop();
    rmSync(folder, { recursive: true, force: true });
  }
}
