import { type Catalog, UNMATCHED_ROUTE } from "@rumkit/protocol";
import { learnedAtMost } from "../routes/routeOf.ts";
import { describeApiMetrics } from "./apiCalls.ts";
import { describeErrorMetrics } from "./errors.ts";
import { describeFunnelMetrics } from "./funnels.ts";
import { describeLoadMetrics } from "./loads.ts";
import { describeReportMetrics } from "../reports/describeReportMetrics.ts";
import { describeUseMetrics } from "./clicksAndForms.ts";
import { describeVisitMetrics } from "./visits.ts";
import { describeVitalMetrics } from "./vitals.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";

/** Describes the families that every page reports, and those of the catalog's features, endpoints and funnels. */
export function describePageMetrics(catalog: Catalog): MetricDescriptor[] {
  const routes = [...catalog.routes, UNMATCHED_ROUTE];
  const share = 1 + learnedAtMost(catalog, catalog.routes) / routes.length;
  return [
    ...describeVisitMetrics(routes),
    ...describeUseMetrics(),
    ...describeFunnelMetrics(catalog),
    ...describeVitalMetrics(routes),
    ...describeLoadMetrics(routes),
    ...describeErrorMetrics(routes),
    ...describeReportMetrics(routes),
    ...describeApiMetrics([...(catalog.endpoints ?? []), UNMATCHED_ROUTE]),
  ].map((family) => (family.labels.includes("route") ? makeRoom(family, share) : family));
}

/** Adds room for learned routes: each may have as many series as a declared one. */
function makeRoom(family: MetricDescriptor, share: number): MetricDescriptor {
  if (share === 1) return family;
  return { ...family, maxSeries: Math.ceil(family.maxSeries * share), learned: "route" };
}
