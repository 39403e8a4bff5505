import { createHash } from "node:crypto";
import type { AuditFact } from "@rumkit/protocol";
import { parseDocuments } from "../journal/documentShape.ts";
import type { DocumentChange, KeptDocuments } from "../journal/keptDocuments.ts";
import type { AuditLog } from "./audit.ts";

const SECTION = "audit_rules";
const KEY = "current";

/** Anything that JSON can hold. */
export type Rules = Readonly<Record<string, unknown>>;

/**
 * Adds an entry if the rules differ from those of the last start: a threshold is configuration, and the audit log has its
 * old and its new value. Returns what to keep.
 *
 * @param rules The alerts, objectives and routes, without secrets.
 */
export function auditRules(
  rules: Rules,
  {
    documents,
    audit,
    at,
  }: { readonly documents: KeptDocuments; readonly audit: AuditLog; readonly at: number },
): DocumentChange[] {
  const now = flatten(rules);
  const text = JSON.stringify(now);
  const kept = [...documents.read(SECTION)].find(([key]) => key === KEY)?.[1];
  if (kept === text) return [];
  const before = new Map(parseDocuments<Flat>(documents.read(SECTION), "object")).get(KEY) ?? {};
  audit.add({
    at,
    who: "collector",
    what: "rules_changed",
    about: "rules",
    facts: {
      digest: digestOf(text),
      ...(kept === undefined ? { rules: Object.keys(now).length } : { before: digestOf(kept) }),
      ...(kept === undefined ? {} : differences(before, now)),
    },
  });
  return [{ section: SECTION, key: KEY, text }];
}

/** Values by path: `alerts.checkout_errors.when.above`. */
type Flat = Readonly<Record<string, string>>;

function flatten(value: unknown, path = ""): Flat {
  if (typeof value !== "object" || value === null)
    return value === undefined ? {} : { [path]: JSON.stringify(value) };
  const flat = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => flatten(inner, path === "" ? name : `${path}.${name}`));
  return Object.assign({}, ...flat) as Flat;
}

function differences(before: Flat, now: Flat): Record<string, AuditFact> {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(now)])].toSorted();
  return Object.fromEntries(
    paths
      .filter((path) => before[path] !== now[path])
      .map((path) => [path, `${before[path] ?? "none"} → ${now[path] ?? "none"}`]),
  );
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
