/**
 * Test client for tests of apps with the hooks: it records its calls.
 *
 * @module
 */
export { createTestMetrics, type RecordedCall, type TestMetrics } from "@rumkit/browser/testing";
