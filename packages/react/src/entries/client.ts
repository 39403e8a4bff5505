/**
 * The same components and hooks for a client that the app creates: `createMetricsWith([pageViews(), errors()])` of
 * `@rumkit/browser` adds only those sources to the bundle. All bindings and hooks work with it.
 *
 * @module
 */
export type { Catalog, Metrics } from "@rumkit/browser";
export {
  ClientProvider as MetricsProvider,
  type ClientProviderProps as MetricsProviderProps,
} from "../provider/ClientProvider.tsx";
export {
  createClientContext as createMetricsContext,
  type TypedClientMetrics as TypedMetrics,
} from "../typed/createClientContext.ts";
export {
  type ErrorFallbackProps,
  MetricsErrorBoundary,
  type MetricsErrorBoundaryProps,
} from "../errors/MetricsErrorBoundary.tsx";
export { MetricsProfiler, type MetricsProfilerProps } from "../hooks/MetricsProfiler.tsx";
export { type RootErrorHandlers, rootErrorHandlers } from "../errors/rootErrorHandlers.ts";
export { routerErrorHandler } from "../routers/routerErrorHandler.ts";
export { type ActionTracking, useActionTracking } from "../hooks/useActionTracking.ts";
export { type TrackConversion, useConversion } from "../hooks/useConversion.ts";
export { useFeatureUsage } from "../hooks/useFeatureUsage.ts";
export { type FormTracking, useFormTracking } from "../hooks/useFormTracking.ts";
export { type Measure, useMeasure } from "../hooks/useMeasure.ts";
export { useMetrics } from "../context/useMetrics.ts";
export { usePageView } from "../hooks/usePageView.ts";
export { type WithMetrics, withMetrics } from "../hooks/withMetrics.tsx";
