import type { WireDetails } from "@rumkit/protocol";

/** Strings, finite numbers and booleans of what a call was given. */
export function wireDetails(given: unknown): WireDetails | undefined {
  // Of the names of types only "string" and "boolean" match.
  const entries = Object.entries(Object(given) as object).filter(
    ([, value]) => /ri|le/.test(typeof value) || Number.isFinite(value),
  );
  return entries[0] && Object.fromEntries(entries);
}
