/**
 * What became of a stack: it was resolved, at least in part; there is no map of it; its maps are none or say
 * nothing of it; it took too long; too many waited.
 */
export type StackOutcome = "resolved" | "no_map" | "failed" | "timeout" | "overflow";
