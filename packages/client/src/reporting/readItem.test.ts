import { MAX_DETAILS, MAX_INGEST_VALUE, MAX_NAME } from "@rumkit/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readItem } from "./readItem.ts";

const parse = (text: string | undefined): unknown => JSON.parse(`${text}}`);

test.each([
  ["a", 1, undefined],
  ["a", 0, {}],
  ["a", -1.5, null],
  ["a", MAX_INGEST_VALUE, "no tags"],
  ["n".repeat(MAX_NAME), -MAX_INGEST_VALUE, 7],
])("%s with %d and the tags %j is an item", (name, value, tags) => {
  expect(parse(readItem(name, value, tags))).toEqual({ name, value });
});

test.each([
  [undefined, 1],
  ["", 1],
  ["n".repeat(MAX_NAME + 1), 1],
  [Symbol("a"), 1],
  [{ name: "a" }, 1],
  ["a", undefined],
  ["a", "1"],
  ["a", 1n],
  ["a", Number.NaN],
  ["a", Number.POSITIVE_INFINITY],
  ["a", MAX_INGEST_VALUE * 1.1],
  ["a", -MAX_INGEST_VALUE * 1.1],
])("%s with %s is not an item", (name, value) => {
  expect(readItem(name, value, undefined)).toBeUndefined();
});

describe("tags", () => {
  test("are primitives that JSON can express", () => {
    const given = {
      text: "a",
      yes: true,
      zero: 0,
      none: null,
      missing: undefined,
      nan: Number.NaN,
      big: 7n,
      nested: {},
      ["k".repeat(MAX_NAME + 1)]: 1,
    };
    expect(parse(readItem("a", 1, given))).toEqual({
      name: "a",
      value: 1,
      tags: { text: "a", yes: true, zero: 0 },
    });
  });

  test("are cut to what the collector takes, and are well-formed", () => {
    const { tags } = parse(readItem("a", 1, { long: "x".repeat(1_000), half: "\ud800" })) as {
      tags: Record<string, string>;
    };
    expect(tags["long"]).toHaveLength(MAX_NAME);
    expect(tags["half"]).toBe("\ufffd");
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, index]));
    expect(Object.keys((parse(readItem("a", 1, many)) as { tags: object }).tags)).toHaveLength(MAX_DETAILS);
  });

  test("make equal items in any order", () => {
    const entries = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 5 }), fc.integer()), {
      selector: ([key]) => key,
      maxLength: 8,
    });
    fc.assert(
      fc.property(entries, (given) => {
        const there = readItem("a", 1, Object.fromEntries(given));
        const back = readItem("a", 1, Object.fromEntries(given.toReversed()));
        expect(there).toBe(back);
      }),
    );
  });

  test("that throw cost the item, and nothing else", () => {
    const throwing = {
      get queue(): string {
        throw new Error("no");
      },
    };
    expect(readItem("a", 1, throwing)).toBeUndefined();
  });
});
