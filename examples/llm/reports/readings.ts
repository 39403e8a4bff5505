import type { Collector } from "@rumkit/server";
import type { catalog } from "../catalog.ts";

type LabelValues = Readonly<Record<string, string>>;

/** The metrics of the collector at one moment. */
export interface Readings {
  /** Returns the sum of the series of a counter or gauge that have these labels. */
  sum(metric: string, labels?: LabelValues): number;
  /** Returns the values that a label has in a metric, in alphabetical order. */
  valuesOf(metric: string, label: string): readonly string[];
  /** Returns the sum of the histograms of a metric that have these labels; undefined without an observation. */
  histogram(metric: string, labels?: LabelValues): Histogram | undefined;
}

export interface Histogram {
  readonly count: number;
  readonly mean: number;
  /** Returns a quantile, 0 to 1, interpolated within a bucket as Prometheus does. */
  quantile(q: number): number;
}

/** One line of `/metrics`. */
interface Line {
  readonly labels: LabelValues;
  readonly value: number;
}

/** Reads all metrics. They are in the collector's registry, as those of the app are. */
export async function readMetrics({ registry }: Collector<typeof catalog>): Promise<Readings> {
  const lines = new Map<string, Line[]>();
  for (const { name, values } of await registry.getMetricsAsJSON()) {
    for (const { labels, value, ...rest } of values) {
      const metric = "metricName" in rest ? String(rest.metricName) : name;
      const line = { labels: labels as LabelValues, value };
      const known = lines.get(metric);
      if (known) known.push(line);
      else lines.set(metric, [line]);
    }
  }
  const select = (metric: string, wanted: LabelValues = {}): readonly Line[] =>
    (lines.get(metric) ?? []).filter(({ labels }) =>
      Object.entries(wanted).every(([label, value]) => labels[label] === value),
    );
  const sum = (metric: string, labels?: LabelValues): number =>
    select(metric, labels).reduce((total, { value }) => total + value, 0);
  return {
    sum,
    valuesOf: (metric, label) =>
      [...new Set(select(metric).flatMap(({ labels }) => labels[label] ?? []))].toSorted(),
    histogram: (metric, labels) => {
      const count = sum(`${metric}_count`, labels);
      if (count === 0) return undefined;
      const buckets = cumulative(select(`${metric}_bucket`, labels));
      const mean = sum(`${metric}_sum`, labels) / count;
      return { count, mean, quantile: (q) => interpolate(buckets, q * count) };
    },
  };
}

/** An upper edge, and the observations up to it. */
type Bucket = readonly [edge: number, count: number];

function cumulative(lines: readonly Line[]): readonly Bucket[] {
  const counts = new Map<number, number>();
  for (const { labels, value } of lines) {
    const edge = Number(String(labels["le"]).replace("+Inf", "Infinity"));
    counts.set(edge, (counts.get(edge) ?? 0) + value);
  }
  return [...counts].toSorted(([a], [b]) => a - b);
}

function interpolate(buckets: readonly Bucket[], rank: number): number {
  let [lower, below] = [0, 0];
  for (const [edge, count] of buckets) {
    if (count >= rank && edge === Infinity) return lower;
    if (count >= rank) return lower + ((edge - lower) * (rank - below)) / Math.max(1, count - below);
    [lower, below] = [edge, count];
  }
  return lower;
}
