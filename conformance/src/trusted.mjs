// Trusted documents: the manifest that graphql-codegen wrote, loaded by `serve`, and asked for by id.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { assert } from "./report.mjs";
import { Names } from "./names.mjs";
import { Service } from "./service.mjs";

const PART = "trusted documents";
const OPTION = "--trusted-documents";

/** `manifest`: the path of the file, and what it holds; nothing where none was made. */
export async function trusted(report, binary, { operations }, manifest) {
  const help = execFileSync(binary, ["serve", "--help"], { encoding: "utf8" });
  if (!help.includes(OPTION)) return report.skip(PART, "the manifest is served", `serve has no ${OPTION}`);
  if (!manifest) return report.skip(PART, "the manifest is served", "graphql-codegen made none");
  const folder = mkdtempSync(join(tmpdir(), "golden-thread-trusted-"));
  try {
    const demo = await Service.demo(binary, ["--folder", folder]);
    const names = await Names.of(demo, new Date()).finally(() => demo.stop());
    const database = ["--dev-issuer", "--database-url", `sqlite://${folder}/golden-thread.sqlite`];
    // All the queries come within a second, as no client's do.
    if (help.includes("--rate-cost")) database.push("--rate-cost", "0");
    const serving = async (options, body) => {
      const service = await Service.serve(binary, [...database, ...options], demo.tokens);
      await body(service).finally(() => service.stop());
    };
    const known = queries(operations, names, manifest.documents);
    await serving([OPTION, manifest.file, "--documents", "trusted"], (service) => checks(report, service, known));
    await serving(["--automatic-persisted-queries"], (service) =>
      report.check(PART, "Apollo Client's automatic persisted queries are taken by GET", () => automatic(service)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  report.row("Clients", "trusted documents", "the manifest of graphql-codegen", report.outcome(PART));
}

/** The queries among the operations, each with its id in the manifest. */
function queries(operations, names, documents) {
  const ids = Object.entries(documents);
  return operations
    .filter(({ kind }) => kind === "query")
    .map(({ name, subject, variables }) => {
      const named = new RegExp(`\\bquery ${name}\\b`);
      const [documentId] = ids.find(([, text]) => named.test(text)) ?? [];
      return { name, subject, documentId, variables: names.resolve(variables) };
    });
}

async function checks(report, service, known) {
  await report.check(PART, "every query of the manifest runs by its id alone", async () => {
    for (const { name, subject, documentId, variables } of known) {
      const { body } = await service.send({ documentId, variables }, { subject });
      assert(body.data && !body.errors, `${name}: ${JSON.stringify(body.errors)}`);
    }
    return `${known.length} queries`;
  });
  await report.check(PART, "what is not in the manifest does not run", async () => {
    const { body } = await service.send({ query: "{ viewer { subject } }" }, { subject: "lead" });
    const code = body.errors?.[0]?.extensions?.code;
    assert(code === "FORBIDDEN" && !body.data, JSON.stringify(body));
    return code;
  });
  await report.check(PART, "an id that nobody knows is told", async () => {
    const { body } = await service.send({ documentId: `sha256:${"0".repeat(64)}` }, { subject: "lead" });
    const code = body.errors?.[0]?.extensions?.code;
    assert(code === "PERSISTED_QUERY_NOT_FOUND", JSON.stringify(body));
    return code;
  });
  await report.check(PART, "what is held already is answered by 304, and to nobody else", () =>
    held(service, known[0]),
  );
}

async function held(service, { documentId, variables }) {
  const url = `${service.graphql}?${new URLSearchParams({ documentId, variables: JSON.stringify(variables) })}`;
  const get = (subject, headers) => {
    const accept = "application/graphql-response+json";
    return fetch(url, { headers: { accept, authorization: service.authorization(subject), ...headers } });
  };
  const first = await get("board-member");
  const tag = first.headers.get("etag");
  assert(first.status === 200 && tag, `${first.status}, ETag ${tag}`);
  const again = await get("board-member", { "if-none-match": tag });
  assert(again.status === 304, `asked again: ${again.status}`);
  const other = await get("scrutiny", { "if-none-match": tag });
  assert(other.status === 200, `asked by somebody else: ${other.status}`);
}

/** The first time the service does not know the hash and is sent the text; the second time the hash is enough. */
async function automatic(service) {
  const sent = [];
  const watched = (url, init) => {
    sent.push(`${init.method} ${/"?query"?[=:]/.test(url + (init.body ?? "")) ? "text" : "hash"}`);
    return fetch(url, init);
  };
  const sha256 = (text) => createHash("sha256").update(text).digest("hex");
  const headers = { authorization: service.authorization("board-member") };
  const client = new ApolloClient({
    link: new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(
      new HttpLink({ uri: service.graphql, headers, fetch: watched }),
    ),
    cache: new InMemoryCache(),
  });
  const query = gql("query Who { viewer { subject } }");
  for (const _ of ["unknown", "known"]) {
    const { data } = await client.query({ query, fetchPolicy: "network-only" });
    assert(data.viewer.subject === "board-member", JSON.stringify(data));
  }
  assert(sent.join() === "GET hash,POST text,GET hash", sent.join());
  return sent.join(", then ");
}
