import { expect, test } from "vitest";
import { readBlockRules } from "../../../../test/support/blockers/declarativeRules.ts";
import { hasBlockers, readEasyPrivacy } from "../../../../test/support/blockers/lists.ts";
import { BLOCKED_PATTERNS, createPathWarning, findBlockingPattern } from "./blockedPath.ts";

test.each([
  "/collect",
  "/collect?key=pub_1",
  "/rum/collect",
  "/shop/pulse/collect?key=pub_1",
  "/api/rum/collect",
  "/api/collect/",
  "/analytics/collect",
  "/stats/collect",
])("%s passes", (path) => {
  expect(findBlockingPattern(path)).toBeUndefined();
});

test.each([
  ["/api/collect", "/api/collect|"],
  ["/shop/API/collect", "/api/collect|"],
  ["/api/metrics/collect?key=pub_1", "/api/metrics/collect"],
  ["/analytics/collect?key=pub_1", "/analytics/collect?"],
  ["/stats/collect?key=pub_1", "/stats/collect?"],
  ["/log/collect/funnels", "/log/collect/*"],
])("%s is blocked by %s", (path, pattern) => {
  expect(findBlockingPattern(path)).toBe(pattern);
});

test("is reported once, with what to do, for any later paths", () => {
  const told: string[] = [];
  const see = createPathWarning((message) => told.push(message));
  for (const path of ["/collect", "/api/collect", "/api/collect", "/api/metrics/collect"]) see(path);
  expect(told).toEqual([
    'Users with a blocker are not counted: EasyPrivacy blocks /api/collect on every site, by "/api/collect|". Mount the collector at a path that is not listed, such as /rum, and give the page its `url`.',
  ]);
});

test.skipIf(!hasBlockers)("the paths that the collector warns of are those of the real list", () => {
  const patterns = readBlockRules(readEasyPrivacy())
    .filter(({ condition }) => condition.domainType !== "thirdParty")
    .map(({ condition }) => condition.urlFilter ?? "");
  // Those that name a path, not a file or a parameter.
  const named = patterns.filter((pattern) => /^\/[\w/-]*collect(\||\?|\/\*)?$/.test(pattern));
  expect(named.filter((pattern) => !pattern.startsWith("/collect")).toSorted()).toEqual(
    BLOCKED_PATTERNS.toSorted(),
  );
});
