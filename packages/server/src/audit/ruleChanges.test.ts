import type { AuditEntry } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { createKeptTexts } from "../../../../test/support/alerts/keptTexts.ts";
import type { AuditLog } from "./audit.ts";
import { auditRules, type Rules } from "./ruleChanges.ts";

/** Starts one collector after another with these rules, and returns the entries of each start. */
async function start(...rules: Rules[]): Promise<Omit<AuditEntry, "id">[][]> {
  const documents = createKeptTexts();
  const starts: Omit<AuditEntry, "id">[][] = [];
  for (const one of rules) {
    const entries: Omit<AuditEntry, "id">[] = [];
    const audit: AuditLog = { add: (entry) => void entries.push(entry), read: () => [] };
    await documents.write(auditRules(one, { documents, audit, at: 1 }));
    starts.push(entries);
  }
  return starts;
}

test("a changed threshold is an entry with its old and its new value", async () => {
  const rule = (above: number) => ({ alerts: { errors: { when: { rate: "rum_js_errors_total", above } } } });
  const [first, again, changed] = await start(rule(1), rule(1), rule(0.5));
  expect(first).toMatchObject([{ what: "rules_changed", facts: { rules: 2 } }]);
  expect(again).toEqual([]);
  expect(changed).toMatchObject([
    { who: "collector", what: "rules_changed", facts: { "alerts.errors.when.above": "1 → 0.5" } },
  ]);
  expect(changed![0]!.facts!["before"]).toBe(first![0]!.facts!["digest"]);
});

test("new and removed rules are changes, another order changes nothing", async () => {
  const [, , moved, removed] = await start(
    { alerts: {} },
    { alerts: { a: { for: "5m" }, b: { for: "1m" } } },
    { alerts: { b: { for: "1m" }, a: { for: "5m" } } },
    { alerts: { b: { for: "1m" } } },
  );
  expect(moved).toEqual([]);
  expect(removed![0]!.facts).toMatchObject({ "alerts.a.for": '"5m" → none' });
});
