import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDeadlines } from "./deadlines.ts";

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
