/**
 * React bindings: components and hooks for the client of `@rumkit/browser`.
 *
 * @module
 */
export type { Catalog, Metrics, MetricsOptions } from "@rumkit/browser";
export { createMetricsContext, type TypedMetrics } from "./typed/createMetricsContext.ts";
export {
  type ErrorFallbackProps,
  MetricsErrorBoundary,
  type MetricsErrorBoundaryProps,
} from "./errors/MetricsErrorBoundary.tsx";
export { MetricsProfiler, type MetricsProfilerProps } from "./hooks/MetricsProfiler.tsx";
export { MetricsProvider, type MetricsProviderProps } from "./provider/MetricsProvider.tsx";
export { type RootErrorHandlers, rootErrorHandlers } from "./errors/rootErrorHandlers.ts";
export { routerErrorHandler } from "./routers/routerErrorHandler.ts";
export { type ActionTracking, useActionTracking } from "./hooks/useActionTracking.ts";
export { type TrackConversion, useConversion } from "./hooks/useConversion.ts";
export { useFeatureUsage } from "./hooks/useFeatureUsage.ts";
export { type FormTracking, useFormTracking } from "./hooks/useFormTracking.ts";
export { type Measure, useMeasure } from "./hooks/useMeasure.ts";
export { useMetrics } from "./context/useMetrics.ts";
export { usePageView } from "./hooks/usePageView.ts";
export { type WithMetrics, withMetrics } from "./hooks/withMetrics.tsx";
