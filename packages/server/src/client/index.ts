/**
 * Deprecated: import `@rumkit/client`, which does not depend on the collector. The next major release removes this
 * name.
 *
 * @module
 */
export * from "@rumkit/client";
