import { describe, expect, test } from "vitest";
import { batchFields } from "./envelope.ts";
import { LOWEST_RATE, MAX_DROPPED, MAX_EVENTS, MAX_NAME } from "./limits.ts";
import { DROP_REASONS } from "./words.ts";

test("the version is the first key of a batch", () => {
  expect(Object.keys(batchFields)[0]).toBe("v");
  expect(batchFields.v.values).toEqual([1]);
});

test("only these fields must be there", () => {
  const required = Object.entries(batchFields).filter(([, field]) => !("optional" in field));
  expect(required.map(([name]) => name)).toEqual(["v", "id", "session", "sentAt", "events"]);
});

describe("ids", () => {
  test.each([
    ["0123456789abcdef0123456789abcdef", true],
    ["0123456789ABCDEF0123456789ABCDEF", false],
    ["0123456789abcdef0123456789abcde", false],
    ["0123456789abcdef0123456789abcdef0", false],
    ["0123456789abcdef0123456789abcdef\n", false],
    ["0123456789abcdef0123456789abcdeg", false],
    ["01234567-89ab-cdef-0123-456789abcdef", false],
    ["", false],
  ])("%j: %s", (id, isId) => {
    expect(batchFields.id.pattern.test(id)).toBe(isId);
    expect(batchFields.session.pattern.test(id)).toBe(isId);
  });

  test("are tested alike each time: the pattern keeps no place", () => {
    const id = "a".repeat(32);
    expect([1, 2, 3].map(() => batchFields.id.pattern.test(id))).toEqual([true, true, true]);
  });

  test("that are wrong cost a batch by a code that tells which", () => {
    expect(batchFields.id.reason).toBe("bad_batch_id");
    expect("reason" in batchFields.session).toBe(false);
  });
});

test("a rate is a share of sessions, and not less than one in ten thousand", () => {
  expect(batchFields.rate).toMatchObject({ kind: "number", least: LOWEST_RATE, most: 1 });
});

test("losses are bounded, by reason", () => {
  expect(batchFields.dropped).toMatchObject({ kind: "counts", keys: DROP_REASONS, most: MAX_DROPPED });
});

test("a batch has an event", () => {
  expect(batchFields.events).toMatchObject({ least: 1, most: MAX_EVENTS, tooMany: "too_many_events" });
});

test.each(["app", "release", "environment"] as const)("%s is a name", (name) => {
  expect(batchFields[name]).toMatchObject({ kind: "text", most: MAX_NAME, optional: true });
});

test("a context that is too rich is cut: it must not cost its batch", () => {
  expect(batchFields.context).toMatchObject({ kind: "details", excess: "cut", optional: true });
});
