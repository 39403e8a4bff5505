"use client";

import type { Catalog } from "@rumkit/browser";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";
import { type TypedHooks, typedHooks } from "./typedHooks.ts";

/** The components and hooks, typed by one catalog. */
export interface TypedMetrics<C extends Catalog> extends TypedHooks<C> {
  readonly MetricsProvider: typeof MetricsProvider;
}

/**
 * Returns the same components and hooks with the types of a catalog, so that calls do not repeat the catalog.
 *
 * @example
 * import type { catalog } from "./catalog.ts";
 * const typed = createMetricsContext<typeof catalog>();
 * export const MetricsProvider = typed.MetricsProvider;
 * export const useActionTracking = typed.useActionTracking;
 */
export function createMetricsContext<C extends Catalog>(): TypedMetrics<C> {
  return { MetricsProvider, ...typedHooks };
}
