import type { Catalog } from "@rumkit/protocol";
import { describeStandardMetrics } from "../catalog/describeCatalogMetrics.ts";
import { describeJobMetrics } from "../catalog/describeJobMetrics.ts";
import { describeNamedMetrics } from "../catalog/describeNamedMetrics.ts";
import { labelSets, type MetricDescriptor } from "../metrics/descriptor.ts";
import {
  CACHE_OPERATIONS,
  CACHE_OUTCOMES,
  ERROR_SEVERITIES,
  EXCEPTION_ORIGINS,
  QUERY_OUTCOMES,
} from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import { describeHttpMetrics } from "./describeHttpMetrics.ts";
import { describeStreamMetrics } from "./streamSeries.ts";

/** The version of this package. A bundle lacks package.json, so the version is repeated here; a test compares both. */
export const VERSION = "0.0.0";

/** Describes the metrics of the backend that the catalog does not name: requests, jobs, queries, streams, caches, errors. */
export function describeBackendMetrics(catalog: Catalog): MetricDescriptor[] {
  return [
    ...describeHttpMetrics(catalog),
    ...describeStandardMetrics(catalog),
    ...describeJobMetrics(catalog),
    ...describeNamedMetrics(catalog),
    ...describeDatabaseMetrics(),
    ...describeStreamMetrics(),
    ...describeCacheMetrics(),
    ...describeAppMetrics(),
  ];
}

/** Maximum label sets of queries: some dozens of tables, with a few operations each. */
const MAX_QUERIES = 500;

/** Maximum pools of one process. */
const MAX_POOLS = 20;

/**
 * Seconds: from a row by its key, which SQLite finds in tens of microseconds and a server on the same machine in
 * hundreds (`npx vitest run --project e2e test/e2e/database.test.ts`), to a report that should not run on this
 * database.
 */
const QUERY_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5,
];

/** Describes the metrics that `instrumentPool` and `queryTimer` fill. */
function describeDatabaseMetrics(): MetricDescriptor[] {
  return [
    {
      ...family("database_query_duration_seconds", "How long queries took.", {
        labels: ["operation", "table"],
        maxSeries: MAX_QUERIES,
      }),
      type: "histogram",
      unit: "seconds",
      buckets: QUERY_BUCKETS,
    },
    family("database_queries_total", "Queries, by outcome.", {
      labels: ["operation", "table", "outcome"],
      maxSeries: MAX_QUERIES,
      values: { outcome: QUERY_OUTCOMES },
    }),
    pool("database_connections_active", "Connections of a pool that are in use."),
    pool("database_connections_idle", "Connections of a pool that wait for work."),
    pool("database_connections_waiting", "Requests that wait for a connection of a pool."),
  ];
}

function pool(name: string, help: string): MetricDescriptor {
  return { ...family(name, help, { labels: ["pool"], maxSeries: MAX_POOLS }), type: "gauge" };
}

/** Maximum caches of one process, and maximum queues. */
const MAX_NAMES = 50;

/** Label sets of caches: the caches of a process, some of them read by several routes or models. */
const MAX_CACHE_SETS = 2 * MAX_NAMES;

/** Maximum types of errors. An app has some dozens of classes. */
const MAX_ERROR_TYPES = 100;

/** Describes the metrics that `instrumentCache` and `trackCache` fill. */
function describeCacheMetrics(): MetricDescriptor[] {
  const labels = ["cache", "route", "model"];
  const operations = CACHE_OPERATIONS.length * CACHE_OUTCOMES.length;
  const tokens = { labels, maxSeries: MAX_CACHE_SETS };
  return [
    family("cache_operations_total", "Operations on a cache, by outcome.", {
      labels: [...labels, "operation", "outcome"],
      maxSeries: MAX_CACHE_SETS * operations,
      values: { operation: CACHE_OPERATIONS, outcome: CACHE_OUTCOMES },
    }),
    family("cache_tokens_total", "Tokens of the prompts that a cache of prefixes was asked for.", tokens),
    family("cache_tokens_reused_total", "Tokens of prompts that a cache of prefixes had.", tokens),
    {
      ...family("cache_entries", "Entries of a cache.", { labels: ["cache"], maxSeries: MAX_NAMES }),
      type: "gauge",
    },
  ];
}

/** Describes the app's metrics beside its requests, its database and its caches: queues, errors, its release. */
function describeAppMetrics(): MetricDescriptor[] {
  return [
    {
      ...family("queue_depth", "Items that wait in a queue.", { labels: ["queue"], maxSeries: MAX_NAMES }),
      type: "gauge",
      // Not summed: all processes usually share one queue (Redis, a broker), and each reads its depth.
      acrossProcesses: "max",
    },
    family("app_errors_total", "Errors that the app reported, by type and severity.", {
      labels: ["error_type", "severity"],
      maxSeries: MAX_ERROR_TYPES * ERROR_SEVERITIES.length,
      values: { severity: ERROR_SEVERITIES },
      known: labelSets({ severity: ERROR_SEVERITIES }, { error_type: "Error" }),
    }),
    family("app_exceptions_total", "Exceptions and rejections that nothing caught.", {
      labels: ["exception_type", "origin"],
      maxSeries: MAX_ERROR_TYPES * EXCEPTION_ORIGINS.length,
      values: { origin: EXCEPTION_ORIGINS },
      known: labelSets({ origin: EXCEPTION_ORIGINS }, { exception_type: "Error" }),
    }),
    info("app_info", "The app and its release; always 1.", ["app", "release"]),
    info("target_info", "The scraped target, by OpenTelemetry's names of resources; always 1.", [
      "service_name",
      "service_version",
    ]),
  ];
}

function family(
  name: string,
  help: string,
  { known = [], ...bounds }: Pick<MetricDescriptor, "labels" | "maxSeries"> & Partial<MetricDescriptor>,
): MetricDescriptor {
  return { name, type: "counter", help, unit: "none", side: "backend", known, ...bounds };
}

/** Describes a metric that has its information in labels, and the constant value 1. */
function info(name: string, help: string, labels: readonly string[]): MetricDescriptor {
  return {
    ...family(name, help, { labels, maxSeries: 1 }),
    type: "gauge",
    isInfo: true,
    acrossProcesses: "first",
    idleMs: Number.POSITIVE_INFINITY,
  };
}

/** Describes the running software: the app and its release, for OpenTelemetry too, and the version of rumkit. */
export function describeBuild(app: string, release: string): Sample[] {
  return [
    { metric: "app_info", labels: { app, release }, value: 1 },
    { metric: "target_info", labels: { service_name: app, service_version: release }, value: 1 },
    { metric: "rum_build_info", labels: { version: VERSION }, value: 1 },
  ];
}

/** Describes the metric of the version of rumkit; the others describe the app. */
export function describeBuildMetrics(): MetricDescriptor[] {
  return [{ ...info("rum_build_info", "The version of rumkit; always 1.", ["version"]), side: "collector" }];
}
