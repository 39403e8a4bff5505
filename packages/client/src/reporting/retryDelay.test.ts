import fc from "fast-check";
import { expect, test } from "vitest";
import { orderedDelay, retryDelay } from "./retryDelay.ts";

test("a pause is random up to a second, doubled with each failure, and at most a minute", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), (failures) => {
      const pause = retryDelay(failures);
      expect(pause).toBeGreaterThanOrEqual(0);
      expect(pause).toBeLessThan(Math.min(1_000 * 2 ** (failures - 1), 60_000));
    }),
  );
  const longest = (failures: number): number =>
    Math.max(...Array.from({ length: 500 }, () => retryDelay(failures)));
  expect(longest(1)).toBeGreaterThan(900);
  expect(longest(3)).toBeGreaterThan(3_600);
  expect(longest(10)).toBeGreaterThan(54_000);
});

const NOW = Date.UTC(2026, 0, 1);

test.each([
  [null, undefined],
  ["0", 0],
  ["120", 120_000],
  ["Thu, 01 Jan 2026 00:00:30 GMT", 30_000],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
  ["99999999999999999999", 86_400_000],
  ["soon", undefined],
])("Retry-After %j orders %j ms", (header, expected) => {
  expect(orderedDelay(header, NOW)).toBe(expected);
});
