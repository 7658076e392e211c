// Every rule of graphql-eslint for schemas, Relay's included, and its recommended ones for operations. Each exception
// says why it is one.
import plugin from "@graphql-eslint/eslint-plugin";
import { ROOT, SCHEMA } from "./src/paths.mjs";

const rule = (name, ...options) => ({ [`@graphql-eslint/${name}`]: options.length ? ["error", ...options] : "error" });
const off = (name) => ({ [`@graphql-eslint/${name}`]: "off" });

const [, naming] = plugin.configs["flat/schema-recommended"].rules["@graphql-eslint/naming-convention"];

/** Types without an identity of their own: they are values, or pages, or live as long as one request. */
const VALUES = [
  "PageInfo",
  // Who asks is not a thing of the record.
  "Viewer",
  // Facts and figures of the object that holds them.
  "OrganisationIdentifier",
  "Judgement",
  "RecommendationResponse",
  "RecommendationConfirmation",
  "ActionDelivery",
  "ActionProof",
  "RequirementProof",
  "StrandProof",
  "ProofGap",
  "ActionAssurance",
  "ActionImpact",
  "DueDateMove",
  "Rating",
  "RatingMeaning",
  "CoverageReport",
  "MeasureSmart",
  "MeasureBaseline",
  "MeasureAim",
  "MeasureTarget",
  "MeasureBenchmark",
  "AuditGrades",
  "AuditModeration",
  "AuditRecheck",
  "AuditThemeYear",
  "UserError",
  // Parts of a delivery.
  "WebhookAttempt",
  // An address, another one each time.
  "FileLink",
  // An entry of the ledger is found by its programme and its sequence; `entityId` is the thing that it is about.
  "Change",
  "FieldChange",
  // What was so at a moment. With the id of the thing itself a cache would mix up then and now.
  "Position",
  "PositionAction",
  "StatusCount",
  "HealthCount",
  "CoverageCount",
  "ChangesBetween",
  "ActionBetween",
  "MovedDueDate",
  // What a document says, before anything of it is in the programme.
  "DocumentReading",
  "ReadingProgress",
  "PlanReading",
  "PlanRow",
  "PlanRowPlace",
  "PlanRowLead",
  "PlanRowLink",
  "PlanRowUpdate",
  "PlanRowMeasure",
  "PlanRowText",
  "PlanQuestion",
  "PlanPassage",
  "PlanSuggestion",
  "ImportAnswerError",
  "ReportReading",
  "ReportProblem",
  "ReportJudgement",
  "ReportRecommendation",
  // Where in it something stands.
  "ImportedFrom",
];

const schemaRules = {
  ...plugin.configs["flat/schema-all"].rules,
  ...plugin.configs["flat/schema-relay"].rules,
  ...rule("require-description", {
    types: true,
    rootField: true,
    FieldDefinition: true,
    InputValueDefinition: true,
    EnumValueDefinition: true,
    DirectiveDefinition: true,
  }),
  ...rule("naming-convention", {
    ...naming,
    InputObjectTypeDefinition: { style: "PascalCase", requiredSuffixes: ["Input", "Filter", "Order", "Comparator"] },
  }),
  ...rule("strict-id-in-types", { exceptions: { types: VALUES, suffixes: ["Connection", "Edge", "Payload"] } }),
  // `ActionStartInput` for `actionStart`: the name of the input follows from that of the mutation.
  ...rule("input-name", { checkInputType: true, caseSensitiveInputType: false }),
  // Lists that cannot grow (leads, steps, what the viewer may do) are plain lists; and `nodes` spares those who do not
  // page a level.
  ...rule("relay-edge-types", { listTypeCanWrapOnlyEdgeType: false }),
  // The order of the schema is that in which people read it, who asked for what first.
  ...off("alphabetize"),
  // There are mutations and subscriptions on purpose.
  ...off("no-root-type"),
  // A payload tells what was changed, and a cache takes that up by its id. To ask for everything else after a change,
  // send a query: a mutation's answer is planned before anything is done, and holds only what it changed.
  ...off("require-field-of-type-query-in-mutation-result"),
  // The rule wants the day as an argument of @deprecated, which the specification does not have. The day stands in the
  // reason, and src/breaking.mjs asks for it.
  ...off("require-deprecation-date"),
};

const operationRules = {
  ...plugin.configs["flat/operations-recommended"].rules,
  // As deep as the service allows.
  ...rule("selection-set-depth", { maxDepth: 15 }),
};

const isNoNode = "Edge type's field `node` must implement `Node` interface.";
/** What a rule cannot be told to leave alone: the rule, the type, and the message. */
export const ACCEPTED = [
  // A change's `changes` are what it changed, field by field; clients ask for it by that name.
  ["@graphql-eslint/no-typename-prefix", "Change", 'Field "changes" starts with the name of the parent type "Change"'],
  // Lists of what has no identity, as said above.
  ["@graphql-eslint/relay-edge-types", "ChangeEdge", isNoNode],
  ["@graphql-eslint/relay-edge-types", "PositionActionEdge", isNoNode],
  ["@graphql-eslint/relay-edge-types", "ActionBetweenEdge", isNoNode],
  ["@graphql-eslint/relay-edge-types", "PlanRowEdge", isNoNode],
  ["@graphql-eslint/relay-edge-types", "PlanQuestionEdge", isNoNode],
  ["@graphql-eslint/relay-edge-types", "PlanPassageEdge", isNoNode],
  ["@graphql-eslint/relay-edge-types", "PlanSuggestionEdge", isNoNode],
];

const forFiles = (files, documents, rules) => ({
  files,
  languageOptions: { parser: plugin.parser, parserOptions: { graphQLConfig: { schema: SCHEMA, documents } } },
  plugins: { "@graphql-eslint": plugin },
  rules,
});

/** The configuration for the schema and the operations in these files. The plugin reads both once, for all linters. */
export const configFor = (documents) => [
  forFiles(["**/schema.graphql"], documents, schemaRules),
  { ...forFiles(["**/*.graphql"], documents, operationRules), ignores: ["**/schema.graphql"] },
];

export default configFor(`${ROOT}/docs/examples/**/*.graphql`);
