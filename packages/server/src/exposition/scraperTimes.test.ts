import { expect, test } from "vitest";
import { zeroTime } from "./scraperTimes.ts";

test.each<[request: string, header: string | undefined, intervalMs: number | undefined, atLeast: number]>([
  ["Prometheus' defaults, a minute", "10", undefined, 60_000],
  ["15 seconds with the default timeout", "10", undefined, 15_000],
  ["5 seconds, to which the timeout is cut", "5", undefined, 5_000],
  ["15 seconds with a timeout of 5 that was set by hand", "5", undefined, 15_000],
  ["a second", "1", undefined, 1_000],
  ["a minute with a timeout of 30", "30", undefined, 60_000],
  ["no number", "soon", undefined, 60_000],
  ["0", "0", undefined, 60_000],
  ["the option of the collector", "10", 300_000, 300_000],
])("of a scraper at %s a new series is 0 for one interval at least", (_what, header, intervalMs, atLeast) => {
  const zero = zeroTime(header, intervalMs);
  expect(zero).toBeGreaterThan(atLeast);
  // Scrapers of any number, at any offset: each comes once while it is 0.
  for (let offset = 0; offset < atLeast; offset += atLeast / 97) {
    const scrapes = Array.from({ length: 5 }, (_, index) => offset + index * atLeast);
    expect(scrapes.filter((at) => at >= 0 && at < zero).length).toBeGreaterThan(0);
  }
});

test("who does not say that it is a scraper sees what there is", () => {
  expect(zeroTime(undefined, undefined)).toBe(0);
  expect(zeroTime(undefined, 60_000)).toBe(0);
});
