import { EXACT_SESSIONS } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { createSessionCount } from "./sessionCount.ts";

function countOf(sessions: Iterable<string>): number {
  const count = createSessionCount();
  for (const session of sessions) count.add(session);
  return count.size();
}

const numbered = (length: number): string[] => Array.from({ length }, (_, index) => `session ${index}`);

test("a session counts once, however often and in whatever order it comes", () => {
  const sessions = numbered(EXACT_SESSIONS);
  expect(countOf([...sessions, ...sessions.toReversed(), ...sessions])).toBe(EXACT_SESSIONS);
  expect(countOf([])).toBe(0);
});

test.each([101, 200, 2_000, 5_000, 20_000])(
  "%i sessions are estimated within five standard errors",
  (size) => {
    const sessions = numbered(size);
    const estimate = countOf(sessions);
    expect(Math.abs(estimate / size - 1)).toBeLessThan(5 * 0.033);
    expect(estimate).toBeGreaterThan(EXACT_SESSIONS);
    expect(countOf([...sessions, ...sessions])).toBeGreaterThan(EXACT_SESSIONS);
  },
);

test("the same sessions again do not change the estimate", () => {
  const count = createSessionCount();
  for (const session of numbered(1_000)) count.add(session);
  const before = count.size();
  for (const session of numbered(1_000)) count.add(session);
  expect(count.size()).toBe(before);
});

test("sessions that a page chooses, such as all zeros or the names of properties, count like others", () => {
  const zeros = Array.from({ length: 32 }, (_, index) => "0".repeat(32 - index) + "f".repeat(index));
  expect(countOf(zeros)).toBe(32);
  expect(countOf(["__proto__", "constructor", "", "\u0000", "NaN", "\ud800"])).toBe(6);
  const chosen = Array.from({ length: 3_000 }, (_, index) =>
    (index * 2 ** 32).toString(16).padStart(32, "0"),
  );
  expect(Math.abs(countOf(chosen) / 3_000 - 1)).toBeLessThan(5 * 0.033);
});
