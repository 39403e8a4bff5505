"use client";

import { useContext } from "react";
import { type AnyMetrics, MetricsContext } from "./MetricsContext.ts";

/** Returns the test client of a provider above, if any. It replaces the app's provider, whose client would send events. */
export function useTestClient(): AnyMetrics | undefined {
  const outer = useContext(MetricsContext) as (AnyMetrics & { replacesProviders?: boolean }) | undefined;
  return outer?.replacesProviders ? outer : undefined;
}
