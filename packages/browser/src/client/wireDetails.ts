import { MAX_DETAILS, type WireDetails } from "@rumkit/protocol";

/**
 * Strings, finite numbers, booleans and bigints of what a call was given: as many as the collector takes, and one more, so that
 * it is seen that there were more.
 */
export const wireDetails = (given: unknown): WireDetails | undefined => {
  // Of the names of types only "string", "boolean" and "bigint" match.
  const entries = Object.entries(Object(given) as object)
    .filter(([, value]) => /ri|le|bi/.test(typeof value) || Number.isFinite(value))
    .slice(0, MAX_DETAILS + 1);
  return entries[0] && Object.fromEntries(entries);
};
