import { MAX_DETAILS, MAX_INGEST_VALUE, MAX_NAME } from "@rumkit/protocol";
import type { Tags } from "./reportingClient.ts";

/**
 * The JSON of an item without its closing brace, so that a count can follow; undefined for an invalid name or value.
 * Equal items have equal texts, whatever the order of their tags. Accepts anything, since callers may be plain
 * JavaScript; never throws.
 */
export function readItem(name: unknown, value: unknown, tags: unknown): string | undefined {
  if (typeof name !== "string" || name === "" || name.length > MAX_NAME) return undefined;
  // True for NaN, too.
  if (typeof value !== "number" || !(Math.abs(value) <= MAX_INGEST_VALUE)) return undefined;
  try {
    const read = readTags(tags as Tags | undefined);
    return JSON.stringify({ name, value, ...(read && { tags: read }) }).slice(0, -1);
  } catch {
    // A getter threw.
    return undefined;
  }
}

/** Primitives only, sorted, as many as the collector accepts. Numbers that JSON cannot express are left out. */
function readTags(tags: Tags | undefined): Record<string, string | number | boolean> | undefined {
  if (typeof tags !== "object" || tags === null) return undefined;
  const entries = Object.entries(tags)
    .filter(([key, value]) => key.length <= MAX_NAME && isTag(value))
    .map(([key, value]): [string, string | number | boolean] => [
      key.toWellFormed(),
      typeof value === "string" ? value.slice(0, MAX_NAME).toWellFormed() : (value as number | boolean),
    ])
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MAX_DETAILS);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function isTag(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}
