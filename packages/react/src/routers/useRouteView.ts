"use client";

import { countView } from "./countView.ts";
import { useEarlyEffect } from "../effects/useEarlyEffect.ts";
import { useMetrics } from "../context/useMetrics.ts";

/** Counts a view of a route with every commit that shows another path. No route, no view. */
export function useRouteView(route: string | undefined, path: string): void {
  const metrics = useMetrics();
  useEarlyEffect(() => {
    if (route) countView(metrics, route, path);
  }, [metrics, route, path]);
}
