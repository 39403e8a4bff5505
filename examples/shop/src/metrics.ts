import { apiCalls, createMetrics, funnels } from "@rumkit/browser";
import { createMetricsContext } from "@rumkit/react";
import type { catalog } from "../catalog.ts";
import { RELEASE } from "../release.ts";

/** The page's client, created here because `createRoot` reports to it too. Warns of what the collector refuses. */
export const metrics = createMetrics<typeof catalog>({
  app: "shop",
  release: RELEASE,
  sources: [funnels(), apiCalls({ traceOrigins: [location.origin] })],
  debug: true,
});

/** The provider and the hooks, typed by the catalog once for every file of the page. */
export const {
  MetricsErrorBoundary,
  MetricsProvider,
  useActionTracking,
  useConversion,
  useFeatureUsage,
  useFormTracking,
  useMeasure,
} = createMetricsContext<typeof catalog>();
