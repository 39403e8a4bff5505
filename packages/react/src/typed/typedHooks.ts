"use client";

// Bundles keep this order, and it compresses well (`test/reactBundle.test.ts` has the limits).
import type { Catalog, MeasurementName, Metrics, PageConversionName, RouteOf } from "@rumkit/browser";
import type { FeatureName, RefusedOnPage } from "@rumkit/protocol";
import type { ReactNode } from "react";
import { MetricsProfiler, type MetricsProfilerProps } from "../hooks/MetricsProfiler.tsx";
import { type ActionTracking, useActionTracking } from "../hooks/useActionTracking.ts";
import { type TrackConversion, useConversion } from "../hooks/useConversion.ts";
import { useFeatureUsage } from "../hooks/useFeatureUsage.ts";
import { useFormTracking } from "../hooks/useFormTracking.ts";
import { type Measure, useMeasure } from "../hooks/useMeasure.ts";
import { useMetrics } from "../context/useMetrics.ts";
import { usePageView } from "../hooks/usePageView.ts";
import { withMetrics } from "../hooks/withMetrics.tsx";
import { MetricsErrorBoundary } from "../errors/MetricsErrorBoundary.tsx";

/** The components and hooks that all providers share, typed by one catalog. */
export interface TypedHooks<C extends Catalog> {
  readonly MetricsErrorBoundary: typeof MetricsErrorBoundary;
  readonly MetricsProfiler: <Name extends MeasurementName<C>>(
    props: MetricsProfilerProps<C, Name>,
  ) => ReactNode;
  readonly useMetrics: () => Metrics<C>;
  readonly useActionTracking: () => ActionTracking<C>;
  readonly useConversion: <Name extends PageConversionName<C>>(
    name: Name | RefusedOnPage<C, "conversions", "trackConversion">,
  ) => TrackConversion<C, Name>;
  readonly usePageView: (route: RouteOf<C>, key?: string) => void;
  readonly useMeasure: <Name extends MeasurementName<C>>(
    name: Name | RefusedOnPage<C, "measurements", "measure">,
  ) => Measure<C, Name>;
  readonly useFormTracking: typeof useFormTracking;
  readonly useFeatureUsage: (name: FeatureName<C>) => () => void;
  readonly withMetrics: typeof withMetrics;
}

export const typedHooks = {
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
