import { collectDefaultMetrics, type MetricValueWithName, Registry } from "prom-client";
import { exposedValue, type Family, isHistogram, type Series } from "./seriesStore.ts";

/** The exposition, and the `prom-client` registry behind it. */
export interface MetricRegistry {
  /** Register metrics of your own here: they appear in the same exposition. */
  readonly registry: Registry;
  /** Of `render()`: the Prometheus text format, version 0.0.4. */
  readonly contentType: string;
  render(): Promise<string>;
}

/**
 * Shows families through a `prom-client` registry: the only file that knows `prom-client`.
 *
 * The library formats and holds the app's other metrics; it never records ours. Its own `inc` accepts NaN
 * for ever, and joins label values such that two label sets can become one series.
 */
export function createRegistry(
  families: readonly Family[],
  options: { runtimeMetrics: boolean },
): MetricRegistry {
  const registry = new Registry();
  for (const family of families) registry.registerMetric(toMetric(family) as never);
  if (options.runtimeMetrics) collectRuntimeMetrics(registry);
  return { registry, contentType: registry.contentType, render: () => registry.metrics() };
}

/** Gauges that end in `_total`, which `promtool check metrics` refuses; each is the sum of its sibling by type. */
const MISNAMED = [
  "nodejs_active_resources_total",
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
];

function collectRuntimeMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}

/** The part of a metric that `Registry` calls: a name, and `get` with the values of the moment. */
function toMetric(family: Family): {
  name: string;
  get: () => Promise<object>;
} {
  const { name, help, type } = family.descriptor;
  return {
    name,
    get: async () => ({
      name,
      help,
      type,
      aggregator: "sum",
      values: [...family.series.values()].flatMap((series) => valuesOf(family, series)),
    }),
  };
}

function valuesOf(family: Family, series: Series): MetricValueWithName<string>[] {
  const { name, buckets = [] } = family.descriptor;
  const labels = series.labels;
  if (!isHistogram(series)) return [{ labels, value: exposedValue(series) }];
  let cumulative = 0;
  const lines = [...buckets, Number.POSITIVE_INFINITY].map((edge, index) => {
    cumulative += series.counts[index] ?? 0;
    const le = Number.isFinite(edge) ? String(edge) : "+Inf";
    return { labels: { ...labels, le }, value: cumulative, metricName: `${name}_bucket` };
  });
  return [
    ...lines,
    { labels, value: series.sum, metricName: `${name}_sum` },
    { labels, value: series.count, metricName: `${name}_count` },
  ];
}
