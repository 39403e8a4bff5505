import {
  batchFields,
  commonFields,
  events,
  type Field,
  type Fields,
  itemFields,
  itemsFields,
  MAX_DETAILS,
  MAX_INGEST_ITEMS,
  MAX_NAME,
  MAX_REPORTS,
  MAX_TEXT,
} from "@rumkit/protocol";
import { z } from "zod";
import { cspReportFields, reportFields } from "../reports/report.ts";
import {
  alertDecisionSchema,
  auditEntriesSchema,
  auditEntrySchema,
  liveAlertsSchema,
  liveAlertValuesSchema,
  liveNoticeSchema,
  liveSilenceSchema,
  sentNoticesSchema,
  silenceRequestSchema,
} from "./alertSchema.ts";
import {
  accessErrorSchema,
  cardinalitySchema,
  catalogDraftSchema,
  collectAnswerSchema,
  errorAnswerSchema,
  errorGroupsSchema,
  funnelStepsSchema,
  ingestAnswerSchema,
  liveDurationsSchema,
  liveHistorySchema,
  liveLinkSchema,
  endedLinkSchema,
  liveVitalsSchema,
  plainErrorSchema,
} from "./answerSchema.ts";
import { healthSchema, readinessSchema } from "./healthSchema.ts";

/** Bodies of answers. */
const answers = {
  CollectAnswer: collectAnswerSchema,
  IngestAnswer: ingestAnswerSchema,
  ErrorAnswer: errorAnswerSchema,
  AccessError: accessErrorSchema,
  PlainError: plainErrorSchema,
  FunnelSteps: funnelStepsSchema,
  ErrorGroups: errorGroupsSchema,
  LiveDurations: liveDurationsSchema,
  LiveHistory: liveHistorySchema,
  LiveLink: liveLinkSchema,
  EndedLink: endedLinkSchema,
  LiveVitals: liveVitalsSchema,
  CatalogDraft: catalogDraftSchema,
  Cardinality: cardinalitySchema,
  Health: healthSchema,
  Readiness: readinessSchema,
  LiveAlerts: liveAlertsSchema,
  LiveSilence: liveSilenceSchema,
  LiveAlertValues: liveAlertValuesSchema,
  LiveNotice: liveNoticeSchema,
  SentNotices: sentNoticesSchema,
  AuditEntries: auditEntriesSchema,
  AuditEntry: auditEntrySchema,
  AlertDecision: alertDecisionSchema,
  SilenceRequest: silenceRequestSchema,
};

/** The name of a schema in the document. */
export type SchemaName = keyof ReturnType<typeof describeBodies> | keyof typeof answers;

/** Renders `#/components/schemas`: for bodies everything that is accepted, for answers exactly what is sent. */
export function renderSchemas(): Record<SchemaName, JsonSchema> {
  return { ...describeBodies(schemaReference), ...render(answers) };
}

export function schemaReference(name: SchemaName): JsonSchema {
  return { $ref: referenceTo(name) };
}

function referenceTo(name: string): string {
  return `#/components/schemas/${name}`;
}

function render<Name extends string>(schemas: Readonly<Record<Name, z.ZodType>>): Record<Name, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries<z.ZodType>(schemas)) registry.add(schema, { id: name });
  const { schemas: rendered } = z.toJSONSchema(registry, { io: "output", uri: referenceTo });
  const bare = Object.entries(rendered).map(([name, schema]) => {
    // The document declares both once.
    const { $schema: _schema, $id: _id, ...rest } = schema;
    return [name, rest];
  });
  return Object.fromEntries(bare) as Record<Name, JsonSchema>;
}

/** A JSON Schema, draft 2020-12: the dialect of OpenAPI 3.1. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Renders the schemas of everything that pages, services and browsers send, from the same tables that requests are
 * read with.
 */
function describeBodies(referTo: (name: "Event" | "IngestItem" | "Report") => JsonSchema) {
  const event = referTo("Event");
  const item = referTo("IngestItem");
  return {
    Event: { oneOf: Object.entries(events).map(([type, spec]) => describeEvent(type, spec)) },
    Batch: describeObject(batchFields, event),
    IngestItem: describeObject(itemFields),
    IngestBody: {
      anyOf: [
        item,
        { type: "array", items: item, maxItems: MAX_INGEST_ITEMS },
        describeObject(itemsFields, item),
      ],
    },
    Report: describeObject(reportFields),
    Reports: { type: "array", items: referTo("Report"), maxItems: MAX_REPORTS },
    CspReport: describeObject(cspReportFields),
  };
}

function describeEvent(
  type: string,
  { what, fields }: { readonly what: string; readonly fields: Fields },
): JsonSchema {
  return {
    description: `${what}.`,
    ...describeObject({ type: { kind: "enum", values: [type] }, ...fields, ...commonFields }),
  };
}

/** Further keys are allowed: they are ignored. */
function describeObject(fields: Fields, element?: JsonSchema): JsonSchema {
  const properties = Object.entries(fields).map(([name, field]) => [
    name,
    { ...describeField(field, element), ...(field.what && { description: `${field.what}.` }) },
  ]);
  return {
    type: "object",
    properties: Object.fromEntries(properties) as JsonSchema,
    required: Object.keys(fields).filter((name) => !fields[name]!.optional),
  };
}

function describeField(field: Field, element: JsonSchema = {}): JsonSchema {
  switch (field.kind) {
    case "text":
      // Longer text is allowed, because it is cut.
      return { type: "string", ...(field.least && { minLength: field.least }) };
    case "pattern":
      return { type: "string", pattern: field.pattern.source };
    case "enum":
      return field.values.length === 1 ? { const: field.values[0] } : { enum: field.values };
    case "number":
    case "integer":
      return {
        type: field.kind,
        ...(field.least !== undefined && { minimum: field.least }),
        ...(field.most !== undefined && { maximum: field.most }),
      };
    case "details":
      return field.excess === "cut" ? describeDetails({}, {}) : describeDetails(...STRICT);
    case "counts": {
      const counts = field.keys.map((key) => [key, { type: "integer", minimum: 0 }]);
      return { type: "object", properties: Object.fromEntries(counts) as JsonSchema };
    }
    case "list":
      return { type: "array", items: element, minItems: field.least, maxItems: field.most };
    case "object":
      return { type: field.optional ? ["object", "null"] : "object" };
    case "anything":
      return {};
  }
}

const STRICT = [
  { maxProperties: MAX_DETAILS, propertyNames: { maxLength: MAX_NAME } },
  { maxLength: MAX_TEXT },
] as const;

function describeDetails(ofObject: JsonSchema, ofText: JsonSchema): JsonSchema {
  return {
    type: "object",
    additionalProperties: { type: ["string", "number", "boolean"], ...ofText },
    ...ofObject,
  };
}
