import type { BatchEnvelope, IngestItem, PageEvent } from "@rumkit/protocol";
import { expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { envelopeSchema, eventSchema } from "../../../../test/support/oracle/batchSchema.ts";
import type { itemSchema } from "../../../../test/support/oracle/ingestSchema.ts";

type SchemaEvent = z.input<typeof eventSchema>;

/** The event of one type, as the schema groups them. */
type SchemaEventOf<Type> =
  Extract<SchemaEvent, { type: unknown }> extends infer Event
    ? Event extends { type: infer Types }
      ? Type extends Types
        ? Omit<Event, "type"> & { type: Type }
        : never
      : never
    : never;

type Plain<T> = { [Name in keyof T]: T[Name] };

test("the types that the table yields are those of the schemas", () => {
  expectTypeOf<PageEvent["type"]>().toEqualTypeOf<SchemaEvent["type"]>();
  expectTypeOf<{ [Type in PageEvent["type"]]: Plain<Extract<PageEvent, { type: Type }>> }>().toEqualTypeOf<{
    [Type in PageEvent["type"]]: Plain<SchemaEventOf<Type>>;
  }>();
  expectTypeOf<z.output<typeof eventSchema>>().toExtend<PageEvent>();
  expectTypeOf<z.output<typeof envelopeSchema>>().toEqualTypeOf<BatchEnvelope>();
  expectTypeOf<z.output<typeof itemSchema>>().toEqualTypeOf<IngestItem>();
});
