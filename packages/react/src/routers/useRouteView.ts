"use client";

import { countView } from "./countView.ts";
import { useEarlyEffect } from "../effects/useEarlyEffect.ts";
import { useMetrics } from "../context/useMetrics.ts";

/** Counts a view of a route on each commit with a new path. Counts nothing without a route. */
export function useRouteView(route: string | undefined, path: string): void {
  const metrics = useMetrics();
  useEarlyEffect(() => {
    if (route) countView(metrics, route, path);
  }, [metrics, route, path]);
}
