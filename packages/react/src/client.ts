/**
 * The same components and hooks around a client that the app creates: `createMetricsWith([pageViews(), errors()])` of
 * `@rumkit/browser` brings those sources into the bundle and nothing else. All bindings and hooks work with it.
 *
 * @module
 */
export type { Catalog, Metrics } from "@rumkit/browser";
export {
  ClientProvider as MetricsProvider,
  type ClientProviderProps as MetricsProviderProps,
} from "./ClientProvider.tsx";
export {
  createClientContext as createMetricsContext,
  type TypedClientMetrics as TypedMetrics,
} from "./createClientContext.ts";
export {
  type ErrorFallbackProps,
  MetricsErrorBoundary,
  type MetricsErrorBoundaryProps,
} from "./MetricsErrorBoundary.tsx";
export { MetricsProfiler, type MetricsProfilerProps } from "./MetricsProfiler.tsx";
export { type RootErrorHandlers, rootErrorHandlers } from "./rootErrorHandlers.ts";
export { routerErrorHandler } from "./routerErrorHandler.ts";
export { type ActionTracking, useActionTracking } from "./useActionTracking.ts";
export { type TrackConversion, useConversion } from "./useConversion.ts";
export { useFeatureUsage } from "./useFeatureUsage.ts";
export { type FormTracking, useFormTracking } from "./useFormTracking.ts";
export { type Measure, useMeasure } from "./useMeasure.ts";
export { useMetrics } from "./useMetrics.ts";
export { usePageView } from "./usePageView.ts";
export { type WithMetrics, withMetrics } from "./withMetrics.tsx";
