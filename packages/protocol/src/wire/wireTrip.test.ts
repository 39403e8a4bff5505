/** Values made from the table, on a way through JSON: a declaration must not allow what JSON cannot carry. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchFields } from "./envelope.ts";
import { commonFields, events, type EventType } from "./events.ts";
import type { Field, Fields } from "./field.ts";
import { itemFields, itemsFields } from "./ingest.ts";
import {
  MAX_BATCH_BYTES,
  MAX_DEPTH,
  MAX_DETAILS,
  MAX_INGEST_ITEMS,
  MAX_KEYS,
  MAX_NAME,
  MAX_TEXT,
} from "./limits.ts";

const WORDS = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "",
    "__proto__",
    "constructor",
    "toString",
    "\0",
    "</script>",
    "\u2028",
    "😀",
    "\ud800",
    "null",
  ),
);

function textOf(least: number, most: number): fc.Arbitrary<string> {
  return fc
    .oneof(WORDS, fc.constantFrom("x".repeat(most), "字".repeat(most)))
    .map((text) => text.slice(0, most).padEnd(least, "x").toWellFormed());
}

const details = fc.dictionary(
  textOf(0, MAX_NAME).filter((key) => key !== "__proto__"),
  fc.oneof(textOf(0, MAX_TEXT), fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true })),
  { maxKeys: 5 },
);

/** Every value that a field allows, its bounds more often than others. */
function valueOf(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case "text":
      return textOf(field.least ?? 0, field.most);
    case "pattern":
      return fc.stringMatching(field.pattern);
    case "enum":
      return fc.constantFrom(...field.values);
    case "number":
    case "integer": {
      const isInteger = field.kind === "integer";
      const min = field.least ?? (isInteger ? Number.MIN_SAFE_INTEGER : -Number.MAX_VALUE);
      const max = field.most ?? (isInteger ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE);
      return fc.oneof(
        fc.constantFrom(min, max),
        isInteger ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true }),
      );
    }
    case "details":
      return details;
    case "counts":
      return fc.dictionary(fc.constantFrom(...field.keys), fc.nat(field.most));
    case "list":
      return fc.array(fc.constant({}), { minLength: field.least, maxLength: Math.max(field.least, 3) });
    case "object":
      return fc.object({ maxDepth: 1, maxKeys: 3 });
    case "anything":
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function objectOf(fields: Fields): fc.Arbitrary<Record<string, unknown>> {
  const required = Object.keys(fields).filter((name) => fields[name]!.optional !== true);
  return fc.record(
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valueOf(field)])),
    {
      requiredKeys: required,
      noNullPrototype: true,
    },
  ) as fc.Arbitrary<Record<string, unknown>>;
}

/** JSON writes 0 for -0: the one value that a reader may get otherwise, and counts alike. */
function withoutMinusZero(value: unknown): unknown {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(withoutMinusZero);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutMinusZero(inner)]));
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

const OBJECTS: [title: string, fields: Fields][] = [
  ...Object.entries(events).map(([type, { fields }]): [string, Fields] => [
    type,
    { ...commonFields, ...fields },
  ]),
  ["a batch", batchFields],
  ["an item", itemFields],
  ["a request of a service", itemsFields],
];

describe.each(OBJECTS)("%s", (title, fields) => {
  test("is the same after its way through JSON and UTF-8", () => {
    fc.assert(
      fc.property(objectOf(fields), (value) => {
        const bytes = new TextEncoder().encode(JSON.stringify(value));
        const arrived: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
        expect(arrived).toEqual(withoutMinusZero(value));
      }),
    );
  });

  test("stays within the depth and the keys that a body may have", () => {
    fc.assert(
      fc.property(objectOf(fields), (value) => {
        // Two levels around an event: the batch, and its list.
        expect(depthOf(value) + 2).toBeLessThanOrEqual(MAX_DEPTH);
        expect(Object.keys(value).length).toBeLessThan(MAX_KEYS / 2);
      }),
    );
  });

  test("has fields whose names are words of camel case, none of them a name of the prototype", () => {
    for (const name of Object.keys(fields)) {
      expect(name).toMatch(/^[a-z][a-zA-Z]*$/);
      expect(name in Object.prototype, `${title}.${name}`).toBe(false);
    }
  });

  test("has bounds that are in order, and that a double holds", () => {
    for (const field of Object.values<Field>(fields)) {
      const { least = 0, most = Number.MAX_VALUE } = field as { least?: number; most?: number };
      expect(least).toBeLessThanOrEqual(most);
      expect(Number.isFinite(least) && Number.isFinite(most)).toBe(true);
      if (field.kind === "integer")
        for (const bound of [least, field.most ?? 0]) expect(Number.isSafeInteger(bound)).toBe(true);
    }
  });
});

test("a pattern is anchored at both ends, and tells nothing from one text to the next", () => {
  for (const [title, fields] of OBJECTS) {
    for (const [name, field] of Object.entries<Field>(fields)) {
      if (field.kind !== "pattern") continue;
      const { source, flags } = field.pattern;
      expect(source, `${title}.${name}`).toMatch(/^\^.*\$$/);
      // `g` and `y` would remember a place, and `m` would take a line for the whole.
      expect(flags, `${title}.${name}`).not.toMatch(/[gym]/);
    }
  }
});

describe("the smallest bodies", () => {
  const event = (type: EventType): string => JSON.stringify({ type });

  test("of as many events as a batch may have fit into it", () => {
    const longest = Object.keys(events).reduce((a, b) => (a.length > b.length ? a : b)) as EventType;
    const bytes = batchFields.events.most * (event(longest).length + ',"name":"'.length + 2);
    expect(bytes).toBeLessThan(MAX_BATCH_BYTES);
  });

  test("of a service may have no items, of a page they have an event", () => {
    expect([itemsFields.items.least, batchFields.events.least]).toEqual([0, 1]);
    expect(itemsFields.items.most).toBe(MAX_INGEST_ITEMS);
  });
});

test("details of the largest size stay below the keys that a body may have", () => {
  expect(MAX_DETAILS).toBeLessThan(MAX_KEYS);
});
