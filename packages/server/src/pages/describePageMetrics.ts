import { type Catalog, UNMATCHED_ROUTE } from "@rumkit/protocol";
import { withLearnedRoutes } from "../catalog/describeLearnedMetrics.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { describeApiMetrics } from "./apiCalls.ts";
import { describeUseMetrics } from "./clicksAndForms.ts";
import { describeErrorMetrics } from "./errors.ts";
import { describeFunnelMetrics } from "./funnels.ts";
import { describeLoadMetrics } from "./loads.ts";
import { describeVisitMetrics } from "./visits.ts";
import { describeVitalMetrics } from "./vitals.ts";

/** Describes the families that every page reports, and those of the catalog's features and funnels. */
export function describePageMetrics(catalog: Catalog): MetricDescriptor[] {
  const routes = [...catalog.routes, UNMATCHED_ROUTE];
  const families = [
    ...describeVisitMetrics(routes),
    ...describeUseMetrics(),
    ...describeFunnelMetrics(catalog),
    ...describeVitalMetrics(routes),
    ...describeLoadMetrics(routes),
    ...describeErrorMetrics(routes),
  ];
  return withLearnedRoutes(families, catalog);
}

/** Describes the calls of the catalog's endpoints. */
export function describeCallMetrics({ endpoints = [] }: Catalog): MetricDescriptor[] {
  return describeApiMetrics([...endpoints, UNMATCHED_ROUTE]);
}
