import { type Catalog, REPORTS_REJECTIONS, UNMATCHED_ROUTE } from "@rumkit/protocol";
import { withLearnedRoutes } from "../catalog/describeLearnedMetrics.ts";
import { CSP_DIRECTIVES, DISPOSITIONS, REPORT_TYPES } from "./report.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { OTHER_VALUE } from "../metrics/labelValues.ts";
import { lazyPageCounter } from "../metrics/pageFamily.ts";
import { own } from "../metrics/ownMetric.ts";

/** Maximum label sets: a faulty policy violates a few directives on every route. */
const MAX_REPORT_SERIES = 2_000;

/** Metrics of reports that browsers send by themselves. */
export function describeReportMetrics(catalog: Catalog): MetricDescriptor[] {
  const routes = [...catalog.routes, UNMATCHED_ROUTE];
  const violations = (CSP_DIRECTIVES.length + 1) * DISPOSITIONS.length;
  const families = [
    lazyPageCounter(
      "rum_reports_total",
      "Reports of browsers: violated policies, crashes, deprecations, interventions, network errors.",
      {
        type: [...REPORT_TYPES, OTHER_VALUE],
        route: routes,
        directive: [...CSP_DIRECTIVES, OTHER_VALUE],
        disposition: DISPOSITIONS,
      },
      Math.min(routes.length * (REPORT_TYPES.length + violations), MAX_REPORT_SERIES),
    ),
    own(
      "rum_reports_rejected_total",
      "Reports that were not counted, and whole requests to /reports that were refused.",
      Object.fromEntries(REPORTS_REJECTIONS.map((code) => [code, true])),
    ),
  ];
  return withLearnedRoutes(families, catalog);
}
