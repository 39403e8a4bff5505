import type { SeriesSet } from "./expression.ts";
import { type Promql, SERVER_ERROR } from "./promql.ts";
import type { Window } from "./window.ts";

/** The metrics of the backend's HTTP requests, by the names that the catalog selects. */
export interface HttpRequests {
  /** The metric in which rules and dashboards count answers: a counter, or a histogram's count. */
  readonly metric: string;
  readonly routeLabel: string;
  /** The histogram of the time to answer over all routes, with the most buckets. */
  readonly duration: string;
  /** The same by route. */
  readonly durationByRoute: string;
  readonly rate: (window: Window, which?: "failed") => SeriesSet;
  readonly increase: (window: Window, which?: "failed") => SeriesSet;
}

/** Matches only failures of the server. The value of the label, a class (`5xx`) or a code, begins with 5. */
export function httpRequests(promql: Promql): HttpRequests {
  if (promql.has(openTelemetry.metric)) {
    const failed = { http_response_status_code: SERVER_ERROR };
    return {
      ...openTelemetry,
      rate: (window, which) => promql.observationRate(openTelemetry.metric, window, which && failed),
      increase: (window, which) => promql.observationIncrease(openTelemetry.metric, window, which && failed),
    };
  }
  const failed = { status: SERVER_ERROR };
  return {
    ...classic,
    rate: (window, which) => promql.rate(classic.metric, window, which && failed),
    increase: (window, which) => promql.increase(classic.metric, window, which && failed),
  };
}

const classic = {
  metric: "http_requests_total",
  routeLabel: "route",
  duration: "http_request_duration_highr_seconds",
  durationByRoute: "http_request_duration_seconds",
};

const openTelemetry = {
  metric: "http_server_request_duration_seconds",
  routeLabel: "http_route",
  duration: "http_server_request_duration_highr_seconds",
  durationByRoute: "http_server_request_duration_seconds",
};
