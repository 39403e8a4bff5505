import type { CountListener, Series } from "../metrics/seriesStore.ts";
import { addToSketch, createSketch, mergeSketch, type RangeSketch, quantileOf } from "./rangeSketch.ts";
import { HISTORY_SECONDS } from "./seriesHistory.ts";

/** The window of a histogram. */
export interface DistributionOptions {
  readonly metric: string;
  /** Seconds. The window moves in steps of this length. */
  readonly sliceSeconds: number;
  /** Steps of the window, with the one that has just begun. */
  readonly slices: number;
  /** Values up to `good` are good, those above `poor` are poor. */
  readonly limits?: { readonly good: number; readonly poor: number };
}

/** Observations of a window. */
export interface Distribution {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** Observations that are good, and that are poor, with `limits` only. */
  good: number;
  poor: number;
  sketch: RangeSketch;
}

/** Series whose observations are kept: 2,000 of 13 slices with 646 values of 4 bytes are 67 MB at the very most. */
const MAX_SERIES = 2_000;

/** The observations of histograms in the last minutes. */
export interface Distributions {
  /** Returns the listener for a series, as `Recorder.onCount` needs it. */
  listenerOf(series: Series): CountListener | undefined;
  /** Returns the observations of all these series in the window that ends at a time: milliseconds since 1970. */
  windowOf(series: readonly Series[], at: number): Distribution;
  /** Equal for two moments with the same window of one family; undefined without a series. */
  windowKey(series: readonly Series[], at: number): string | undefined;
  /** A series has ended. */
  forget(series: Series): void;
}

/** @param now The clock: milliseconds since 1970. */
export function createDistributions(
  options: readonly DistributionOptions[],
  now: () => number,
): Distributions {
  const byMetric = new Map(options.map((option) => [option.metric, option]));
  const kept = new Map<Series, Map<number, Distribution>>();

  return {
    listenerOf: (series) => {
      const option = byMetric.get(series.descriptor.name);
      if (!option) return undefined;
      // The recorder asks again when it gets another sink.
      const slices = kept.get(series) ?? new Map<number, Distribution>();
      if (kept.size >= MAX_SERIES && !kept.has(series)) return undefined;
      kept.set(series, slices);
      return createListener(slices, option, now);
    },
    windowOf: (series, at) => {
      const all = createDistribution();
      for (const each of series) {
        const option = byMetric.get(each.descriptor.name);
        if (!option) continue;
        const last = sliceIndex(option, at);
        for (const [index, slice] of kept.get(each) ?? [])
          if (index <= last && index > last - option.slices) merge(all, slice);
      }
      return all;
    },
    windowKey: ([first], at) => {
      const option = first && byMetric.get(first.descriptor.name);
      return option && `${option.metric} ${sliceIndex(option, at)}`;
    },
    forget: (series) => {
      kept.delete(series);
    },
  };
}

/** Returns the listener that adds observations to the current slice. */
function createListener(
  slices: Map<number, Distribution>,
  option: DistributionOptions,
  now: () => number,
): CountListener {
  let current: Distribution | undefined;
  let endsAt = 0;
  return (_series, value, times) => {
    const at = now();
    if (!current || at >= endsAt) {
      current = sliceAt(slices, option, at);
      endsAt = (sliceIndex(option, at) + 1) * option.sliceSeconds * 1000;
    }
    add(current, option, value, times);
  };
}

/** Returns the value below which the share `q` (0–1) of the observations lies, within 2 %; 0 without any. */
export function quantile({ sketch, count, min, max }: Distribution, q: number): number {
  return count === 0 ? 0 : Math.min(max, Math.max(min, quantileOf(sketch, q)));
}

function createDistribution(): Distribution {
  return {
    count: 0,
    sum: 0,
    min: Number.POSITIVE_INFINITY,
    max: 0,
    good: 0,
    poor: 0,
    sketch: createSketch(),
  };
}

function sliceIndex({ sliceSeconds }: DistributionOptions, at: number): number {
  return Math.floor(at / 1000 / sliceSeconds);
}

function sliceAt(slices: Map<number, Distribution>, option: DistributionOptions, at: number): Distribution {
  const { sliceSeconds, slices: inWindow } = option;
  const index = sliceIndex(option, at);
  const found = slices.get(index);
  if (found) return found;
  const made = createDistribution();
  slices.set(index, made);
  // Those of the oldest point of the history are still needed.
  const oldest = index - inWindow - Math.ceil(HISTORY_SECONDS / sliceSeconds);
  for (const old of slices.keys()) if (old < oldest) slices.delete(old);
  return made;
}

function add(slice: Distribution, { limits }: DistributionOptions, value: number, times: number): void {
  slice.count += times;
  slice.sum += value * times;
  if (value < slice.min) slice.min = value;
  if (value > slice.max) slice.max = value;
  addToSketch(slice.sketch, value, times);
  if (!limits) return;
  if (value <= limits.good) slice.good += times;
  else if (value > limits.poor) slice.poor += times;
}

function merge(into: Distribution, from: Distribution): void {
  into.count += from.count;
  into.sum += from.sum;
  into.min = Math.min(into.min, from.min);
  into.max = Math.max(into.max, from.max);
  into.good += from.good;
  into.poor += from.poor;
  mergeSketch(into.sketch, from.sketch);
}
