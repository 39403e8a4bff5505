import { collectDefaultMetrics, Registry } from "prom-client";
import type { AppFamily, AppValue } from "../exposition/appFamily.ts";
import type { Exemplars, KeptExemplar } from "../exposition/exemplars.ts";
import { exposedValue, type Family, isHistogram, type Series } from "./seriesStore.ts";

/**
 * What a registry has to be: the `Registry` of `prom-client`, or of its successor `@prometheus-io/client`, or
 * one like them.
 */
export interface AppRegistry {
  readonly contentType: string;
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  getMetricsAsJSON(): Promise<readonly object[]>;
}

/** The registry in which the app's metrics and ours meet. */
export interface MetricRegistry<R extends AppRegistry> {
  readonly registry: R;
  /** What the app registered there itself, as it is now. Rejects where a metric of the app cannot be read. */
  readAppFamilies(): Promise<AppFamily[]>;
}

export interface RegistryOptions<R extends AppRegistry> {
  readonly families: readonly Family[];
  readonly exemplars: Exemplars;
  /** Default a registry of `prom-client`. */
  readonly registry: R | undefined;
  /** As of `CollectorOptions`. */
  readonly runtimeMetrics: boolean;
}

/**
 * Shows our families in a registry and reads the app's from it: the only file that knows `prom-client`.
 *
 * The library never records ours: its own `inc` accepts NaN for ever, and joins label values such that two
 * label sets can become one series. Nor does it write our exposition: it does so in one piece, and its
 * OpenMetrics mode changes the names of counters for good.
 *
 * Throws a TypeError where the registry has a metric of the name of one of ours.
 */
export function createRegistry<R extends AppRegistry = Registry>(
  options: RegistryOptions<R>,
): MetricRegistry<R> {
  const { families, exemplars, runtimeMetrics } = options;
  // The default of the type parameter is what is made here.
  const registry = options.registry ?? (new Registry() as AppRegistry as R);
  const names = new Set(families.map(({ descriptor }) => descriptor.name));
  let isReading = false;
  for (const family of families) {
    if (registry.getSingleMetric(family.descriptor.name) !== undefined)
      throw takenName(family.descriptor.name);
    registry.registerMetric(createView(family, exemplars, () => isReading) as never);
  }
  if (runtimeMetrics) collectRuntimeMetrics(registry);

  return {
    registry,
    readAppFamilies: async () => {
      // Both libraries ask every metric before they wait for the first: ours need not answer.
      isReading = true;
      const reading = registry.getMetricsAsJSON();
      isReading = false;
      const all = (await reading) as readonly AppFamily[];
      return all.filter(({ name }) => !names.has(name)).map((family) => asExposed(family, registry));
    },
  };
}

/** In OpenMetrics mode a registry tells counters without the `_total` that it puts behind their names. */
function asExposed(family: AppFamily, { contentType }: AppRegistry): AppFamily {
  const { name, type } = family;
  const isCut = type === "counter" && contentType.includes("openmetrics") && !name.endsWith("_total");
  return isCut ? { ...family, name: `${name}_total` } : family;
}

function takenName(name: string): TypeError {
  return new TypeError(
    `[rumkit] The registry has a metric called "${name}" already. Give each collector a registry of its own, or rename the metric.`,
  );
}

/** Gauges that end in `_total`, which `promtool check metrics` refuses; each is the sum of its sibling by type. */
const MISNAMED = [
  "nodejs_active_resources_total",
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
];

/** The first of the library's runtime metrics: where the app collects them, they are not collected twice. */
const FIRST_RUNTIME_METRIC = "process_cpu_user_seconds_total";

function collectRuntimeMetrics(registry: AppRegistry): void {
  if (registry.getSingleMetric(FIRST_RUNTIME_METRIC) !== undefined) return;
  const own = new Registry();
  collectDefaultMetrics({ register: own });
  for (const metric of own.getMetricsAsArray()) {
    const isTaken = registry.getSingleMetric(metric.name) !== undefined;
    if (!isTaken && !MISNAMED.includes(metric.name)) registry.registerMetric(metric as never);
  }
}

/** The parts of a metric that a registry uses. */
interface MetricView {
  name: string;
  readonly help: string;
  readonly type: string;
  /** How the library adds up the processes of a cluster. */
  readonly aggregator: "sum";
  get(): Promise<object>;
  /** Called by `resetMetrics()`: what was counted stays counted. */
  reset(): void;
}

/**
 * A family as a metric of the library.
 *
 * In OpenMetrics mode a registry sets the name of a counter to the one without `_total`, for good, and then
 * asks for its values; here that name lasts for the one answer.
 */
function createView(family: Family, exemplars: Exemplars, isReading: () => boolean): MetricView {
  const { name, help, type } = family.descriptor;
  let nextName = name;
  return {
    get name() {
      return name;
    },
    set name(value) {
      nextName = value;
    },
    help,
    type,
    aggregator: "sum",
    get: async () => {
      const answeredName = nextName;
      nextName = name;
      const values = isReading()
        ? []
        : [...family.series.values()].flatMap((series) => valuesOf(series, exemplars));
      return { name: answeredName, help, type, aggregator: "sum", values };
    },
    reset: () => {},
  };
}

function valuesOf(series: Series, exemplars: Exemplars): AppValue[] {
  const { name, buckets = [] } = series.descriptor;
  const kept = exemplars.of(series);
  // Copied: a registry with default labels adds them to what it is given.
  const labels = { ...series.labels };
  if (!isHistogram(series)) return [{ labels, value: exposedValue(series), exemplar: toExemplar(kept?.[0]) }];
  let cumulative = 0;
  const lines = [...buckets.map(String), "+Inf"].map((le, bucket) => {
    cumulative += series.counts[bucket] ?? 0;
    return {
      labels: { ...labels, le },
      value: cumulative,
      metricName: `${name}_bucket`,
      exemplar: toExemplar(kept?.[bucket]),
    };
  });
  return [
    ...lines,
    { labels, value: series.sum, metricName: `${name}_sum` },
    { labels: { ...labels }, value: series.count, metricName: `${name}_count` },
  ];
}

function toExemplar(kept: KeptExemplar | undefined): AppValue["exemplar"] {
  if (!kept) return undefined;
  const { traceId, spanId, value, at } = kept;
  return { labelSet: { trace_id: traceId, span_id: spanId }, value, timestamp: at / 1000 };
}
