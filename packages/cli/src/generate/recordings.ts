import { webVitals, type ObjectiveSpec } from "@rumkit/protocol";
import { type Expression, ratioOf, sumBy } from "./expression.ts";
import { httpRequests } from "./httpRequests.ts";
import type { Promql, Window } from "./promql.ts";

/** Pages are viewed less often than requests come: half an hour has enough views to speak of a share. */
export const VITAL_WINDOW: Window = "30m";

/** Long enough for 30 scrapes of 10 s, short enough to notice an outage. */
export const HTTP_WINDOW: Window = "5m";

/**
 * An expression that Prometheus evaluates once and keeps, under `level:metric:operations`: the metric after the name of
 * the app.
 */
export interface Recording {
  readonly name: string;
  readonly expression: Expression;
}

/** The recording rules: page views, and the share that each objective is about. Each name once. */
export function describeRecordings(
  promql: Promql,
  app: string,
  objectives: readonly ObjectiveSpec[],
): Recording[] {
  const { good } = webVitals.LCP;
  const recordings = [
    recordPageViews(promql, app),
    recordVitalShare(promql, app, { vital: "LCP", below: good }),
    ...objectives.flatMap((objective) =>
      "vital" in objective ? recordVitalShare(promql, app, objective) : [],
    ),
    recordHttpErrors(promql, app),
  ];
  return [...new Map(recordings.map((recording) => [recording.name, recording])).values()];
}

function recordPageViews(promql: Promql, app: string): Recording {
  const expression = sumBy(["job", "route"], promql.rate("rum_page_views_total", HTTP_WINDOW));
  return { name: `job_route:${app}_rum_page_views:rate${HTTP_WINDOW}`, expression };
}

/**
 * The share of page views whose vital is at or below an edge, for each kind of navigation: a page that comes out of the
 * browser's cache is always fast, and would hide a document that loads slowly.
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
    expression: promql.shareBelow(metric, below, VITAL_WINDOW, ["job", "navigation"]),
  };
}

/** The share of requests that were answered with a server error. */
export function recordHttpErrors(promql: Promql, app: string): Recording {
  const requests = httpRequests(promql);
  const all = sumBy(["job"], requests.rate(HTTP_WINDOW));
  const failed = sumBy(["job"], requests.rate(HTTP_WINDOW, "failed"));
  return {
    name: `job:${app}_http_request_errors_per_http_requests:ratio_rate${HTTP_WINDOW}`,
    expression: ratioOf(failed, all),
  };
}

/** The recording by its name, as other rules read it. */
export function readRecording(promql: Promql, { name, expression }: Recording): Expression {
  return promql.recorded(name, expression);
}
