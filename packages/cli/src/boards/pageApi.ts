import { ratioOf, sumBy } from "../promql/expression.ts";
import type { Matchers } from "../promql/matchers.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
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
    { title: "API as seen by browsers", rows: [[duration(context), failures(context), errors(context)]] },
  ],
};

function duration({ promql }: BoardContext): QueryPanel {
  return {
    name: "duration",
    title: "API duration by endpoint, 75th percentile",
    description: "From the call to the last byte of the answer, as pages measure it: with the network.",
    kind: "timeseries",
    queries: queryOf(promql, DURATION, "{{api_endpoint}}", (metric) =>
      promql.histogramQuantile(0.75, metric, RATE_INTERVAL, ["api_endpoint"]),
    ),
  };
}

function failures({ promql }: BoardContext): QueryPanel {
  const answers = (metric: string, matchers?: Matchers) =>
    sumBy(["api_endpoint"], promql.observationRate(metric, RATE_INTERVAL, matchers));
  return {
    name: "error-ratio",
    title: "API error ratio by endpoint",
    description: "The share of answers to pages with a status of 500 or more.",
    kind: "timeseries",
    queries: queryOf(promql, DURATION, "{{api_endpoint}}", (metric) =>
      ratioOf(answers(metric, { status: "5xx" }), answers(metric)),
    ),
  };
}

function errors({ promql }: BoardContext): QueryPanel {
  return {
    name: "errors-by-kind",
    title: "API errors per minute by kind",
    description: "Requests of pages that were answered with 4xx or 5xx, or not at all.",
    kind: "timeseries",
    queries: ratesByPerMinute(promql, "kind", { rum_api_errors_total: "{{kind}}" }),
  };
}
