import type { ReportsRejection } from "@rumkit/protocol";
import { CSP_DIRECTIVES, DISPOSITIONS, REPORT_TYPES } from "./report.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { OTHER_VALUE } from "../metrics/labelValues.ts";
import { lazyPageCounter } from "../metrics/pageFamily.ts";
import { own } from "../metrics/ownMetric.ts";

/** Label sets at most: a policy that goes wrong violates a handful of directives, on every route. */
const MAX_REPORT_SERIES = 2_000;

/** Written as a record, so that a reason that the protocol gains and this list lacks is a compile error. */
const rejections: Record<ReportsRejection, true> = {
  bad_media_type: true,
  bad_reports: true,
  bad_report: true,
  too_many_reports: true,
  empty_body: true,
  bad_utf8: true,
  bad_json: true,
  too_deep: true,
  too_many_keys: true,
  too_large: true,
  too_large_decoded: true,
  bad_encoding: true,
  unsupported_encoding: true,
  bad_key: true,
  origin_denied: true,
  rate_limited: true,
  aborted: true,
  body_taken: true,
  timeout: true,
  draining: true,
  journal_failed: true,
};

/** Why a request to `/reports`, or a report of it, can be refused. */
export const REPORTS_REJECTIONS = Object.keys(rejections) as ReportsRejection[];

/** What browsers report by themselves. */
export function describeReportMetrics(routes: readonly string[]): MetricDescriptor[] {
  const violations = (CSP_DIRECTIVES.length + 1) * DISPOSITIONS.length;
  return [
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
      rejections,
    ),
  ];
}
