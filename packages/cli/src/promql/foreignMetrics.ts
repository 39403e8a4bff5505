import type { MetricDescriptor } from "@rumkit/server";

/**
 * Metrics of the process that `prom-client` collects beside the collector's own, as far as boards show them. They are
 * in the exposition unless `runtimeMetrics` is switched off.
 */
export const RUNTIME_METRICS: readonly MetricDescriptor[] = [
  foreign("process_cpu_seconds_total", "counter", "seconds", "CPU time of the process."),
  foreign("process_resident_memory_bytes", "gauge", "bytes", "Memory of the process."),
  foreign("process_start_time_seconds", "gauge", "seconds", "When the process began."),
  foreign("nodejs_heap_size_used_bytes", "gauge", "bytes", "Used heap of JavaScript."),
  foreign("nodejs_eventloop_lag_p99_seconds", "gauge", "seconds", "Delay of the event loop."),
];

/**
 * Metrics of postgres_exporter (github.com/prometheus-community/postgres_exporter) that boards show, under the names that
 * they have since 0.5. Those of a database have the label `datname`.
 */
export const POSTGRES_METRICS: readonly MetricDescriptor[] = [
  foreign("pg_up", "gauge", "none", "The last query of the exporter was answered."),
  foreign("pg_settings_max_connections", "gauge", "none", "Connections that the server allows."),
  foreign("pg_database_size_bytes", "gauge", "bytes", "Size of a database on the disk.", "datname"),
  foreign("pg_stat_activity_count", "gauge", "none", "Connections by state.", "datname", "state"),
  ...[
    "xact_commit",
    "xact_rollback",
    "blks_hit",
    "blks_read",
    "tup_fetched",
    "tup_inserted",
    "tup_updated",
    "tup_deleted",
    "deadlocks",
  ].map((name) => foreign(`pg_stat_database_${name}`, "counter", "none", "See pg_stat_database.", "datname")),
];

function foreign(
  name: string,
  type: MetricDescriptor["type"],
  unit: MetricDescriptor["unit"],
  help: string,
  ...labels: string[]
): MetricDescriptor {
  return { name, type, unit, help, side: "backend", labels, known: [], maxSeries: Number.POSITIVE_INFINITY };
}
