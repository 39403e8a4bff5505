import { expect, test } from "vitest";
import * as words from "./words.ts";

const SETS = Object.entries(words) as [name: string, values: readonly string[]][];

test.each(SETS)("%s has different words that are safe as labels and as keys", (_name, values) => {
  expect(values.length).toBeGreaterThan(1);
  expect(new Set(values).size).toBe(values.length);
  for (const value of values) expect(value).toMatch(/^[a-z\d]+([_-][a-z\d]+)*$/);
});

test("the words for the rest of a set are used by the collector alone", () => {
  for (const [name, values] of SETS) {
    // `other` of browsers is what pages send for an unknown one.
    if (name !== "BROWSERS") expect(values).not.toContain("other");
    expect(values).not.toContain("__other__");
    expect(values).not.toContain("unknown");
  }
});

test("experiences are in the order in which they get worse: pages keep their place", () => {
  expect(words.EXPERIENCES).toEqual(["good", "needs_improvement", "poor"]);
});

test("the parts of LCP and INP differ by their words alone", () => {
  for (const part of words.LCP_PARTS) expect(words.INP_PARTS as readonly string[]).not.toContain(part);
});

test("services lose values for reasons that pages have, without those of users", () => {
  const ofPages: readonly string[] = words.DROP_REASONS;
  for (const reason of words.INGEST_DROP_REASONS) expect(ofPages).toContain(reason);
  const ofUsers = ofPages.filter((reason) => !words.INGEST_DROP_REASONS.includes(reason as never));
  expect(ofUsers).toEqual(["consent", "filtered"]);
});
