/**
 * React bindings: a provider and hooks over `@rumkit/browser`, with no logic of their own.
 *
 * @module
 */
export type { Catalog, Metrics, MetricsOptions } from "@rumkit/browser";
export { createMetricsContext, type TypedMetrics } from "./createMetricsContext.ts";
export { MetricsProvider, type MetricsProviderProps } from "./MetricsProvider.tsx";
export { type ActionTracking, useActionTracking } from "./useActionTracking.ts";
export { useMetrics } from "./useMetrics.ts";
export { usePageView } from "./usePageView.ts";
