/**
 * Deprecated: import `@rumkit/client`, which brings nothing of the collector. This name goes with the next major release.
 *
 * @module
 */
export * from "@rumkit/client";
