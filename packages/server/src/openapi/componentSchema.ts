import { z } from "zod";
import {
  catalogDraftSchema,
  accessErrorSchema,
  collectAnswerSchema,
  errorAnswerSchema,
  cardinalitySchema,
  errorGroupsSchema,
  liveDurationsSchema,
  liveHistorySchema,
  liveLinkSchema,
  liveVitalsSchema,
  funnelStepsSchema,
  healthSchema,
  readinessSchema,
  ingestAnswerSchema,
  plainErrorSchema,
} from "./answerSchema.ts";
import { describeBodies, type JsonSchema } from "./fieldSchema.ts";

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
  LiveVitals: liveVitalsSchema,
  CatalogDraft: catalogDraftSchema,
  Cardinality: cardinalitySchema,
  Health: healthSchema,
  Readiness: readinessSchema,
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
