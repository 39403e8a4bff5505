/** The reasons that the limits are given with, as arithmetic. */
import { expect, test } from "vitest";
import * as limits from "./limits.ts";

const {
  HIGHEST_MEASUREMENT,
  LAST_INSTANT,
  LOWEST_RATE,
  MAX_ADDED,
  MAX_AMOUNT,
  MAX_BATCH_BYTES,
  MAX_CLAIM,
  MAX_COUNT,
  MAX_DETAILS,
  MAX_DETAILS_UNITS,
  MAX_EVENTS,
  MAX_INGEST_BYTES,
  MAX_INGEST_ITEMS,
  MAX_INGEST_VALUE,
  MAX_KEYS,
  MAX_NAME,
  MAX_REPORTS,
  MAX_REPORTS_BYTES,
  MAX_STACK,
  MAX_TEXT,
  ONE_DAY,
  TEN_MINUTES,
} = limits;

test.each(Object.entries(limits))("%s is a positive number that a double holds exactly", (name, value) => {
  expect(value).toBeGreaterThan(0);
  if (name !== "LOWEST_RATE") expect(Number.isSafeInteger(value)).toBe(true);
});

test("ninety of the largest additions add up exactly", () => {
  let sum = 0;
  for (let index = 0; index < 90; index += 1) sum += MAX_ADDED;
  expect(sum).toBe(90 * MAX_ADDED);
  // One unit more is still seen.
  expect(sum + 1 - sum).toBe(1);
  expect(sum).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
});

test("a claim of a page stays below what one event may add, and below what server code may say", () => {
  expect(MAX_CLAIM).toBeLessThan(MAX_ADDED);
  expect(MAX_CLAIM).toBeLessThan(MAX_AMOUNT);
  expect(MAX_AMOUNT).toBe(2 ** 53 - 1);
});

test("a measurement alone stays below what one event may add", () => {
  expect(HIGHEST_MEASUREMENT).toBeLessThan(MAX_ADDED);
  expect(MAX_INGEST_VALUE).toBeLessThan(Number.MAX_SAFE_INTEGER);
});

test("a sampled session can still count a hundred equal events in one", () => {
  expect(MAX_COUNT * LOWEST_RATE).toBe(100);
});

test("a context of the largest values fits beside the events of a page, at three bytes a unit", () => {
  // The page sends at 12 Ki units of events; id, session and the words around them take less than 1 KiB.
  const around = 1_024 + 3 * 3 * MAX_NAME;
  const context = 3 * (MAX_DETAILS_UNITS + MAX_DETAILS * MAX_NAME) + MAX_DETAILS * '"":"",'.length;
  expect(3 * 12 * 1_024 + context + around).toBeLessThan(MAX_BATCH_BYTES);
});

test("an error with the longest stack and message fits into a batch", () => {
  expect(3 * (MAX_STACK + 2 * MAX_TEXT + MAX_NAME)).toBeLessThan(MAX_BATCH_BYTES);
});

test("objects have more keys than any has today", () => {
  expect(MAX_KEYS).toBeGreaterThanOrEqual(2 * MAX_DETAILS);
});

test("the largest lists fit into their bodies at a usual size of their elements", () => {
  expect(MAX_EVENTS * 300).toBeLessThan(MAX_BATCH_BYTES);
  expect(MAX_INGEST_ITEMS * 256).toBeLessThan(MAX_INGEST_BYTES);
  expect(MAX_REPORTS * 650).toBeLessThan(MAX_REPORTS_BYTES);
});

test("the last instant is one, and the next is not", () => {
  expect(new Date(LAST_INSTANT).toISOString()).toBe("+275760-09-13T00:00:00.000Z");
  expect(() => new Date(LAST_INSTANT + 1).toISOString()).toThrow(RangeError);
});

test("the times are what they are called", () => {
  expect([TEN_MINUTES, ONE_DAY]).toEqual([10 * 60, 24 * 60 * 60]);
});
