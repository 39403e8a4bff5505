import type { MetricDescriptor } from "@rumkit/server";

/**
 * Metrics of the process that `prom-client` collects beside the collector's own, as far as boards show them. They are
 * in the exposition unless `runtimeMetrics` is switched off.
 */
export const RUNTIME_METRICS: readonly MetricDescriptor[] = [
  runtime("process_cpu_seconds_total", "counter", "seconds", "CPU time of the process."),
  runtime("process_resident_memory_bytes", "gauge", "bytes", "Memory of the process."),
  runtime("process_start_time_seconds", "gauge", "seconds", "When the process began."),
  runtime("nodejs_heap_size_used_bytes", "gauge", "bytes", "Used heap of JavaScript."),
  runtime("nodejs_eventloop_lag_p99_seconds", "gauge", "seconds", "Delay of the event loop."),
];

function runtime(
  name: string,
  type: MetricDescriptor["type"],
  unit: MetricDescriptor["unit"],
  help: string,
): MetricDescriptor {
  return { name, type, unit, help, side: "backend", labels: [], known: [], maxSeries: 1 };
}
