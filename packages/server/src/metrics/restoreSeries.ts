import { isKept, type Labels, type MetricDescriptor } from "./descriptor.ts";
import type { StoredFamily } from "./family.ts";
import { type HistogramSeries, isHistogram, type Series } from "./seriesStore.ts";

/**
 * Adds the values that a journal kept before this start to the series, as if they had been counted before any scrape.
 * Never throws.
 *
 * Returns the saved series that do not fit the catalog, by name, labels, label values, type or buckets. The journal
 * keeps them unchanged, so that a corrected catalog finds them again.
 */
export function restoreSeries(
  saved: Iterable<SavedSeries>,
  familyOf: (metric: string) => StoredFamily | undefined,
): SavedSeries[] {
  const leftOut: SavedSeries[] = [];
  for (const kept of saved) {
    const family = familyOf(kept.metric);
    // Older versions kept some of the collector's counters of its work.
    if (family?.descriptor.side === "collector" && !isKept(family.descriptor)) continue;
    const series = family && fits(kept, family.descriptor) ? family.knownSeries(kept.labels) : undefined;
    if (series) addSaved(series, kept);
    else leftOut.push(kept);
  }
  return leftOut;
}

/** True if the saved value has the type and the buckets of the metric. */
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

/** A series as a journal kept it, with the values from before this start. Gauges are states and are not kept. */
export interface SavedSeries {
  readonly metric: string;
  readonly labels: Labels;
  /** Upper bucket edges of a histogram when it was saved. */
  readonly buckets?: readonly number[];
  /** The value of a counter, except of money. */
  readonly value?: number;
  /** The value of a counter of money. */
  readonly minorUnits?: bigint;
  /** Observations per bucket of a histogram, not cumulative; the last bucket is above every edge. */
  readonly counts?: readonly number[];
  readonly sum?: number;
}
