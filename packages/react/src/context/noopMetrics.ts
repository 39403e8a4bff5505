import type { Metrics } from "@rumkit/browser";

const ignore = (): void => {};

/**
 * The client of components without a provider: all its functions do nothing.
 *
 * Not created with `createMetricsWith`, so that hooks alone do not add the page's client to a bundle. A proxy, because a
 * list of the names would take 90 bytes.
 */
export const noopMetrics: Metrics = new Proxy({} as Metrics, { get: () => ignore });
