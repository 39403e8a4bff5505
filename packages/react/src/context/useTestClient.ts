"use client";

import { useContext } from "react";
import { type AnyMetrics, MetricsContext } from "./MetricsContext.ts";

/** The client of a test, where one is above: an app that is rendered whole brings a provider, whose client would send. */
export function useTestClient(): AnyMetrics | undefined {
  const outer = useContext(MetricsContext) as (AnyMetrics & { replacesProviders?: boolean }) | undefined;
  return outer?.replacesProviders ? outer : undefined;
}
