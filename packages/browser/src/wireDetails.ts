import { MAX_DETAILS, MAX_TEXT, type WireDetails } from "@rumkit/protocol";

/**
 * The `details` field of a call as it travels: strings cut, at most `MAX_DETAILS` keys, and nothing but
 * strings, finite numbers and booleans. Without the field where nothing is left.
 */
export function wireDetails(given: unknown): { details?: WireDetails } {
  const entries = Object.entries<any>(Object(given))
    .filter(([, value]) => typeof value === "string" || value === !!value || Number.isFinite(value))
    .slice(0, MAX_DETAILS)
    .map(([key, value]) => [key, value.slice?.(0, MAX_TEXT) ?? value]);
  // JSON leaves out what is undefined.
  return { details: entries[0] && Object.fromEntries(entries) };
}
