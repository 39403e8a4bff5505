import { describe, expect, test } from "vitest";
import { type WebVitalName, webVitals } from "./webVitals.ts";

const NAMES = Object.keys(webVitals) as WebVitalName[];

test("are the five of a page view, without the one that is retired", () => {
  expect(NAMES).toEqual(["LCP", "INP", "CLS", "FCP", "TTFB"]);
});

describe.each(NAMES)("%s", (name) => {
  const { metric, help, unit, good, poor, buckets, highest } = webVitals[name];

  test("has thresholds that are bucket edges, so that the share of good views is exact", () => {
    expect(buckets).toContain(good);
    expect(buckets).toContain(poor);
    expect(good).toBeLessThan(poor);
  });

  test("has increasing edges, on both sides of the thresholds, below what is refused", () => {
    expect(buckets).toEqual([...new Set(buckets)].toSorted((a, b) => a - b));
    expect(buckets[0]).toBeLessThan(good);
    expect(buckets.at(-1)).toBeGreaterThan(poor);
    expect(buckets.at(-1)).toBeLessThan(highest);
    expect(buckets.length).toBeLessThanOrEqual(30);
  });

  test("has a metric in base units, and a sentence", () => {
    expect(metric).toBe(`rum_${name.toLowerCase()}_${unit === "seconds" ? "seconds" : "score"}`);
    expect(help).toMatch(/^[A-Z].*: .*\.$/);
  });
});

test("a time may take ten minutes, and a score a thousand: beyond it is a broken clock", () => {
  for (const name of NAMES) expect(webVitals[name].highest).toBe(name === "CLS" ? 1_000 : 600);
});
