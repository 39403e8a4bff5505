import { ratioOf, sumBy } from "../promql/expression.ts";
import type { Matchers } from "../promql/matchers.ts";
import { highestFirst, topOf } from "../promql/ranking.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import { OPERATIONS_TIME } from "./ranges.ts";
import { queryOf, ratesByPerMinute } from "./rateQueries.ts";

const DURATION = "rum_api_request_duration_seconds";

/** The answers of the API as browsers see them. */
export const pageApi: BoardSpec = {
  name: "page-api",
  title: "API from the page",
  description: "Duration and failures of the API as pages measure them, with the network.",
  ...OPERATIONS_TIME,
  filters: [{ name: "endpoint", label: "api_endpoint", title: "Endpoint", metric: DURATION }],
  describe: (context) => [
    {
      title: "API as seen by browsers",
      rows: [
        [duration(context), failures(context), errors(context)],
        [endpoints(context), statuses(context)],
      ],
    },
    { title: "All durations", collapsed: true, rows: [[spread(context)]] },
  ],
};

function duration({ promql }: BoardContext): QueryPanel {
  return {
    name: "duration",
    title: "API duration by endpoint, 75th percentile",
    description:
      "From the call to the last byte of the answer, as pages measure it: with the network. The ten slowest endpoints. When one is slow here and fast on Backend, the network or the size of the answer is the reason.",
    kind: "timeseries",
    queries: queryOf(promql, DURATION, "{{api_endpoint}}", (metric) =>
      topOf(promql.histogramQuantile(0.75, metric, RATE_INTERVAL, ["api_endpoint"])),
    ),
  };
}

function failures({ promql }: BoardContext): QueryPanel {
  const answers = (metric: string, matchers?: Matchers) =>
    sumBy(["api_endpoint"], promql.observationRate(metric, RATE_INTERVAL, matchers));
  return {
    name: "error-ratio",
    title: "API error ratio by endpoint",
    description:
      "The share of answers to pages with a status of 500 or more. When it is red and Backend is not, a proxy before the backend answers.",
    kind: "timeseries",
    queries: queryOf(promql, DURATION, "{{api_endpoint}}", (metric) =>
      ratioOf(answers(metric, { status: "5xx" }), answers(metric)),
    ),
    thresholds: [
      { value: null, color: "green" },
      { value: 0.01, color: "orange" },
      { value: 0.05, color: "red" },
    ],
  };
}

function errors({ promql }: BoardContext): QueryPanel {
  return {
    name: "errors-by-kind",
    title: "API errors per minute by kind",
    description:
      "Requests of pages that were answered with 4xx or 5xx, or not at all. When network rises alone, requests do not arrive: look at the load balancer, and at content blockers.",
    kind: "timeseries",
    hidesZeros: true,
    queries: ratesByPerMinute(promql, "kind", { rum_api_errors_total: "{{kind}}" }),
  };
}

function endpoints({ promql }: BoardContext): QueryPanel {
  const count = (metric: string, legend: string, matchers?: Matchers) =>
    queryOf(promql, metric, legend, (family) =>
      sumBy(["api_endpoint"], promql.observationIncrease(family, RANGE, matchers)),
    );
  return {
    name: "endpoints",
    title: "Endpoints",
    description:
      "Every endpoint in the time shown: answers, answers with a status of 500 or more, and the 75th percentile of the duration in seconds. When an endpoint has many answers and is slow, begin with it.",
    kind: "table",
    queries: [
      ...count(DURATION, "Answers"),
      ...count(DURATION, "5xx", { status: "5xx" }),
      ...queryOf(promql, DURATION, "Duration", (metric) =>
        promql.histogramQuantile(0.75, metric, RANGE, ["api_endpoint"]),
      ),
    ],
  };
}

function statuses({ promql }: BoardContext): QueryPanel {
  return {
    name: "statuses",
    title: "Answers by status",
    description:
      "Answers to pages in the time shown, by class of status. When 4xx is large, pages ask for what does not exist, or their sessions have ended.",
    kind: "piechart",
    queries: queryOf(promql, DURATION, "{{status}}", (metric) =>
      highestFirst(sumBy(["status"], promql.observationIncrease(metric, RANGE))),
    ),
  };
}

function spread({ promql }: BoardContext): QueryPanel {
  return {
    name: "duration-spread",
    title: "API durations as pages see them",
    description:
      "Answers by duration over time: the brighter, the more. When a second band appears above the first, part of the requests take another way, such as a cache that misses.",
    kind: "heatmap",
    queries: queryOf(promql, DURATION, "{{le}}", (metric) =>
      sumBy(["le"], promql.bucketIncrease(metric, RATE_INTERVAL)),
    ),
  };
}
