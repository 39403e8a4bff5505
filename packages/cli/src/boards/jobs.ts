import { ratioOf, sumBy } from "../promql/expression.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import { OPERATIONS_TIME } from "./ranges.ts";
import { queryOf } from "./rateQueries.ts";

/** Work that runs beside the requests. */
export const jobs: BoardSpec = {
  name: "jobs",
  title: "Jobs and queues",
  description: "Jobs of the backend: in flight, how long they take, and how many fail.",
  ...OPERATIONS_TIME,
  describe: (context) => [
    { title: "Jobs", rows: [[waiting(context), duration(context), failures(context)]] },
  ],
};

function waiting({ promql }: BoardContext): QueryPanel {
  return {
    name: "waiting",
    title: "Queue depth and jobs in flight",
    description: "Jobs in flight, and items in the app's queues, at each scrape.",
    kind: "timeseries",
    queries: [
      ...queryOf(promql, "jobs_in_flight", "{{job_name}} (in flight)", (metric) =>
        sumBy(["job_name"], promql.gauge(metric)),
      ),
      ...queryOf(promql, "queue_depth", "{{queue}} (waiting)", (metric) =>
        sumBy(["queue"], promql.gauge(metric)),
      ),
    ],
  };
}

function duration({ promql }: BoardContext): QueryPanel {
  return {
    name: "duration",
    title: "Job duration, 95th percentile",
    description: "One in twenty jobs took longer than this, failed ones included.",
    kind: "timeseries",
    queries: queryOf(promql, "job_duration_seconds", "{{job_name}}", (metric) =>
      promql.histogramQuantile(0.95, metric, RATE_INTERVAL, ["job_name"]),
    ),
  };
}

function failures({ promql }: BoardContext): QueryPanel {
  return {
    name: "error-ratio",
    title: "Job error ratio",
    description: "The share of jobs that ended with an error.",
    kind: "timeseries",
    queries: queryOf(promql, "job_duration_seconds", "{{job_name}}", (metric) =>
      ratioOf(
        sumBy(["job_name"], promql.observationRate(metric, RATE_INTERVAL, { outcome: "error" })),
        sumBy(["job_name"], promql.observationRate(metric, RATE_INTERVAL)),
      ),
    ),
  };
}
