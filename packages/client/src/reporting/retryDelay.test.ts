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
const DATE = new Date(NOW).toUTCString();

test.each([
  [undefined, undefined],
  ["", undefined],
  ["0", 0],
  ["120", 120_000],
  ["1.5", 1_500],
  ["Thu, 01 Jan 2026 00:00:30 GMT", 30_000],
  // The two older forms, which a recipient must read (RFC 9110, 5.6.7).
  ["Thursday, 01-Jan-26 00:00:30 GMT", 30_000],
  ["Thu Jan  1 00:00:30 2026 GMT", 30_000],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
  ["99999999999999999999", 86_400_000],
  ["Fri, 01 Jan 2027 00:00:00 GMT", 86_400_000],
  ["soon", undefined],
  ["Thu, 99 Foo", undefined],
  // `Date.parse` reads these as dates.
  ["-5", undefined],
  ["2026", 2_026_000],
  ["5 seconds", undefined],
  ["1e3", undefined],
])("Retry-After %j orders %j ms", (header, expected) => {
  const headers = new Headers({ date: DATE, ...(header !== undefined && { "retry-after": header }) });
  expect(orderedDelay(headers)).toBe(expected);
});

test.each([
  ["is missing", {}],
  ["is not a date", { date: "today" }],
])("a date is compared with this machine's clock if the response's own %s", (_title, date) => {
  const headers = new Headers({ ...date, "retry-after": new Date(Date.now() + 600_000).toUTCString() });
  const delay = orderedDelay(headers)!;
  expect(delay).toBeGreaterThan(500_000);
  expect(delay).toBeLessThanOrEqual(600_000);
});
