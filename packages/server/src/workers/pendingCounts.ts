import {
  type CountListener,
  ENDED,
  isUnknown,
  type ScalarSeries,
  type Series,
} from "../metrics/seriesStore.ts";
import type { CountedSeries, CountedValue, GaugeValue } from "./wire.ts";

/** The counts of a worker's instruments that are not sent yet. */
export interface PendingCounts {
  /** A sink of the worker's recorder. */
  readonly listenerOf: (series: Series) => CountListener;
  /** True if something was counted since the last `take`. */
  readonly isEmpty: () => boolean;
  /** Returns what was counted since the last call. */
  readonly take: () => CountedSeries[];
  /** Returns the present value of each gauge that was set. */
  readonly gauges: () => GaugeValue[];
}

/** @param onFirst Called with the first count after a `take`. */
export function createPendingCounts(onFirst: () => void): PendingCounts {
  let pending = new Map<Series, Map<string, Group>>();
  const gauges = new Set<Series>();
  const count: CountListener = (series, value, times) => {
    if (pending.size === 0) onFirst();
    let groups = pending.get(series);
    if (!groups) pending.set(series, (groups = new Map()));
    addTo(groups, series, value, times);
  };
  return {
    listenerOf: ({ kind }) => (kind === "gauge" ? (series) => void gauges.add(series) : count),
    isEmpty: () => pending.size === 0,
    take: () => {
      const taken = pending;
      pending = new Map();
      return [...taken].map(([{ kind, descriptor, labels, usedAt }, groups]) => ({
        metric: descriptor.name,
        labels,
        counted: [...groups.values()].map(kind === "histogram" ? countedOf : ({ sum }) => [sum, 1] as const),
        ...(usedAt === ENDED && { hasEnded: true }),
      }));
    },
    gauges: () =>
      [...gauges].flatMap((series) => {
        if (series.kind !== "histogram" && series.usedAt !== ENDED) return gaugeOf(series);
        gauges.delete(series);
        return [];
      }),
  };
}

function gaugeOf(series: ScalarSeries): GaugeValue {
  const { descriptor, labels, value } = series;
  return { metric: descriptor.name, labels, value: isUnknown(series) ? null : value };
}

/** Values that are nearly the same: their number and their sum are exact. */
interface Group {
  sum: number;
  times: number;
  least: number;
  most: number;
}

/**
 * Digits in which the values of one group agree: below 0.5 % apart. So a worker that cannot send holds at most 900 groups
 * for each power of ten of a histogram, however long that lasts.
 */
const DIGITS = 3;

function addTo(groups: Map<string, Group>, series: Series, value: number, times: number): void {
  const key =
    series.kind === "histogram" ? `${bucketOf(series.edges, value)} ${value.toPrecision(DIGITS)}` : "";
  const group = groups.get(key);
  if (!group) {
    groups.set(key, { sum: value * times, times, least: value, most: value });
    return;
  }
  group.sum += value * times;
  group.times += times;
  group.least = Math.min(group.least, value);
  group.most = Math.max(group.most, value);
}

function bucketOf(edges: Float64Array, value: number): number {
  const bucket = edges.findIndex((edge) => value <= edge);
  return bucket < 0 ? edges.length : bucket;
}

/** The mean of the group, as often as it counted. Rounding must not take it across an edge of a bucket. */
function countedOf({ sum, times, least, most }: Group): CountedValue {
  return [Math.min(Math.max(sum / times, least), most), times];
}
