import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDeadlines, endBodies, limitBodies, watchBody } from "./bodyDeadlines.ts";
import type { CollectError } from "./collectError.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** Watches a body and returns the errors that it got. */
function watched(server: object | undefined): () => string | undefined {
  let late: CollectError | undefined;
  watchBody(server, (error) => (late = error));
  return () => late && `${late.code}: ${late.message}`;
}

test("a body has 7 s, and on a server that says so as long as that", () => {
  const patient = {};
  limitBodies(patient, 52_500);
  const usual = watched({});
  const own = watched(patient);
  vi.advanceTimersByTime(6_500);
  expect(usual()).toBe(undefined);
  vi.advanceTimersByTime(1_500);
  expect(usual()).toBe("timeout: The body did not come within 7 s.");
  expect(own()).toBe(undefined);
  vi.advanceTimersByTime(45_000);
  expect(own()).toBe("timeout: The body did not come within 52.5 s.");
});

test("the bodies of one server end with it, and no other's", () => {
  const stopping = {};
  const other = {};
  for (const server of [stopping, other]) limitBodies(server, 1_000);
  const ended = watched(stopping);
  const left = watched(other);
  endBodies(stopping);
  expect(ended()).toMatch(/^draining: /);
  expect(left()).toBe(undefined);
});

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("what is not ended in time is late once, within half a second; what is ended never", () => {
  const deadlines = createDeadlines(8_000);
  const late: string[] = [];
  deadlines.watch(() => late.push("first"));
  const end = deadlines.watch(() => late.push("ended"));
  vi.advanceTimersByTime(4_000);
  deadlines.watch(() => late.push("second"));
  end();
  vi.advanceTimersByTime(3_900);
  expect(late).toEqual([]);
  vi.advanceTimersByTime(600);
  expect(late).toEqual(["first"]);
  vi.advanceTimersByTime(60_000);
  expect(late).toEqual(["first", "second"]);
});

test("no timer runs while nothing is open", () => {
  const deadlines = createDeadlines(100);
  deadlines.watch(() => {})();
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(vi.getTimerCount()).toBe(0);
});
