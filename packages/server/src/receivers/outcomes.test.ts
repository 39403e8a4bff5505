import { describe, expect, test } from "vitest";
import { outcomeOf } from "./outcomes.ts";
import { readRetryAfter } from "./retryAfter.ts";
import type { SafeAnswer } from "./safeHttp.ts";

const NOW = Date.UTC(2026, 10, 27, 9);

function answerOf(status: number, text = "", retryAfter?: string): SafeAnswer {
  return { kind: "answer", status, text, retryAfter, isComplete: true };
}

test.each([
  ["delivered", [200, 201, 202, 204, 299]],
  ["retry", [408, 425, 429, 500, 502, 503, 504, 507, 599]],
  ["refused", [301, 302, 307, 308, 304, 400, 401, 403, 404, 405, 413, 422, 501, 505]],
  ["disabled", [410]],
])("these are %s: %s", (kind, statuses) => {
  for (const status of statuses)
    expect([status, outcomeOf(answerOf(status), NOW).kind]).toEqual([status, kind]);
});

test("a service may have its own rules", () => {
  expect(outcomeOf(answerOf(404), NOW, { 404: "disabled" }).kind).toBe("disabled");
});

test("an answer is quoted up to 200 characters, without controls", () => {
  const outcome = outcomeOf(answerOf(400, `no\u001b[31m\r\n${"x".repeat(5_000)}`), NOW);
  expect(outcome).toMatchObject({
    kind: "refused",
    reason: expect.stringMatching(/^It answered 400: no\[31m x+$/),
  });
  expect("reason" in outcome && outcome.reason.length).toBeLessThan(230);
});

describe("Retry-After", () => {
  test.each([
    ["30", 30_000],
    ["0", 0],
    ["1.5", 1_500],
    [" 7 ", 7_000],
    ["Fri, 27 Nov 2026 09:00:45 GMT", 45_000],
    ["Friday, 27-Nov-26 09:00:45 GMT", 45_000],
    ["Fri Nov 27 09:00:45 2026", 45_000],
    ["Fri, 27 Nov 2026 08:00:00 GMT", 0],
    // A notice is given up after a day.
    ["999999999", 86_400_000],
    ["Fri, 27 Nov 2099 09:00:00 GMT", 86_400_000],
    ["-1", undefined],
    ["soon", undefined],
    ["", undefined],
    ["1e9", undefined],
    ["5 apples", undefined],
    ["Fri, 99 Nov 2026 09:00:45 GMT", undefined],
    [undefined, undefined],
  ])("%s is %s ms", (header, ms) => {
    expect(readRetryAfter(header, NOW)).toBe(ms);
  });

  test.each([429, 503])("is obeyed for %s", (status) => {
    expect(outcomeOf(answerOf(status, "", "30"), NOW)).toMatchObject({ kind: "retry", afterMs: 30_000 });
  });
});
