import type { BatchEnvelope, PageEvent } from "@rumkit/protocol";
import { expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { envelopeSchema, eventSchema } from "./batchSchema.ts";

test("the schemas and the wire types are the same, in both directions", () => {
  expectTypeOf<z.input<typeof eventSchema>>().toEqualTypeOf<PageEvent>();
  expectTypeOf<z.output<typeof eventSchema>>().toEqualTypeOf<PageEvent>();
  expectTypeOf<z.input<typeof envelopeSchema>>().toEqualTypeOf<BatchEnvelope>();
  expectTypeOf<z.output<typeof envelopeSchema>>().toEqualTypeOf<BatchEnvelope>();
});
