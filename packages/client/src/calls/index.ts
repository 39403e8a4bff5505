/**
 * How a call is followed to its end, whatever it returns: for the instruments of `@rumkit/server`, which is released with
 * this package. Not public: it changes with any release.
 *
 * @module
 */
export { followCall, followSettling } from "./followCall.ts";
export { withEnd } from "./followEvents.ts";
export { pretend, type Work } from "./pretend.ts";
export type { End, Running, Until } from "./running.ts";
export { createStandIn } from "./standIn.ts";
