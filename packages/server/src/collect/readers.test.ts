import { batchFields, type Fields, itemsFields } from "@rumkit/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { batchLike, eventLike } from "../../../../test/support/hostile/arbitraries.ts";
import { envelopeSchema, eventSchema } from "../../../../test/support/oracle/batchSchema.ts";
import { ingestEnvelopeSchema, itemSchema } from "../../../../test/support/oracle/ingestSchema.ts";
import { parseReports } from "../reports/report.ts";
import { reportSchema } from "../../../../test/support/oracle/reportSchema.ts";
import { isObject } from "../http/fieldReaders.ts";
import { readObject, toShape } from "../http/objectReader.ts";
import { parseEvent } from "./parseBatch.ts";
import { parseItem } from "../ingest/parseItems.ts";
import { isRejection, type Rejection } from "../base/rejection.ts";

const NUMBERS = [
  "dns",
  "connect",
  "download",
  "interactive",
  "complete",
  "load",
  "value",
  "count",
  "step",
  "status",
  "bytes",
];

const jsonLike = fc.oneof(
  fc.string(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 2 }),
);
const tags = fc.oneof(
  fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.boolean()), { maxKeys: 5 }),
  fc.integer({ min: 30, max: 34 }).map((length) => Object.fromEntries(Array(length).fill(0).entries())),
  fc.constantFrom(
    { ["k".repeat(129)]: 1 },
    { a: "v".repeat(2_049) },
    { a: {} },
    JSON.parse('{"__proto__":{}}'),
  ),
);
const itemLike = fc.oneof(
  fc.record(
    {
      name: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom("a", "queue.depth") },
        fc.constantFrom("A", "a\n", "a".repeat(65)),
        jsonLike,
      ),
      value: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(1e15, -7, 0) },
        fc.double(),
        fc.constantFrom(1.1e15),
        jsonLike,
      ),
      tags: fc.oneof({ weight: 4, arbitrary: tags }, jsonLike),
      count: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(1, 5, 1_000_000) },
        fc.constantFrom(0, 0.5, 1e7),
        jsonLike,
      ),
      later: jsonLike,
    },
    { requiredKeys: ["name", "value"] },
  ),
  jsonLike,
);
const reportLike = fc.record(
  {
    type: fc.oneof(fc.string(), jsonLike),
    url: fc.oneof(fc.webUrl(), jsonLike),
    body: fc.oneof(fc.object({ maxDepth: 2 }), jsonLike),
  },
  { requiredKeys: ["url"] },
);

/** The value that a reader took; undefined if it refused. */
function takenOf(read: object): unknown {
  return isRejection(read) ? undefined : read;
}

/** The value that the reader of declared fields takes; undefined if it refuses. */
function takenBy(fields: Fields, value: unknown): unknown {
  if (!isObject(value)) return undefined;
  const read = readObject(value, toShape(fields));
  return typeof read === "string" ? undefined : read;
}

/** The fields that a schema finds fault with. */
function badFields(error: z.ZodError): string[] {
  return error.issues.map(({ path }) => String(path[0] ?? ""));
}

/** The field that a sentence is about: `details.a must be …` is about `details`. */
function fieldOf(message: string): string {
  return /^\w+/.exec(message)?.[0] ?? "";
}

/** The value after a trip over the wire: only JSON must be read alike. */
function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value) ?? "null");
}

function withoutPrototypes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, each: unknown) => (key === "__proto__" ? undefined : each));
}

describe("the readers made from the table, and the schemas that say the same a second time", () => {
  test("take the same events, and make the same of them", () => {
    let taken = 0;
    fc.assert(
      fc.property(eventLike, (event) => {
        const value = overTheWire(event);
        const parsed = eventSchema.safeParse(value);
        if (parsed.success) taken += 1;
        expect(takenOf(parseEvent(value))).toEqual(parsed.success ? parsed.data : undefined);
      }),
      { numRuns: 4_000 },
    );
    // Both sides of the verdict were looked at.
    expect(taken).toBeGreaterThan(500);
    expect(taken).toBeLessThan(3_500);
  });

  test("refuse by a fault that the schema finds, and explain that one", () => {
    let refused = 0;
    fc.assert(
      fc.property(eventLike, (event) => {
        const value = overTheWire(event);
        const { error } = eventSchema.safeParse(value);
        if (!error) return;
        refused += 1;
        const { code, message } = parseEvent(value) as Rejection;
        expect(message).toMatch(/^[^]+ must be [^]+\.$/);
        if (!isObject(value)) {
          expect(code).toBe("bad_event");
          return;
        }
        expect(badFields(error)).toContain(fieldOf(message));
        expect(code === "bad_number").toBe(NUMBERS.includes(fieldOf(message)));
        expect(code === "unknown_type").toBe(
          fieldOf(message) === "type" && typeof value["type"] === "string",
        );
      }),
      { numRuns: 4_000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  test("take the same items, and explain the others", () => {
    let taken = 0;
    fc.assert(
      fc.property(itemLike, (item) => {
        const value = overTheWire(item);
        const { data, error } = itemSchema.safeParse(value);
        if (data) taken += 1;
        const read = parseItem(value);
        expect(takenOf(read)).toEqual(data);
        if (!isRejection(read) || !isObject(value)) return;
        expect(badFields(error!)).toContain(fieldOf(read.message));
        expect(read.code === "bad_number").toBe(NUMBERS.includes(fieldOf(read.message)));
      }),
      { numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(100);
    expect(taken).toBeLessThan(2_900);
  });

  test("take the same requests of services", () => {
    let taken = 0;
    const count = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 7, 2e9) }, jsonLike);
    const bodyLike = fc.record(
      {
        items: fc.oneof({ weight: 4, arbitrary: fc.array(itemLike, { maxLength: 3 }) }, jsonLike),
        dropped: fc.oneof(
          {
            weight: 4,
            arbitrary: fc.record(
              { queue_full: count, oversize: count, later: jsonLike },
              { requiredKeys: [] },
            ),
          },
          jsonLike,
        ),
        later: jsonLike,
      },
      { requiredKeys: ["items"] },
    );
    fc.assert(
      fc.property(bodyLike, (body) => {
        const value = overTheWire(body);
        const { data } = ingestEnvelopeSchema.safeParse(value);
        if (data) taken += 1;
        expect(takenBy(itemsFields, value)).toEqual(data);
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(100);
    expect(taken).toBeLessThan(1_900);
  });

  test("take the same reports", () => {
    let taken = 0;
    fc.assert(
      fc.property(reportLike, (report) => {
        // zod leaves out a key `__proto__`; the reader keeps it as a property that no one looks up.
        const value = withoutPrototypes(overTheWire(report));
        const parsed = reportSchema.safeParse(value);
        if (parsed.success) taken += 1;
        const { reports } = parseReports("application/reports+json", Buffer.from(JSON.stringify([value])));
        expect(reports[0]).toEqual(
          parsed.success ? { ...parsed.data, body: parsed.data.body ?? {} } : undefined,
        );
      }),
    );
    expect(taken).toBeGreaterThan(10);
  });

  test("take the same batches, and make the same of them", () => {
    let taken = 0;
    fc.assert(
      fc.property(batchLike, (batch) => {
        const value = overTheWire(batch);
        const parsed = envelopeSchema.safeParse(value);
        if (parsed.success) taken += 1;
        expect(takenBy(batchFields, value)).toEqual(parsed.success ? parsed.data : undefined);
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
    expect(takenOf(parseEvent(value))).toStrictEqual(parsed.success ? parsed.data : undefined);
  });
});
