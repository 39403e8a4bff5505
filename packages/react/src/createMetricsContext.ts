"use client";

import type { Catalog, Metrics, RouteOf } from "@rumkit/browser";
import { MetricsProvider } from "./MetricsProvider.tsx";
import { type ActionTracking, useActionTracking } from "./useActionTracking.ts";
import { useMetrics } from "./useMetrics.ts";
import { usePageView } from "./usePageView.ts";

/** The provider and the hooks, typed by one catalogue. */
export interface TypedMetrics<C extends Catalog> {
  readonly MetricsProvider: typeof MetricsProvider;
  readonly useMetrics: () => Metrics<C>;
  readonly useActionTracking: () => ActionTracking<C>;
  readonly usePageView: (route: RouteOf<C>, key?: string) => void;
}

/**
 * The same provider and hooks with the catalogue's types, to name the catalogue once and not in every call.
 *
 * @example
 * import type { catalog } from "./catalog.ts";
 * export const { MetricsProvider, useActionTracking } = createMetricsContext<typeof catalog>();
 */
export function createMetricsContext<C extends Catalog>(): TypedMetrics<C> {
  return {
    MetricsProvider,
    useMetrics: useMetrics<C>,
    useActionTracking: useActionTracking<C>,
    usePageView: usePageView<C>,
  };
}
