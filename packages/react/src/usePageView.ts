"use client";

import type { Catalog, RouteOf } from "@rumkit/browser";
import { useEffect, useRef } from "react";
import { useMetrics } from "./useMetrics.ts";

/**
 * Counts a view of a route each time the component mounts, and each time `route` or `key` changes.
 *
 * For apps that name their views themselves: give the provider `pageViews="manual"`, or each view counts
 * twice. `key` tells views of one route apart: the path, say.
 */
export function usePageView<C extends Catalog = Catalog>(route: RouteOf<C>, key = ""): void {
  const { trackPageView } = useMetrics<C>();
  /** StrictMode runs the effect twice on the same mount; the ref survives that, and nothing else. */
  const counted = useRef<string>(undefined);

  useEffect(() => {
    const view = JSON.stringify([route, key]);
    if (counted.current === view) return;
    counted.current = view;
    trackPageView(route);
  }, [trackPageView, route, key]);
}
