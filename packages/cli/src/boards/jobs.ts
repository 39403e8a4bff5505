import { perMinute, ratioOf, sumBy } from "../promql/expression.ts";
import { levelBy } from "../promql/gaugeLevel.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import type { Panel, QueryPanel, Threshold } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import { OPERATIONS_TIME } from "./ranges.ts";
import { queryOf } from "./rateQueries.ts";

const DURATION = "job_duration_seconds";

/** Work that runs beside the requests. */
export const jobs: BoardSpec = {
  name: "jobs",
  title: "Jobs and queues",
  description: "Jobs of the backend: in flight, how long they take, and how many fail.",
  ...OPERATIONS_TIME,
  describe: (context) => [
    {
      title: "Jobs",
      rows: context.promql.has(DURATION)
        ? [
            [origin],
            [inFlight(context), accepted(context), failures(context)],
            [duration(context), ...spreads(context)],
            [table(context)],
          ]
        : [],
    },
    { title: "Queues", about: "queues", rows: [[queues(context)]] },
  ],
};

const origin: Panel = {
  kind: "text",
  name: "origin",
  title: "Where these figures come from",
  description: "How the app measures its jobs.",
  content:
    "Jobs are those of the catalog that the app runs with `trackJob(name, …)`, or that a worker reports with the client. **Panels stay empty until the app runs one.**",
};

/** From here on, work waits longer than people do: an assumption, for want of a limit in the catalog. */
const BACKLOG: readonly Threshold[] = [
  { value: null, color: "green" },
  { value: 80, color: "red" },
];

function inFlight({ promql }: BoardContext): QueryPanel {
  return {
    name: "in-flight",
    title: "Jobs in flight",
    description:
      "Jobs that run, at each scrape. When it is red or climbs while the accepted rate stays the same, the workers are too slow or stopped: look at their durations and logs, or start more.",
    kind: "timeseries",
    queries: queryOf(promql, "jobs_in_flight", "{{job_name}}", (metric) =>
      sumBy(["job_name"], promql.gauge(metric)),
    ),
    thresholds: BACKLOG,
  };
}

function queues({ promql }: BoardContext): QueryPanel {
  return {
    name: "queue-depth",
    title: "Queue depth",
    description:
      "Items that wait in the queues that the app hands to trackQueue(name, read), at each scrape. Empty until it calls that. When it is red or only climbs, more comes in than is done: start more workers, or refuse work earlier.",
    kind: "timeseries",
    queries: queryOf(promql, "queue_depth", "{{queue}}", (metric) =>
      levelBy(["queue"], promql.gauge(metric)),
    ),
    thresholds: BACKLOG,
  };
}

function accepted({ promql }: BoardContext): QueryPanel {
  return {
    name: "accepted",
    title: "Accepted jobs per minute",
    description:
      "Jobs that were accepted, by name. When it rises above what is finished, the queue grows: look which caller sends more.",
    kind: "timeseries",
    queries: queryOf(promql, "jobs_accepted_total", "{{job_name}}", (metric) =>
      perMinute(sumBy(["job_name"], promql.rate(metric, RATE_INTERVAL))),
    ),
  };
}

function duration({ promql }: BoardContext): QueryPanel {
  return {
    name: "duration",
    title: "Job duration, 95th percentile",
    description:
      "One in twenty jobs took longer than this, failed ones included. When it rises to the last bucket, give the job larger buckets in the catalog, and look at what it waits for.",
    kind: "timeseries",
    queries: queryOf(promql, DURATION, "{{job_name}}", (metric) =>
      promql.histogramQuantile(0.95, metric, RATE_INTERVAL, ["job_name"]),
    ),
  };
}

/** A heat map for each declared job. */
function spreads({ promql, descriptors, catalog }: BoardContext): QueryPanel[] {
  const bucketsOf = (job: string) => {
    const own = catalog.jobs?.[job]?.names?.duration;
    // The family of one job has the edges of that job only.
    return own === undefined
      ? promql.bucketIncrease(DURATION, RATE_INTERVAL, { job_name: job })
      : promql.bucketIncrease(own, RATE_INTERVAL);
  };
  const known = descriptors.find(({ name }) => name === "jobs_accepted_total")?.known ?? [];
  return known.flatMap(({ job_name: name }) =>
    name === undefined
      ? []
      : [
          {
            name: `duration-spread-${name}`,
            title: `Durations of ${name}`,
            description: `Jobs called ${name} by duration over time: the brighter, the more. When a second band appears above the first, part of the jobs wait for something else.`,
            kind: "heatmap",
            queries: [
              {
                expression: sumBy(["le"], bucketsOf(name)),
                legend: "{{le}}",
              },
            ],
          },
        ],
  );
}

function failures({ promql }: BoardContext): QueryPanel {
  return {
    name: "error-ratio",
    title: "Job error ratio",
    description:
      "The share of jobs that ended with an error, of all jobs of that name. When it is red, look at the error of the last failed job in the log, and whether it can be run again.",
    kind: "timeseries",
    queries: queryOf(promql, DURATION, "{{job_name}}", (metric) =>
      ratioOf(
        sumBy(["job_name"], promql.observationRate(metric, RATE_INTERVAL, { outcome: "error" })),
        sumBy(["job_name"], promql.observationRate(metric, RATE_INTERVAL)),
      ),
    ),
    thresholds: [
      { value: null, color: "green" },
      { value: 0.05, color: "red" },
    ],
  };
}

function table({ promql }: BoardContext): QueryPanel {
  return {
    name: "jobs",
    title: "Jobs in the time shown",
    description:
      "Every job: how often it was accepted, ended and failed in the time shown, and the 95th percentile of its duration in seconds. When fewer ended than were accepted, jobs wait or were lost.",
    kind: "table",
    queries: [
      ...queryOf(promql, "jobs_accepted_total", "Accepted", (metric) =>
        sumBy(["job_name"], promql.increase(metric, RANGE)),
      ),
      ...queryOf(promql, DURATION, "Ended", (metric) =>
        sumBy(["job_name"], promql.observationIncrease(metric, RANGE)),
      ),
      ...queryOf(promql, DURATION, "Failed", (metric) =>
        sumBy(["job_name"], promql.observationIncrease(metric, RANGE, { outcome: "error" })),
      ),
      ...queryOf(promql, DURATION, "Duration", (metric) =>
        promql.histogramQuantile(0.95, metric, RANGE, ["job_name"]),
      ),
    ],
  };
}
