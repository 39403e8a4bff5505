/** Clients match on the codes, and docs and metrics are made from them. */
import { describe, expect, test } from "vitest";
import { batchFields } from "./envelope.ts";
import { EVENT_REASONS } from "./events.ts";
import type { Field } from "./field.ts";
import { ITEM_REASONS } from "./ingest.ts";
import {
  BATCH_REJECTIONS,
  eventRejections,
  INGEST_REJECTIONS,
  ITEM_REJECTIONS,
  REPORTS_REJECTIONS,
} from "./rejections.ts";

const LISTS: [title: string, codes: readonly string[]][] = [
  ["events", Object.keys(eventRejections)],
  ["batches", BATCH_REJECTIONS],
  ["items", ITEM_REJECTIONS],
  ["requests of services", INGEST_REJECTIONS],
  ["reports", REPORTS_REJECTIONS],
];

test.each(LISTS)("the codes of %s are different words in snake_case", (_title, codes) => {
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) expect(code).toMatch(/^[a-z\d]+(_[a-z\d]+)*$/);
});

test.each(Object.entries(eventRejections))("%s completes the sentence `the event …`", (_code, text) => {
  expect(text).toMatch(/^(has|names|lacks|is) /);
  expect(text).not.toMatch(/\.$|\n/);
});

test("every request with a body can be refused for what any body can be", () => {
  const shared = ["empty_body", "bad_json", "too_deep", "too_large", "rate_limited", "timeout", "draining"];
  for (const codes of [BATCH_REJECTIONS, INGEST_REJECTIONS, REPORTS_REJECTIONS])
    expect(codes).toEqual(expect.arrayContaining(shared));
});

test("only what counts once can have an id that conflicts", () => {
  expect(BATCH_REJECTIONS).toContain("id_conflict");
  expect(INGEST_REJECTIONS).toContain("id_conflict");
  // Browsers give their reports no ids.
  expect(REPORTS_REJECTIONS).not.toContain("id_conflict");
});

test("only pages have write keys and origins, only services have tokens", () => {
  for (const code of ["bad_key", "origin_denied"]) {
    expect(BATCH_REJECTIONS).toContain(code);
    expect(REPORTS_REJECTIONS).toContain(code);
    expect(INGEST_REJECTIONS).not.toContain(code);
  }
  expect(INGEST_REJECTIONS).toContain("bad_token");
  expect(BATCH_REJECTIONS).not.toContain("bad_token");
});

describe("a field is refused by a code of what it is a field of", () => {
  const fields = Object.entries(batchFields) as [string, Field & { tooMany?: string }][];

  test.each(fields.filter(([, { reason, tooMany }]) => reason ?? tooMany))(
    "batch: %s",
    (_name, { reason, tooMany }) => {
      for (const code of [reason, tooMany]) if (code !== undefined) expect(BATCH_REJECTIONS).toContain(code);
    },
  );

  test("events and items by the kind of the field", () => {
    for (const code of Object.values(EVENT_REASONS)) expect(eventRejections).toHaveProperty(code);
    for (const code of Object.values(ITEM_REASONS)) expect(ITEM_REJECTIONS).toContain(code);
  });
});
