import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { Moment } from "./alert.ts";
import type { AlertSource, SourceSeries } from "./source.ts";

/** Milliseconds for which a gauge without a new sample keeps its value, as in Prometheus. */
const LOOK_BACK_MS = 300_000;

/** A series of the past, as Prometheus has it: a histogram is its buckets and its count. */
export interface PastSeries {
  /** `http_requests_total`, `rum_lcp_seconds_bucket`, `up`. */
  readonly name: string;
  /** With `le` of a bucket. `job` and `instance` are ignored: a group has the series of all processes. */
  readonly labels: Readonly<Record<string, string>>;
  /** In the order of time. NaN: the series has ended. */
  readonly samples: readonly (readonly [at: Moment, value: number])[];
}

/** Series of the past as a source, which goes on with a clock. */
export interface PastSource extends AlertSource {
  /** Goes on to a moment: each series then has its last sample since the moment before. */
  moveTo(at: Moment): void;
}

/** Places in the samples of a series. */
interface Cursor {
  readonly samples: PastSeries["samples"];
  next: number;
  /** The sample of this moment, NaN without one. */
  value: number;
  /** The last sample, and its time. */
  last: number;
  lastAt: number;
}

export function createPastSource(
  all: readonly PastSeries[],
  metrics: readonly MetricDescriptor[],
): PastSource {
  const types = new Map(metrics.map(({ name, type }) => [name, type]));
  const cursors = new Map(all.map((series) => [series, createCursor(series)]));
  const targets = [...cursors].filter(([{ name }]) => name === "up").map(([, cursor]) => cursor);
  let now = Number.NaN;
  const gaugeOf = (cursor: Cursor): number =>
    now - cursor.lastAt <= LOOK_BACK_MS ? cursor.last : Number.NaN;
  return {
    moveTo: (at) => {
      now = at;
      for (const cursor of cursors.values()) move(cursor, at);
    },
    // Of several processes, one is enough.
    up: () => {
      const known = targets.map(({ value }) => value).filter((value) => !Number.isNaN(value));
      return known.length === 0 ? Number.NaN : Math.max(...known);
    },
    watch: (metric, { add }) => {
      const isGauge = types.get(metric) === "gauge";
      for (const [series, cursor] of cursors) {
        if (series.name !== metric) continue;
        const read = isGauge ? () => gaugeOf(cursor) : () => cursor.value;
        add({ labels: series.labels, isNew: false, reader: () => read });
      }
      for (const histogram of histogramsOf(cursors, metric)) add(histogram);
    },
  };
}

function createCursor({ samples }: PastSeries): Cursor {
  return { samples, next: 0, value: Number.NaN, last: Number.NaN, lastAt: Number.NEGATIVE_INFINITY };
}

function move(cursor: Cursor, to: Moment): void {
  cursor.value = Number.NaN;
  for (; cursor.next < cursor.samples.length; cursor.next += 1) {
    const [at, value] = cursor.samples[cursor.next]!;
    if (at > to) return;
    cursor.value = value;
    cursor.last = value;
    cursor.lastAt = at;
  }
}

/** The histograms of a metric: for each label set, the cursors by their edges. The count is the last edge. */
function histogramsOf(cursors: ReadonlyMap<PastSeries, Cursor>, metric: string): SourceSeries[] {
  const found = new Map<string, { labels: Record<string, string>; edges: Map<number, Cursor> }>();
  for (const [series, cursor] of cursors) {
    const isCount = series.name === `${metric}_count`;
    if (!isCount && series.name !== `${metric}_bucket`) continue;
    const { le = "+Inf", ...labels } = series.labels;
    const key = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const histogram = found.get(key) ?? { labels, edges: new Map<number, Cursor>() };
    found.set(key, histogram);
    const edge = le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le);
    if (isCount || !histogram.edges.has(edge)) histogram.edges.set(edge, cursor);
  }
  return [...found.values()].map(({ labels, edges }) => ({
    labels,
    isNew: false,
    reader: (edge = Number.POSITIVE_INFINITY) => {
      const cursor = edges.get(edge);
      return () => cursor?.value ?? Number.NaN;
    },
  }));
}
