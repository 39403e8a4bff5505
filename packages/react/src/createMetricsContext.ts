"use client";

import type { Catalog, MeasurementName, Metrics, PageConversionName, RouteOf } from "@rumkit/browser";
import type { FeatureName } from "@rumkit/protocol";
import type { ReactNode } from "react";
import { MetricsErrorBoundary } from "./MetricsErrorBoundary.tsx";
import { MetricsProfiler, type MetricsProfilerProps } from "./MetricsProfiler.tsx";
import { MetricsProvider } from "./MetricsProvider.tsx";
import { type ActionTracking, useActionTracking } from "./useActionTracking.ts";
import { type TrackConversion, useConversion } from "./useConversion.ts";
import { useFeatureUsage } from "./useFeatureUsage.ts";
import { useFormTracking } from "./useFormTracking.ts";
import { type Measure, useMeasure } from "./useMeasure.ts";
import { useMetrics } from "./useMetrics.ts";
import { usePageView } from "./usePageView.ts";
import { withMetrics } from "./withMetrics.tsx";

/** The components and hooks, typed by one catalogue. */
export interface TypedMetrics<C extends Catalog> {
  readonly MetricsProvider: typeof MetricsProvider;
  readonly MetricsErrorBoundary: typeof MetricsErrorBoundary;
  readonly MetricsProfiler: <Name extends MeasurementName<C>>(
    props: MetricsProfilerProps<C, Name>,
  ) => ReactNode;
  readonly useMetrics: () => Metrics<C>;
  readonly useActionTracking: () => ActionTracking<C>;
  readonly useConversion: <Name extends PageConversionName<C>>(name: Name) => TrackConversion<C, Name>;
  readonly usePageView: (route: RouteOf<C>, key?: string) => void;
  readonly useMeasure: <Name extends MeasurementName<C>>(name: Name) => Measure<C, Name>;
  readonly useFormTracking: typeof useFormTracking;
  readonly useFeatureUsage: (name: FeatureName<C>) => () => void;
  readonly withMetrics: typeof withMetrics;
}

/**
 * The same components and hooks with the catalogue's types, to name the catalogue once and not in every call.
 *
 * @example
 * import type { catalog } from "./catalog.ts";
 * export const { MetricsProvider, useActionTracking } = createMetricsContext<typeof catalog>();
 */
export function createMetricsContext<C extends Catalog>(): TypedMetrics<C> {
  return {
    MetricsProvider,
    MetricsErrorBoundary,
    MetricsProfiler,
    useMetrics,
    useActionTracking,
    useConversion,
    usePageView,
    useMeasure,
    useFormTracking,
    useFeatureUsage,
    withMetrics,
  };
}
