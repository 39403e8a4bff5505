/**
 * Tracks a call until its end, whatever it returns. For the instruments of `@rumkit/server`, which is released together
 * with this package. Not public: it may change with any release.
 *
 * @module
 */
export { watchCall, watchSettling } from "./watchCall.ts";
export { withEnd } from "./watchEvents.ts";
export { pretend, type Work } from "./pretend.ts";
export type { End, Running, Until } from "./running.ts";
export { createStandIn } from "./standIn.ts";
