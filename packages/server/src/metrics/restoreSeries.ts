import type { SavedSeries } from "../journal/journal.ts";
import type { Labels } from "./descriptor.ts";
import { createSeries, type Family, type HistogramSeries, isHistogram, type Series } from "./seriesStore.ts";

/**
 * Adds what a journal kept before this start to the series that count on, as if it had happened before any
 * scrape. Never throws.
 *
 * What was left out: families that are not described any more, or not with these labels, this type or these
 * buckets. The journal keeps it, so that a catalogue that is put right finds it again. And what was folded,
 * because a budget had no room for a series of its own: from which, into which.
 */
export function restoreSeries(
  saved: Iterable<SavedSeries>,
  familyOf: (metric: string) => Family | undefined,
): { readonly leftOut: SavedSeries[]; readonly folded: [from: Series, into: Series][] } {
  const leftOut: SavedSeries[] = [];
  const folded: [Series, Series][] = [];
  for (const kept of saved) {
    const family = familyOf(kept.metric);
    // Older versions kept a part of what the collector counts of its own work.
    if (family?.descriptor.side === "collector") continue;
    if (family && fits(kept, family)) {
      const series = family.seriesOf(kept.labels, Number.NEGATIVE_INFINITY);
      addSaved(series, kept);
      if (!hasLabels(series, kept.labels)) {
        folded.push([createSeries(family.descriptor, kept.labels, Number.NEGATIVE_INFINITY), series]);
      }
    } else {
      leftOut.push(kept);
    }
  }
  return { leftOut, folded };
}

function hasLabels({ descriptor, labels }: Series, wanted: Labels): boolean {
  return descriptor.labels.every((name) => labels[name] === wanted[name]);
}

/** A label that is missing fits: the catalogue gained it, and what was counted without it still counts. */
function fits({ labels, buckets, value, minorUnits, counts, sum }: SavedSeries, family: Family): boolean {
  const { descriptor } = family;
  if (!Object.keys(labels).every((name) => descriptor.labels.includes(name))) return false;
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
