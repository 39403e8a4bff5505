import { MAX_EVENTS, MAX_INGEST_ITEMS, MAX_REPORTS } from "@rumkit/protocol";
import { z } from "zod";
import { envelopeSchema, eventSchema } from "../collect/batchSchema.ts";
import { ingestEnvelopeSchema, itemSchema } from "../ingest/ingestSchema.ts";
import { cspReportSchema, reportSchema } from "../reports/reportSchema.ts";
import {
  catalogDraftSchema,
  accessErrorSchema,
  collectAnswerSchema,
  errorAnswerSchema,
  cardinalitySchema,
  errorGroupsSchema,
  funnelStepsSchema,
  healthSchema,
  readinessSchema,
  ingestAnswerSchema,
  plainErrorSchema,
} from "./answerSchema.ts";

/** What is read: the very schemas that the collector reads requests with. */
const bodies = {
  Event: eventSchema,
  Batch: envelopeSchema.extend({ events: z.array(eventSchema).min(1).max(MAX_EVENTS) }),
  IngestItem: itemSchema,
  IngestBody: z.union([
    itemSchema,
    z.array(itemSchema).max(MAX_INGEST_ITEMS),
    ingestEnvelopeSchema.extend({ items: z.array(itemSchema).max(MAX_INGEST_ITEMS) }),
  ]),
  Report: reportSchema,
  Reports: z.array(reportSchema).max(MAX_REPORTS),
  CspReport: cspReportSchema,
};

/** What is answered. */
const answers = {
  CollectAnswer: collectAnswerSchema,
  IngestAnswer: ingestAnswerSchema,
  ErrorAnswer: errorAnswerSchema,
  AccessError: accessErrorSchema,
  PlainError: plainErrorSchema,
  FunnelSteps: funnelStepsSchema,
  ErrorGroups: errorGroupsSchema,
  CatalogDraft: catalogDraftSchema,
  Cardinality: cardinalitySchema,
  Health: healthSchema,
  Readiness: readinessSchema,
};

/** The name of a schema in the document. */
export type SchemaName = keyof typeof bodies | keyof typeof answers;

/** A JSON Schema, draft 2020-12: what OpenAPI 3.1 has. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** `#/components/schemas`: of bodies as they may come, of answers as they are. */
export function renderSchemas(): Record<SchemaName, JsonSchema> {
  return { ...render(bodies, "input"), ...render(answers, "output") };
}

export function schemaReference(name: SchemaName): JsonSchema {
  return { $ref: referenceTo(name) };
}

function referenceTo(name: string): string {
  return `#/components/schemas/${name}`;
}

function render<Name extends string>(
  schemas: Readonly<Record<Name, z.ZodType>>,
  io: "input" | "output",
): Record<Name, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries<z.ZodType>(schemas)) registry.add(schema, { id: name });
  const { schemas: rendered } = z.toJSONSchema(registry, { io, uri: referenceTo });
  const bare = Object.entries(rendered).map(([name, schema]) => {
    // Both are said by the document as a whole.
    const { $schema: _schema, $id: _id, ...rest } = schema;
    return [name, rest];
  });
  return Object.fromEntries(bare) as Record<Name, JsonSchema>;
}
