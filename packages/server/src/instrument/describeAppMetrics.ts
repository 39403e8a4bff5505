import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { labelSets } from "../metrics/labelSets.ts";
import {
  CACHE_OPERATIONS,
  CACHE_OUTCOMES,
  ERROR_SEVERITIES,
  EXCEPTION_ORIGINS,
} from "../metrics/labelValues.ts";

/** Caches, and queues, of one process. */
const MAX_NAMES = 50;

/** Different types of errors: an app has some dozens of classes. */
const MAX_ERROR_TYPES = 100;

/** Describes the app's metrics beside its requests and its database: caches, queues, errors, its release. */
export function describeAppMetrics(): MetricDescriptor[] {
  const operations = CACHE_OPERATIONS.length * CACHE_OUTCOMES.length;
  return [
    family("cache_operations_total", "Operations on a cache, by outcome.", {
      labels: ["cache", "operation", "outcome"],
      maxSeries: MAX_NAMES * operations,
      values: { operation: CACHE_OPERATIONS, outcome: CACHE_OUTCOMES },
    }),
    {
      ...family("cache_entries", "Entries of a cache.", { labels: ["cache"], maxSeries: MAX_NAMES }),
      type: "gauge",
    },
    {
      ...family("queue_depth", "Items that wait in a queue.", { labels: ["queue"], maxSeries: MAX_NAMES }),
      type: "gauge",
      // All processes usually share one queue (Redis, a broker), and each reads it: their sum would be too high.
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
export function info(name: string, help: string, labels: readonly string[]): MetricDescriptor {
  return {
    ...family(name, help, { labels, maxSeries: 1 }),
    type: "gauge",
    isInfo: true,
    acrossProcesses: "first",
    idleMs: Number.POSITIVE_INFINITY,
  };
}
