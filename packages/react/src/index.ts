/**
 * React bindings: components and hooks over `@rumkit/browser`, with no logic of their own.
 *
 * @module
 */
export type { Catalog, Metrics, MetricsOptions } from "@rumkit/browser";
export { createMetricsContext, type TypedMetrics } from "./createMetricsContext.ts";
export {
  type ErrorFallbackProps,
  MetricsErrorBoundary,
  type MetricsErrorBoundaryProps,
} from "./MetricsErrorBoundary.tsx";
export { MetricsProfiler, type MetricsProfilerProps } from "./MetricsProfiler.tsx";
export { MetricsProvider, type MetricsProviderProps } from "./MetricsProvider.tsx";
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
