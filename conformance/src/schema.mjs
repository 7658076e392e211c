// The schema as it stands, and what clients make of it.
import { readFileSync } from "node:fs";
import { buildSchema, isAbstractType, isObjectType } from "graphql";
import { SCHEMA } from "./paths.mjs";

export const text = readFileSync(SCHEMA, "utf8");
export const schema = buildSchema(text);

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));

/** The members of each interface and union, as Apollo Client's cache wants them. */
export const possibleTypes = Object.fromEntries(
  types.filter(isAbstractType).map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
);

const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];

/** The object types without an id: a cache keeps them with the object that holds them. */
export const withoutId = types
  .filter((type) => isObjectType(type) && !roots.includes(type) && !type.getFields().id)
  .map(({ name }) => name);
