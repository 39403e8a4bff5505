import { MAX_DETAILS, MAX_NAME, MAX_TEXT, type WireDetails } from "@rumkit/protocol";

/**
 * The `details` field of a call as it travels: strings cut, at most `MAX_DETAILS` keys, and nothing but
 * strings, finite numbers and booleans. Without the field where nothing is left.
 */
export function wireDetails(given: unknown): { details?: WireDetails } {
  if (typeof given !== "object" || !given) return {};
  const entries = Object.entries(given)
    .filter(([, value]) => isWireValue(value))
    .slice(0, MAX_DETAILS)
    .map(([key, value]) => [
      key.slice(0, MAX_NAME),
      typeof value === "string" ? value.slice(0, MAX_TEXT) : value,
    ]);
  return entries[0] ? { details: Object.fromEntries(entries) } : {};
}

function isWireValue(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}
