import type { AuditEntry } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { auditRules, type Rules } from "./ruleChanges.ts";

/** Starts one collector after another with these rules, and returns the entries of each start. */
function start(...rules: Rules[]): Omit<AuditEntry, "id">[][] {
  let kept: string | undefined;
  return rules.map((one) => {
    const entries: Omit<AuditEntry, "id">[] = [];
    const changes = auditRules(one, {
      documents: { read: () => (kept === undefined ? [] : [["current", kept]]), write: async () => {} },
      audit: { add: (entry) => void entries.push(entry), read: () => [] },
      at: 1,
    });
    for (const { text } of changes) kept = text;
    return entries;
  });
}

test("a changed threshold is an entry with its old and its new value", () => {
  const rule = (above: number) => ({ alerts: { errors: { when: { rate: "rum_js_errors_total", above } } } });
  const [first, again, changed] = start(rule(1), rule(1), rule(0.5));
  expect(first).toMatchObject([{ what: "rules_changed", facts: { rules: 2 } }]);
  expect(again).toEqual([]);
  expect(changed).toMatchObject([
    { who: "collector", what: "rules_changed", facts: { "alerts.errors.when.above": "1 → 0.5" } },
  ]);
  expect(changed![0]!.facts!["before"]).toBe(first![0]!.facts!["digest"]);
});

test("new and removed rules are changes, another order changes nothing", () => {
  const [, , moved, removed] = start(
    { alerts: {} },
    { alerts: { a: { for: "5m" }, b: { for: "1m" } } },
    { alerts: { b: { for: "1m" }, a: { for: "5m" } } },
    { alerts: { b: { for: "1m" } } },
  );
  expect(moved).toEqual([]);
  expect(removed![0]!.facts).toMatchObject({ "alerts.a.for": '"5m" → none' });
});
