import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  INGESTED_NAME,
  itemFields,
  itemsFields,
  JOB_DURATION,
  JOBS_ACCEPTED,
  JOBS_IN_FLIGHT,
} from "./ingest.ts";
import { MAX_COUNT, MAX_INGEST_ITEMS, MAX_INGEST_VALUE } from "./limits.ts";
import { INGEST_DROP_REASONS } from "./words.ts";

describe("a name of a service's value", () => {
  test.each([
    ["api.response_time", true],
    ["queue-depth", true],
    ["a", true],
    ["a".repeat(64), true],
    ["a".repeat(65), false],
    ["", false],
    ["A", false],
    ["1a", false],
    [".a", false],
    ["_a", false],
    ["a b", false],
    ["a\n", false],
    ["a/b", false],
    ["é", false],
  ])("%j: %s", (name, isName) => {
    expect(INGESTED_NAME.test(name)).toBe(isName);
  });

  test("becomes the name of a metric if dots and dashes are underscores", () => {
    fc.assert(
      fc.property(fc.stringMatching(INGESTED_NAME), (name) => {
        expect(name.replace(/[.-]/g, "_")).toMatch(/^[a-zA-Z_:][\w:]*$/);
      }),
    );
  });

  test("of the families of jobs are names", () => {
    expect(JOBS_ACCEPTED).toMatch(INGESTED_NAME);
    expect(JOB_DURATION).toMatch(INGESTED_NAME);
    expect(JOBS_IN_FLIGHT).toMatch(INGESTED_NAME);
  });
});

test("an item has a name and a value, which may be below zero", () => {
  const required = Object.entries(itemFields).filter(([, field]) => !("optional" in field));
  expect(required.map(([name]) => name)).toEqual(["name", "value"]);
  expect(itemFields.value).toMatchObject({ least: -MAX_INGEST_VALUE, most: MAX_INGEST_VALUE });
  expect(itemFields.count).toMatchObject({ kind: "integer", least: 1, most: MAX_COUNT });
});

test("tags that are too many are refused: a label that is cut would be another series", () => {
  expect(itemFields.tags.excess).toBe("refused");
});

test("a request may only report losses", () => {
  expect(itemsFields.items).toMatchObject({ least: 0, most: MAX_INGEST_ITEMS });
  expect(itemsFields.dropped.keys).toBe(INGEST_DROP_REASONS);
});
