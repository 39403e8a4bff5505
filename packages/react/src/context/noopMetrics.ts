import type { Metrics } from "@rumkit/browser";

const ignore = (): void => {};

/**
 * The client where there is no provider: every function of it does nothing.
 *
 * Not made by `createMetricsWith`, so that a hook alone brings nothing of the page's client into a bundle; a proxy, since
 * the names alone would take 90 bytes.
 */
export const noopMetrics: Metrics = new Proxy({} as Metrics, { get: () => ignore });
