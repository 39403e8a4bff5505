import { webVitals, type ObjectiveSpec } from "@rumkit/protocol";
import { type Expression, ratioOf, sumBy } from "../promql/expression.ts";
import { httpRequests } from "../promql/httpRequests.ts";
import type { Promql } from "../promql/promql.ts";
import { HTTP_WINDOW, VITAL_WINDOW } from "@rumkit/server/internal/metrics";

/**
 * An expression that Prometheus evaluates and stores as `level:metric:operations`. The metric begins with the name of
 * the app.
 */
export interface Recording {
  readonly name: string;
  readonly expression: Expression;
}

/** The vitals of which a page has a quantile by route: those of Core Web Vitals that have a time. */
const BY_ROUTE = [webVitals.LCP, webVitals.INP];

/**
 * Returns the recording rules: page views, the share of good pages and of failed requests, quantiles by route, and all of
 * each objective. Each name occurs once.
 */
export function describeRecordings(
  promql: Promql,
  app: string,
  objectives: readonly ObjectiveSpec[],
  slos: readonly { readonly recordings: readonly Recording[] }[] = [],
): Recording[] {
  const { good } = webVitals.LCP;
  const recordings = [
    recordPageViews(promql, app),
    recordVitalShare(promql, app, { vital: "LCP", below: good }),
    ...objectives.flatMap((objective) =>
      "vital" in objective ? recordVitalShare(promql, app, objective) : [],
    ),
    recordHttpErrors(promql, app),
    ...BY_ROUTE.map(({ metric }) => recordVitalQuantile(promql, app, metric)),
    recordRequestQuantile(promql, app),
    ...slos.flatMap((slo) => slo.recordings),
  ];
  return [...new Map(recordings.map((recording) => [recording.name, recording])).values()];
}

/** Quantiles by route read a dozen buckets for each route and navigation, which boards would do in every refresh. */
function recordVitalQuantile(promql: Promql, app: string, metric: string): Recording {
  const by = [promql.job, "route", "navigation"];
  return {
    name: `job_route_navigation:${app}_${metric}:p75_rate${VITAL_WINDOW}`,
    expression: promql.histogramQuantile(0.75, metric, VITAL_WINDOW, by),
  };
}

function recordRequestQuantile(promql: Promql, app: string): Recording {
  const { durationByRoute, routeLabel } = httpRequests(promql);
  return {
    name: `job_route:${app}_${durationByRoute}:p95_rate${HTTP_WINDOW}`,
    expression: promql.histogramQuantile(0.95, durationByRoute, HTTP_WINDOW, [promql.job, routeLabel]),
  };
}

function recordPageViews(promql: Promql, app: string): Recording {
  const expression = sumBy([promql.job, "route"], promql.rate("rum_page_views_total", HTTP_WINDOW));
  return { name: `job_route:${app}_rum_page_views:rate${HTTP_WINDOW}`, expression };
}

/**
 * Records the share of page views whose vital is at most an edge, for each kind of navigation: pages from the
 * browser's cache are always fast, and would hide slow document loads.
 */
export function recordVitalShare(
  promql: Promql,
  app: string,
  { vital, below }: { readonly vital: keyof typeof webVitals; readonly below: number },
): Recording {
  const { metric } = webVitals[vital];
  const edge = String(below).replace(".", "_");
  return {
    name: `job_navigation:${app}_${metric}_below_${edge}:ratio_rate${VITAL_WINDOW}`,
    expression: promql.shareBelow(metric, below, VITAL_WINDOW, [promql.job, "navigation"]),
  };
}

/** Records the share of requests that were answered with a server error. */
export function recordHttpErrors(promql: Promql, app: string): Recording {
  const requests = httpRequests(promql);
  const all = sumBy([promql.job], requests.rate(HTTP_WINDOW));
  const failed = sumBy([promql.job], requests.rate(HTTP_WINDOW, "failed"));
  return {
    name: `job:${app}_http_request_errors_per_http_requests:ratio_rate${HTTP_WINDOW}`,
    expression: ratioOf(failed, all),
  };
}

/** Returns the expression with which other rules read the recording. */
export function readRecording(promql: Promql, { name, expression }: Recording): Expression {
  return promql.recorded(name, expression);
}
