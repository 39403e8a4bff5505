import { isKept, type Labels, type MetricDescriptor } from "./descriptor.ts";
import type { StoredFamily } from "./family.ts";
import { type HistogramSeries, isHistogram, type Series } from "./seriesStore.ts";

/**
 * Adds what a journal kept before this start to the series that count on, as if it had happened before any
 * scrape. Never throws.
 *
 * Returns what was left out: what this catalog does not describe, or not with these labels and their values, this
 * type or these buckets. The journal keeps it as it is, so that a catalog that is put right finds it again.
 */
export function restoreSeries(
  saved: Iterable<SavedSeries>,
  familyOf: (metric: string) => StoredFamily | undefined,
): SavedSeries[] {
  const leftOut: SavedSeries[] = [];
  for (const kept of saved) {
    const family = familyOf(kept.metric);
    // Older versions kept a part of what the collector counts of its own work.
    if (family?.descriptor.side === "collector" && !isKept(family.descriptor)) continue;
    const series = family && fits(kept, family.descriptor) ? family.knownSeries(kept.labels) : undefined;
    if (series) addSaved(series, kept);
    else leftOut.push(kept);
  }
  return leftOut;
}

/** True for a total of the metric's type. */
function fits(
  { buckets, value, minorUnits, counts, sum }: SavedSeries,
  descriptor: MetricDescriptor,
): boolean {
  if (descriptor.type === "histogram") {
    return (
      isSame(descriptor.buckets, buckets) &&
      counts?.length === (buckets?.length ?? 0) + 1 &&
      sum !== undefined
    );
  }
  if (descriptor.type === "gauge") return false;
  return descriptor.unit === "currency" ? minorUnits !== undefined : value !== undefined;
}

function isSame(edges: readonly number[] = [], others: readonly number[] = []): boolean {
  return edges.length === others.length && edges.every((edge, index) => edge === others[index]);
}

function addSaved(series: Series, { value = 0, minorUnits = 0n, counts = [], sum = 0 }: SavedSeries): void {
  series.isRestored = true;
  if (isHistogram(series)) {
    addObservations(series, counts, sum);
  } else {
    series.value += value;
    series.minorUnits += minorUnits;
  }
}

function addObservations(series: HistogramSeries, counts: readonly number[], sum: number): void {
  for (const [bucket, times] of counts.entries()) {
    series.counts[bucket] = (series.counts[bucket] ?? 0) + times;
    series.count += times;
  }
  series.sum += sum;
}

/** A series as a journal kept it: what was counted before this start. Gauges are states, and not kept. */
export interface SavedSeries {
  readonly metric: string;
  readonly labels: Labels;
  /** Upper bucket edges of a histogram, as they were. */
  readonly buckets?: readonly number[];
  /** Of a counter that is no money. */
  readonly value?: number;
  /** Of a counter of money. */
  readonly minorUnits?: bigint;
  /** Of a histogram: observations in each bucket alone, the last one above every edge. */
  readonly counts?: readonly number[];
  readonly sum?: number;
}
