import { perMinute, ratioOf, sumBy } from "./expression.ts";
import { refundPanels } from "./moneyPanels.ts";
import type { PanelSection, PanelSpec } from "./panelSpec.ts";
import { type Promql, RATE_INTERVAL } from "./promql.ts";
import { ifKnown, ratesByPerMinute } from "./rateQueries.ts";
import type { MetricDescriptor } from "@rumkit/server";

/** Returns the panels of the backend except its requests: jobs, queries, caches, accounts, errors. */
export function describeBackendSections(
  promql: Promql,
  descriptors: readonly MetricDescriptor[],
): PanelSection[] {
  return [
    {
      id: 7,
      title: "Backend: work",
      panels: [
        jobDuration(promql),
        jobFailures(promql),
        waiting(promql),
        firstItems(promql),
        streams(promql),
      ],
    },
    {
      id: 8,
      title: "Backend: data",
      panels: [queryDuration(promql), connections(promql), cacheHits(promql)],
    },
    {
      id: 9,
      title: "Backend: users and errors",
      panels: [accounts(promql), ...refundPanels(promql, descriptors), errors(promql)],
    },
  ];
}

function jobDuration(promql: Promql): PanelSpec {
  return {
    id: 71,
    title: "Job duration, 95th percentile",
    description: "One in twenty jobs took longer than this, failed ones included.",
    type: "timeseries",
    queries: ifKnown(promql, "job_duration_seconds", (metric) => ({
      expression: promql.histogramQuantile(0.95, metric, RATE_INTERVAL, ["job_name"]),
      legend: "{{job_name}}",
    })),
  };
}

function jobFailures(promql: Promql): PanelSpec {
  return {
    id: 72,
    title: "Job error ratio",
    description: "The share of jobs that ended with an error.",
    type: "timeseries",
    queries: ifKnown(promql, "job_duration_seconds", (metric) => ({
      expression: ratioOf(
        sumBy(["job_name"], promql.observationRate(metric, RATE_INTERVAL, { outcome: "error" })),
        sumBy(["job_name"], promql.observationRate(metric, RATE_INTERVAL)),
      ),
      legend: "{{job_name}}",
    })),
  };
}

function waiting(promql: Promql): PanelSpec {
  return {
    id: 73,
    title: "Queue depth and jobs in flight",
    description: "Jobs in flight, and items in the app's queues, at each scrape.",
    type: "timeseries",
    queries: [
      ...ifKnown(promql, "jobs_in_flight", (metric) => ({
        expression: sumBy(["job_name"], promql.gauge(metric)),
        legend: "{{job_name}} (in flight)",
      })),
      ...ifKnown(promql, "queue_depth", (metric) => ({
        expression: sumBy(["queue"], promql.gauge(metric)),
        legend: "{{queue}} (waiting)",
      })),
    ],
  };
}

function firstItems(promql: Promql): PanelSpec {
  return {
    id: 74,
    title: "Time to the first item of streams, 95th percentile",
    description: "One in twenty streamed answers began later than this, by stream and model.",
    type: "timeseries",
    queries: ifKnown(promql, "stream_first_item_seconds", (metric) => ({
      expression: promql.histogramQuantile(0.95, metric, RATE_INTERVAL, ["stream", "model"]),
      legend: "{{stream}} {{model}}",
    })),
  };
}

function streams(promql: Promql): PanelSpec {
  return {
    id: 75,
    title: "Active streams",
    description: "Streamed answers that are being read, at each scrape.",
    type: "timeseries",
    queries: ifKnown(promql, "streams_active", (metric) => ({
      expression: sumBy(["stream"], promql.gauge(metric)),
      legend: "{{stream}}",
    })),
  };
}

function queryDuration(promql: Promql): PanelSpec {
  return {
    id: 81,
    title: "Query duration by table, 95th percentile",
    description: "One in twenty queries took longer than this, as measured in the app.",
    type: "timeseries",
    queries: ifKnown(promql, "database_query_duration_seconds", (metric) => ({
      expression: promql.histogramQuantile(0.95, metric, RATE_INTERVAL, ["operation", "table"]),
      legend: "{{operation}} {{table}}",
    })),
  };
}

function connections(promql: Promql): PanelSpec {
  return {
    id: 82,
    title: "Database connections",
    description: "Connections of the app's pools that are in use or idle, and requests that wait for one.",
    type: "timeseries",
    queries: (["active", "idle", "waiting"] as const).flatMap((state) =>
      ifKnown(promql, `database_connections_${state}`, (metric) => ({
        expression: sumBy(["pool"], promql.gauge(metric)),
        legend: `{{pool}} (${state})`,
      })),
    ),
  };
}

function cacheHits(promql: Promql): PanelSpec {
  return {
    id: 83,
    title: "Cache hit ratio",
    description: "The share of reads that were hits.",
    type: "timeseries",
    queries: ifKnown(promql, "cache_operations_total", (metric) => ({
      expression: ratioOf(
        sumBy(["cache"], promql.rate(metric, RATE_INTERVAL, { operation: "get", outcome: "hit" })),
        sumBy(["cache"], promql.rate(metric, RATE_INTERVAL, { operation: "get" })),
      ),
      legend: "{{cache}}",
    })),
  };
}

function accounts(promql: Promql): PanelSpec {
  const legends = {
    user_registrations_total: "registered",
    user_logins_total: "logged in",
    user_logouts_total: "logged out",
    failed_login_attempts_total: "refused",
  };
  return {
    id: 91,
    title: "Accounts per minute",
    description: "Registrations, logins, logouts and failed login attempts.",
    type: "timeseries",
    queries: Object.entries(legends).flatMap(([family, legend]) =>
      ifKnown(promql, family, (metric) => ({
        expression: perMinute(sumBy([], promql.rate(metric, RATE_INTERVAL))),
        legend,
      })),
    ),
  };
}

function errors(promql: Promql): PanelSpec {
  return {
    id: 93,
    title: "Application errors per minute",
    description: "Errors that the app reported, and uncaught exceptions, by type.",
    type: "timeseries",
    queries: [
      ...ratesByPerMinute(promql, "error_type", { app_errors_total: "{{error_type}}" }),
      ...ratesByPerMinute(promql, "exception_type", {
        app_exceptions_total: "{{exception_type}} (uncaught)",
      }),
    ],
  };
}
