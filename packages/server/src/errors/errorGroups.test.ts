import fc from "fast-check";
import { expect, test } from "vitest";
import { createErrorGroups, type ReportedError } from "./errorGroups.ts";

const error = (fingerprint: string, rest: Partial<ReportedError> = {}): ReportedError => ({
  fingerprint,
  name: "TypeError",
  message: "x is undefined",
  at: 1,
  times: 1,
  route: "/cart",
  release: "1.0.0",
  source: "uncaught",
  browser: "chrome",
  sessions: ["1"],
  stack: ["total (/app.js:1:2)"],
  resolved: false,
  ...rest,
});

test("errors of one fingerprint are one group, which says how many, when, and where", () => {
  const groups = createErrorGroups();
  groups.see(error("a", { at: 10, sessions: ["1"] }));
  groups.see(error("a", { at: 10, times: 0, sessions: ["1"] }));
  const later = { at: 20, times: 3, route: "/", release: "1.0.1", source: "react", browser: "firefox" };
  groups.see(error("a", { ...later, sessions: ["2"] }));
  expect(groups.list("newest", 10)).toEqual({
    seen: 4,
    forgotten: 0,
    remembered: 1,
    groups: [
      {
        fingerprint: "a",
        name: "TypeError",
        message: "x is undefined",
        count: 4,
        firstSeen: 10,
        lastSeen: 20,
        releases: { "1.0.0": 1, "1.0.1": 3 },
        routes: { "/cart": 1, "/": 3 },
        sources: { uncaught: 1, react: 3 },
        browsers: { chrome: 1, firefox: 3 },
        sessions: 2,
        stack: ["total (/app.js:1:2)"],
        resolved: false,
      },
    ],
  });
});

test("the last seen come first, or the most frequent", () => {
  const groups = createErrorGroups();
  groups.see(error("often", { times: 5 }));
  groups.see(error("rare"));
  const order = (by: "newest" | "frequent") => groups.list(by, 10).groups.map((group) => group.fingerprint);
  expect(order("newest")).toEqual(["rare", "often"]);
  expect(order("frequent")).toEqual(["often", "rare"]);
  expect(groups.list("frequent", 1).groups).toHaveLength(1);
});

test("a stack from a source map is not replaced by one without", () => {
  const groups = createErrorGroups();
  groups.see(error("a", { stack: ["total (src/cart.ts:3:1)"], resolved: true }));
  groups.see(error("a"));
  groups.see(error("a", { stack: [] }));
  expect(groups.list("newest", 1).groups[0]).toMatchObject({
    stack: ["total (src/cart.ts:3:1)"],
    resolved: true,
  });
});

test("the group that was seen longest ago leaves when there are 500", () => {
  const groups = createErrorGroups();
  for (let index = 0; index < 500; index += 1) groups.see(error(`g${index}`));
  groups.see(error("g0"));
  groups.see(error("new"));
  const kept = groups.list("newest", 500).groups.map((group) => group.fingerprint);
  expect(kept.slice(0, 2)).toEqual(["new", "g0"]);
  expect(kept).not.toContain("g1");
  expect(kept).toHaveLength(500);
});

test("whatever comes, the counts of groups, releases and routes add up to what was seen", () => {
  const word = fc.oneof(fc.nat(40).map(String), fc.constantFrom("__proto__", "constructor"));
  const stream = fc.array(fc.record({ group: fc.nat(700), word, times: fc.integer({ min: 1, max: 9 }) }), {
    maxLength: 900,
    minLength: 500,
  });
  const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);
  fc.assert(
    fc.property(stream, (errors) => {
      const groups = createErrorGroups();
      for (const { group, word: of, times } of errors)
        groups.see(error(String(group), { times, route: of, release: of }));
      const list = groups.list("newest", 500);
      expect(list.remembered).toBeLessThanOrEqual(500);
      expect(list.seen).toBe(errors.reduce((total, { times }) => total + times, 0));
      expect(list.groups.reduce((total, { count }) => total + count, list.forgotten)).toBe(list.seen);
      for (const group of list.groups) {
        expect([sum(group.routes), sum(group.releases)]).toEqual([group.count, group.count]);
        expect(Object.keys(group.routes).length).toBeLessThanOrEqual(21);
        expect(Object.keys(group.releases).length).toBeLessThanOrEqual(11);
      }
    }),
    { numRuns: 30 },
  );
});
