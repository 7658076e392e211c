// Where things are.
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
/** This package. */
export const HERE = `${ROOT}/conformance`;
/** For what the tools generate; made anew by each run, and not committed. */
export const BUILD = `${HERE}/build`;
/** The schema as it stands. */
export const SCHEMA = `${ROOT}/schema.graphql`;
