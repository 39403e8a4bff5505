import { perMinute, ratioOf, sumBy } from "../promql/expression.ts";
import { httpRequests } from "../promql/httpRequests.ts";
import type { Promql } from "../promql/promql.ts";
import { highestFirst, topOf } from "../promql/ranking.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import type { Query, QueryPanel, Threshold } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";
import { queryOf } from "./rateQueries.ts";

/** Without an objective of the catalog, the share of failures at which people look, and at which they act. */
const USUAL_LIMITS = [0.01, 0.05] as const;

/** Requests to the backend. */
export function requests({ promql }: BoardContext): QueryPanel {
  const { rate, routeLabel } = httpRequests(promql);
  return {
    name: "requests",
    title: "Requests per second by route",
    description:
      "HTTP requests that the backend answered, by route pattern, the ten with most. When all fall at once, look at the load balancer; when one rises alone, look for a client that retries.",
    kind: "timeseries",
    queries: [{ expression: topOf(sumBy([routeLabel], rate(RATE_INTERVAL))), legend: `{{${routeLabel}}}` }],
  };
}

/** The share of requests that fail. */
export function requestErrorRatio({ promql, catalog }: BoardContext): QueryPanel {
  const { rate } = httpRequests(promql);
  return {
    name: "error-ratio",
    title: "Error ratio",
    description:
      "The share of HTTP requests that the backend answered with a status of 500 or more. When it is red, Backend shows the routes that fail, and Errors their types.",
    kind: "timeseries",
    queries: [
      {
        expression: ratioOf(sumBy([], rate(RATE_INTERVAL, "failed")), sumBy([], rate(RATE_INTERVAL))),
        legend: "5xx",
      },
    ],
    thresholds: errorThresholds(catalog),
  };
}

/** Failures by route. */
export function failuresByRoute({ promql }: BoardContext): QueryPanel {
  const { rate, routeLabel } = httpRequests(promql);
  return {
    name: "failures-by-route",
    title: "Server errors per minute by route",
    description:
      "Requests that the backend answered with a status of 500 or more, the ten routes with most. When one route leads, look at its errors in the log, and at what it calls.",
    kind: "timeseries",
    hidesZeros: true,
    style: "bars",
    queries: [
      {
        expression: topOf(perMinute(sumBy([routeLabel], rate(RATE_INTERVAL, "failed")))),
        legend: `{{${routeLabel}}}`,
      },
    ],
  };
}

/** The time to answer: three percentiles. */
export function duration({ promql }: BoardContext): QueryPanel {
  return {
    name: "duration",
    title: "Request duration, 95th percentile",
    description:
      "One in twenty HTTP requests took longer than p95 to answer, to the last byte; half took longer than p50. When p99 rises alone, single requests wait: look at connections of the database, and at the event loop.",
    kind: "timeseries",
    queries: [0.95, 0.5, 0.99].map((q) => ({
      expression: promql.histogramQuantile(q, httpRequests(promql).duration, RATE_INTERVAL),
      legend: `p${q * 100}`,
    })),
  };
}

/** The time to answer by route. */
export function durationByRoute({ promql }: BoardContext): QueryPanel {
  const { routeLabel } = httpRequests(promql);
  return {
    name: "duration-by-route",
    title: "Request duration by route, 95th percentile of the slowest",
    description:
      "One in twenty HTTP requests to a route took longer than this, the ten slowest routes. When one rises with the load, look at its queries on Database.",
    kind: "timeseries",
    queries: known(promql, DURATION, `{{${routeLabel}}}`, (metric) =>
      topOf(promql.histogramQuantile(0.95, metric, RATE_INTERVAL, [routeLabel])),
    ),
  };
}

/** The time to answer as a heat map. */
export function durationSpread({ promql }: BoardContext): QueryPanel {
  return {
    name: "duration-spread",
    title: "Request durations",
    description:
      "Requests by duration over time: the brighter, the more. When a second band appears above the first, part of the requests take another way, such as a cache that misses or a lock.",
    kind: "heatmap",
    queries: [
      {
        expression: sumBy(["le"], promql.bucketIncrease(httpRequests(promql).duration, RATE_INTERVAL)),
        legend: "{{le}}",
      },
    ],
  };
}

/** Answers by status over the time that is shown. */
export function statuses({ promql }: BoardContext): QueryPanel {
  const { increase, metric } = httpRequests(promql);
  const status = metric === "http_requests_total" ? "status" : "http_response_status_code";
  return {
    name: "statuses",
    title: "Answers by status",
    description:
      "Requests that the backend answered in the time shown, by status. When 4xx grows, look for clients that ask for what has moved, or for someone who probes.",
    kind: "piechart",
    queries: [{ expression: highestFirst(sumBy([status], increase(RANGE))), legend: `{{${status}}}` }],
  };
}

/** Requests that are being answered. */
export function inFlight({ promql }: BoardContext): QueryPanel {
  return {
    name: "in-flight",
    title: "Requests in flight",
    description:
      "HTTP requests that are being answered, at each scrape. When it climbs and requests per second do not, something that they wait for hangs: a database, another service, a lock.",
    kind: "timeseries",
    queries: known(
      promql,
      ["http_requests_in_flight", "http_server_active_requests"],
      `{{${promql.process[1]}}}`,
      (metric) => sumBy([promql.process[1]], promql.gauge(metric)),
    ),
  };
}

/** Sizes of requests and answers. */
export function sizes({ promql }: BoardContext): QueryPanel {
  const p95 = (names: readonly string[], legend: string) =>
    known(promql, names, legend, (metric) => promql.histogramQuantile(0.95, metric, RATE_INTERVAL));
  return {
    name: "sizes",
    title: "Size of requests and answers, 95th percentile",
    description:
      "One in twenty bodies was larger than this. When answers grow, look for a list without pages, and for compression that is off.",
    kind: "timeseries",
    queries: [
      ...p95(["http_request_size_bytes", "http_server_request_body_size_bytes"], "requests"),
      ...p95(["http_response_size_bytes", "http_server_response_body_size_bytes"], "answers"),
    ],
  };
}

const DURATION = ["http_request_duration_seconds", "http_server_request_duration_seconds"];

/** Returns the query of the first of several names that exists: the catalog selects the names of HTTP metrics. */
function known(
  promql: Promql,
  names: readonly string[],
  legend: string,
  expression: (metric: string) => Query["expression"],
): Query[] {
  return names
    .filter((name) => promql.has(name))
    .slice(0, 1)
    .flatMap((name) => queryOf(promql, name, legend, expression));
}

/** The strictest objective of the catalog about failures is the red line. */
function errorThresholds({ objectives = {} }: BoardContext["catalog"]): Threshold[] {
  const limits = Object.values(objectives).flatMap((objective) =>
    "http" in objective ? [objective.http.errorsBelow] : [],
  );
  const [looks, acts] = USUAL_LIMITS;
  const strictest = limits.length === 0 ? acts : Math.min(...limits);
  return [
    { value: null, color: "green" },
    ...(looks < strictest ? [{ value: looks, color: "orange" } as const] : []),
    { value: strictest, color: "red" },
  ];
}
