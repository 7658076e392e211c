// graphql-codegen's client preset on the examples, and the TypeScript that uses what it made.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { generate } from "@graphql-codegen/cli";
import { BUILD, HERE, SCHEMA } from "./paths.mjs";
import { Names } from "./names.mjs";
import { assert, version } from "./report.mjs";

const PART = "graphql-codegen";
const FOLDER = `${BUILD}/codegen`;
const TSC = `${HERE}/node_modules/typescript/bin/tsc`;

/** Generates and compiles. Answers with the manifest of persisted documents: its file, and what it holds. */
export async function codegen(report, service, { folder, operations }) {
  rmSync(FOLDER, { recursive: true, force: true });
  let manifest;
  await report.check(
    PART,
    `client-preset ${version("@graphql-codegen/client-preset")} makes typed documents`,
    async () => {
      const files = await generate(config(folder), false);
      for (const { filename, content } of files) {
        mkdirSync(dirname(filename), { recursive: true });
        writeFileSync(filename, content);
      }
      const made = readFileSync(`${FOLDER}/gql/graphql.ts`, "utf8");
      const missing = operations.filter(({ name }) => !made.includes(`export const ${name}Document`));
      assert(missing.length === 0, `no document for ${missing.map(({ name }) => name).join(", ")}`);
      return `${operations.length} operations`;
    },
  );
  await report.check(PART, "each persisted document has an id", () => {
    const file = `${FOLDER}/gql/persisted-documents.json`;
    manifest = { file, documents: JSON.parse(readFileSync(file, "utf8")) };
    const count = Object.keys(manifest.documents).length;
    assert(count === operations.length, `${count} documents for ${operations.length} operations`);
    return `${count} in the manifest`;
  });
  await report.check(
    PART,
    `typescript ${version("typescript")} takes each document with its variables, and no others`,
    async () => {
      const names = await Names.of(service, new Date());
      writeFileSync(`${FOLDER}/use.ts`, uses(operations, names));
      writeFileSync(`${FOLDER}/tsconfig.json`, JSON.stringify(TSCONFIG));
      await promisify(execFile)(process.execPath, [TSC, "--noEmit", "-p", FOLDER]).catch(
        ({ stdout, stderr, message }) => {
          throw new Error(stdout || stderr || message);
        },
      );
    },
  );
  const tools = ["cli", "client-preset"].map((name) => `${name} ${version(`@graphql-codegen/${name}`)}`).join(", ");
  report.row("Clients", "graphql-codegen", `${tools}, typescript ${version("typescript")}`, report.outcome(PART));
  return manifest;
}

const config = (folder) => ({
  schema: SCHEMA,
  documents: [`${folder}/**/*.graphql`],
  silent: true,
  generates: {
    [`${FOLDER}/gql/`]: {
      preset: "client",
      presetConfig: { persistedDocuments: { mode: "embedHashInDocument", hashAlgorithm: "sha256" } },
      config: { scalars: { Date: "string", DateTime: "string" }, enumsAsTypes: true, useTypeImports: true },
    },
  },
});

const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    strict: true,
    noEmit: true,
    types: [],
  },
  files: ["use.ts"],
};

/** A module that sends each operation with its variables, and that would not compile if others were taken. */
function uses(operations, names) {
  const head = `import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import * as made from "./gql/graphql";

declare function send<R, V>(document: TypedDocumentNode<R, V>, variables: NoInfer<V>): Promise<R>;
`;
  const use = ({ name, kind, variables }) => {
    const type = `made.${name}${kind[0].toUpperCase()}${kind.slice(1)}`;
    const given = names.resolve(variables);
    return `
const of${name}: ${type}Variables = ${JSON.stringify(given)};
export const answerTo${name}: Promise<${type}> = send(made.${name}Document, of${name});
// @ts-expect-error: there is no such variable.
send(made.${name}Document, ${JSON.stringify({ ...given, noSuchVariable: 1 })});
`;
  };
  return head + operations.map(use).join("");
}
