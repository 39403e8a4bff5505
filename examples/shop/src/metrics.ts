import { createMetricsContext } from "@rumkit/react";
import type { catalog } from "../catalog.ts";

/** The provider and the hooks, typed by the catalogue once for every file of the page. */
export const { MetricsProvider, useActionTracking, useMetrics } = createMetricsContext<typeof catalog>();
