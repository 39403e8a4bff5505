/**
 * The outcome of a stack: it was resolved, at least in part (`resolved`); it has no map (`no_map`); its maps are
 * invalid or do not cover it (`failed`); it took too long (`timeout`); too many waited (`overflow`).
 */
export type StackOutcome = "resolved" | "no_map" | "failed" | "timeout" | "overflow";
