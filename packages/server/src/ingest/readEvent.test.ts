import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchLike, eventLike } from "../../../../test/hostile/arbitraries.ts";
import { envelopeSchema, eventSchema } from "./batchSchema.ts";
import { isObject } from "./fieldReaders.ts";
import { readEnvelope } from "./readEnvelope.ts";
import { readEvent } from "./readEvent.ts";

/** What came over the wire: only JSON has to be read alike. */
function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value) ?? "null");
}

describe("the fast checker and the published schema", () => {
  test("take the same events, and make the same of them", () => {
    let taken = 0;
    fc.assert(
      fc.property(eventLike, (event) => {
        const value = overTheWire(event);
        const parsed = eventSchema.safeParse(value);
        if (parsed.success) taken += 1;
        expect(readEvent(value)).toEqual(parsed.success ? parsed.data : undefined);
      }),
      { numRuns: 4_000 },
    );
    // Both sides of the verdict were looked at.
    expect(taken).toBeGreaterThan(500);
    expect(taken).toBeLessThan(3_500);
  });

  test("take the same batches, and make the same of them", () => {
    let taken = 0;
    fc.assert(
      fc.property(batchLike, (batch) => {
        const value = overTheWire(batch);
        const parsed = envelopeSchema.safeParse(value);
        if (parsed.success) taken += 1;
        expect(isObject(value) ? readEnvelope(value) : undefined).toEqual(
          parsed.success ? parsed.data : undefined,
        );
      }),
      { numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(100);
    expect(taken).toBeLessThan(2_900);
  });

  test.each([
    '{"type":"action","name":"a","details":{"__proto__":1,"b":"c"}}',
    '{"type":"action","name":"a","details":{"__proto__":{"b":1}}}',
    '{"type":"action","name":"a","__proto__":{"route":"/"},"toString":1,"constructor":"x"}',
    `{"type":"action","name":"a","details":{"${"k".repeat(128)}":1}}`,
    `{"type":"action","name":"a","details":{"${"k".repeat(129)}":1,"b":"c"}}`,
    `{"type":"action","name":"a","details":{${Array.from({ length: 40 }, (_, index) => `"k${index}":"v"`).join()}}}`,
    `{"type":"action","name":"\\ud800","details":{"a":"\\udc00"}}`,
    `{"type":"click","name":"${"x".repeat(127)}😀"}`,
    '{"type":"conversion","name":"a","value":1e999}',
    '{"type":"conversion","name":"a","value":-0,"amount":-0}',
    '{"type":"conversion","name":"a","amount":9007199254740993}',
    '{"type":"action","name":"a","details":[]}',
    '{"type":"action","name":"a","details":["a"]}',
    '{"type":["click"],"name":"a"}',
    '{"type":"LCP","value":1e308}',
    '[{"type":"click"}]',
  ])("agree on %s", (text) => {
    const value: unknown = JSON.parse(text);
    const parsed = eventSchema.safeParse(value);
    expect(readEvent(value)).toStrictEqual(parsed.success ? parsed.data : undefined);
  });
});
