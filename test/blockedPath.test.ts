import { expect, test } from "vitest";
import { BLOCKED_PATTERNS } from "../packages/server/src/http/blockedPath.ts";
import { readBlockRules } from "./support/blockers/declarativeRules.ts";
import { hasBlockers, readEasyPrivacy } from "./support/blockers/lists.ts";

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
