import { ratioOf, sumBy } from "../promql/expression.ts";
import { httpRequests } from "../promql/httpRequests.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardFilter, BoardSpec } from "./boardSpec.ts";
import { measurements } from "./measurements.ts";
import { OPERATIONS_TIME } from "./ranges.ts";

/** Routes of the backend, under either of the names that the catalog selects. They are not the routes of pages. */
const ROUTES: readonly BoardFilter[] = [
  { name: "http_route", label: "route", title: "Route", metric: "http_requests_total" },
  {
    name: "http_route",
    label: "http_route",
    title: "Route",
    metric: "http_server_request_duration_seconds",
  },
];

/** The HTTP server of the app. */
export const backend: BoardSpec = {
  name: "backend",
  title: "Backend",
  description: "Requests to the backend: how many, how many fail, and how long they take.",
  ...OPERATIONS_TIME,
  filters: ROUTES,
  describe: (context) => [
    { title: "Requests", rows: [[requests(context), requestErrorRatio(context), duration(context)]] },
    { title: "Measurements", rows: [measurements(context, "server")] },
  ],
};

function requests({ promql }: BoardContext): QueryPanel {
  const { rate, routeLabel } = httpRequests(promql);
  return {
    name: "requests",
    title: "Requests per second by route",
    description: "HTTP requests that the backend answered, by route pattern.",
    kind: "timeseries",
    queries: [{ expression: sumBy([routeLabel], rate(RATE_INTERVAL)), legend: `{{${routeLabel}}}` }],
  };
}

/** The share of requests that fail. */
export function requestErrorRatio({ promql }: BoardContext): QueryPanel {
  const { rate } = httpRequests(promql);
  return {
    name: "error-ratio",
    title: "Error ratio",
    description: "The share of HTTP requests that the backend answered with a status of 500 or more.",
    kind: "timeseries",
    queries: [
      {
        expression: ratioOf(sumBy([], rate(RATE_INTERVAL, "failed")), sumBy([], rate(RATE_INTERVAL))),
        legend: "5xx",
      },
    ],
  };
}

function duration({ promql }: BoardContext): QueryPanel {
  return {
    name: "duration",
    title: "Request duration, 95th percentile",
    description: "One in twenty HTTP requests took longer than this to answer, to the last byte.",
    kind: "timeseries",
    queries: [
      {
        expression: promql.histogramQuantile(0.95, httpRequests(promql).duration, RATE_INTERVAL),
        legend: "p95",
      },
    ],
  };
}
