import type { AppValue } from "../exposition/format.ts";
import type { Exemplars, KeptExemplar } from "../exposition/renderSeries.ts";
import type { ExposedFamily } from "../metrics/aliasFamilies.ts";
import { exposedValue, isHistogram, isUnknown, type Series } from "../metrics/seriesStore.ts";

/** The collector that a view belongs to, as another collector on the same registry sees it. */
export interface ViewOwner {
  readonly app: string;
  /** True once it was asked to stop. */
  isStopping: boolean;
}

/** Marks a view. The symbol is shared by the whole process, because a hot reload evaluates this module anew. */
const OWNER = Symbol.for("@rumkit/server.owner");

/** Marks a view of a family, which the exposition renders without the registry. */
const FAMILY = Symbol.for("@rumkit/server.family");

/** The parts of a metric that a registry uses. */
export interface MetricView {
  name: string;
  readonly help: string;
  readonly type: string;
  /** The method by which the library combines the values of several processes. */
  readonly aggregator: string;
  readonly [OWNER]: ViewOwner;
  get(): Promise<object>;
  /** Called by `resetMetrics()`: counted values stay. */
  reset(): void;
}

/** The description of a metric for the library, and the function that reads its values. */
interface Viewed {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly read: () => readonly AppValue[] | Promise<readonly AppValue[]>;
}

/** Returns true for a family of a collector, and false for runtime metrics and those of the app. */
export function isFamilyView(metric: object): boolean {
  return FAMILY in metric;
}

/** Returns the collector that put a metric into a registry; undefined for a metric of the app. */
export function ownerOf(metric: unknown): ViewOwner | undefined {
  return (metric as { readonly [OWNER]?: ViewOwner } | undefined)?.[OWNER];
}

/**
 * A metric of the library that shows values kept elsewhere.
 *
 * In OpenMetrics mode a registry sets the name of a counter to the one without `_total`, permanently, and then reads
 * its values; the view uses that name for one answer only.
 */
export function createView({ name, help, type, aggregator, read }: Viewed, owner: ViewOwner): MetricView {
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
    aggregator,
    [OWNER]: owner,
    get: async () => {
      const answeredName = nextName;
      nextName = name;
      return { name: answeredName, help, type, aggregator, values: await read() };
    },
    reset: () => {},
  };
}

/** A family of ours as a metric of the library. */
export function createFamilyView(family: ExposedFamily, exemplars: Exemplars, owner: ViewOwner): MetricView {
  const { name, help, type, acrossProcesses = "sum" } = family.descriptor;
  const read = (): AppValue[] =>
    [...family.series]
      .filter((series) => !isUnknown(series))
      .flatMap((series) => valuesOf(series, exemplars));
  return Object.assign(createView({ name, help, type, aggregator: acrossProcesses, read }, owner), {
    [FAMILY]: true,
  });
}

function valuesOf(series: Series, exemplars: Exemplars): AppValue[] {
  const { name, buckets = [] } = series.descriptor;
  const kept = exemplars.of(series);
  // Copied: a registry with default labels adds them to the values that it receives.
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
