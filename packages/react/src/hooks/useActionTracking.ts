"use client";

import type { Catalog, Metrics } from "@rumkit/browser";
import { useMetrics } from "../context/useMetrics.ts";

/** The two calls that most components need. */
export type ActionTracking<C extends Catalog> = Pick<Metrics<C>, "trackAction" | "trackConversion">;

/**
 * Counts what users do and reach. The functions are the client's own: stable over renders, so they may stand
 * in dependency lists, and they never throw.
 *
 * @example
 * const { trackAction, trackConversion } = useActionTracking<typeof catalog>();
 * trackAction("add_to_cart", { category: "books", product: 42 });
 */
export function useActionTracking<C extends Catalog = Catalog>(): ActionTracking<C> {
  return useMetrics<C>();
}
