import { MAX_DETAILS, type WireDetails } from "@rumkit/protocol";

/**
 * Picks the strings, finite numbers, booleans and bigints of an object: as many as the collector accepts and one more,
 * so that the collector notices the excess.
 */
export const wireDetails = (given: unknown): WireDetails | undefined => {
  // The pattern matches "string", "boolean" and "bigint".
  const entries = Object.entries(Object(given) as object)
    .filter(([, value]) => /ri|le|bi/.test(typeof value) || Number.isFinite(value))
    .slice(0, MAX_DETAILS + 1);
  return entries[0] && Object.fromEntries(entries);
};
