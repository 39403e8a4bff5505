import type { Catalog } from "@rumkit/protocol";
import { describeAppMetrics } from "./describeAppMetrics.ts";
import { describeHttpMetrics } from "./describeHttpMetrics.ts";
import { describeJobMetrics } from "../catalog/describeJobMetrics.ts";
import { describeStandardMetrics } from "../catalog/describeStandardMetrics.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { QUERY_OUTCOMES } from "../metrics/labelValues.ts";

/** Describes the metrics of the backend that the catalog does not name: requests, jobs, queries, caches, errors. */
export function describeBackendMetrics(catalog: Catalog): MetricDescriptor[] {
  return [
    ...describeHttpMetrics(catalog),
    ...describeStandardMetrics(catalog),
    ...describeJobMetrics(catalog),
    ...describeDatabaseMetrics(),
    ...describeAppMetrics(),
  ];
}

/** Label sets of queries: some dozens of tables, a handful of operations on each. */
const MAX_QUERIES = 500;

/** Pools of one process. */
const MAX_POOLS = 20;

/**
 * Seconds: from a row by its key, which SQLite finds in tens of microseconds and a server on the same machine in
 * hundreds (`npx vitest run --project e2e test/e2e/database.test.ts`), to a report that should not run here.
 */
const QUERY_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5,
];

/** Describes the metrics that `instrumentPool` and `queryTimer` fill. */
function describeDatabaseMetrics(): MetricDescriptor[] {
  return [
    {
      ...family("database_query_duration_seconds", "How long queries took.", ["operation", "table"]),
      type: "histogram",
      unit: "seconds",
      buckets: QUERY_BUCKETS,
    },
    {
      ...family("database_queries_total", "Queries, by outcome.", ["operation", "table", "outcome"]),
      values: { outcome: QUERY_OUTCOMES },
    },
    pool("database_connections_active", "Connections of a pool that are in use."),
    pool("database_connections_idle", "Connections of a pool that wait for work."),
    pool("database_connections_waiting", "Requests that wait for a connection of a pool."),
  ];
}

function family(name: string, help: string, labels: readonly string[]): MetricDescriptor {
  return {
    name,
    type: "counter",
    help,
    unit: "none",
    side: "backend",
    labels,
    known: [],
    maxSeries: MAX_QUERIES,
  };
}

function pool(name: string, help: string): MetricDescriptor {
  return { ...family(name, help, ["pool"]), type: "gauge", maxSeries: MAX_POOLS };
}
