"use client";

import type { Catalog, Metrics } from "@rumkit/browser";
import { useMetrics } from "../context/useMetrics.ts";

/** The two functions that most components need. */
export type ActionTracking<C extends Catalog> = Pick<Metrics<C>, "trackAction" | "trackConversion">;

/**
 * Returns the client's functions for actions and conversions. They are the same on every render, so dependency lists can
 * contain them, and they never throw.
 *
 * @example
 * const { trackAction, trackConversion } = useActionTracking<typeof catalog>();
 * trackAction("add_to_cart", { category: "books", product: 42 });
 */
export function useActionTracking<C extends Catalog = Catalog>(): ActionTracking<C> {
  return useMetrics<C>();
}
