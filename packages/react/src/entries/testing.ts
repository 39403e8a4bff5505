/**
 * For tests of apps that use the hooks: a client that records how it is called.
 *
 * @module
 */
export { createTestMetrics, type RecordedCall, type TestMetrics } from "@rumkit/browser/testing";
