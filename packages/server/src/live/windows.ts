import type { Labels } from "../metrics/descriptor.ts";
import { isHistogram, type Series } from "../metrics/seriesStore.ts";
import { addToSketch, createSketch, mergeSketch, type QuantileSketch, quantileOf } from "./quantileSketch.ts";
import { createSecondRing } from "./secondRing.ts";

/** Seconds that are kept: the longest window that the live page offers. */
export const WINDOW_SECONDS = 900;

/** The data that a figure reads: the sum over a family, or over its series with these labels. */
interface WindowSource {
  readonly metric: string;
  readonly labels?: Labels;
}

/** The last 15 minutes of a counter, second by second. */
export interface CountWindow {
  /**
   * Returns the count of the `seconds` seconds up to `second`; money in minor units. For a second that has not ended,
   * `elapsed` is the fraction that has passed, 0 to 1. The window then begins that much later, within its first second;
   * otherwise a rate would be too low at the start of each second. Default 1.
   */
  count(second: number, seconds: number, elapsed?: number): number;
}

/** The last 15 minutes of a histogram, second by second. */
interface QuantileWindow {
  /** Returns the quantile `q` of the observations in the `seconds` seconds up to `second`, or null without any. */
  quantile(q: number, second: number, seconds: number): number | null;
}

/** The last 15 minutes of the metrics that figures read. Memory does not grow with the number of series. */
export interface Windows {
  /** Opens the window of a counter. It counts samples from now on. */
  counts(source: WindowSource): CountWindow;
  /** Opens the window of a histogram: about 2.4 MB when every second has observations. */
  quantiles(source: WindowSource): QuantileWindow;
  /** Returns a function that adds a sample of a series to every open window that reads it; undefined if none does. */
  adderOf(series: Series): AddToWindow | undefined;
}

type AddToWindow = (second: number, value: number, times: number, series: Series) => void;

export function createWindows(): Windows {
  const byMetric = new Map<string, { labels: Labels; add: AddToWindow }[]>();

  const open = ({ metric, labels = {} }: WindowSource, add: AddToWindow): void => {
    byMetric.set(metric, [...(byMetric.get(metric) ?? []), { labels, add }]);
  };

  return {
    counts: (source) => {
      const ring = createSecondRing(WINDOW_SECONDS);
      // For a histogram, the number of observations counts, not their sum.
      open(source, (second, value, times, series) =>
        ring.add(second, isHistogram(series) ? times : value * times),
      );
      return {
        count: (second, seconds, elapsed = 1) =>
          ring.sum(second, seconds) + (elapsed < 1 ? (1 - elapsed) * ring.sum(second - seconds, 1) : 0),
      };
    },
    quantiles: (source) => {
      const sketches = new Map<number, QuantileSketch>();
      open(source, (second, value, times) => addToSketch(sketchOf(sketches, second), value, times));
      return { quantile: (q, second, seconds) => quantileOf(mergeSeconds(sketches, second, seconds), q) };
    },
    adderOf: ({ descriptor, labels }) => {
      const windows = byMetric.get(descriptor.name) ?? [];
      const [first, ...others] = windows.filter((window) => hasLabels(labels, window.labels));
      if (!first || others.length === 0) return first?.add;
      return (...sample) => {
        first.add(...sample);
        for (const other of others) other.add(...sample);
      };
    },
  };
}

/** Returns true for labels that have every wanted value. */
export function hasLabels(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function sketchOf(sketches: Map<number, QuantileSketch>, second: number): QuantileSketch {
  const found = sketches.get(second);
  if (found) return found;
  const created = createSketch();
  sketches.set(second, created);
  // Insertion order is time order, so expired seconds come first.
  for (const old of sketches.keys()) {
    if (old > second - WINDOW_SECONDS && sketches.size <= WINDOW_SECONDS) break;
    sketches.delete(old);
  }
  return created;
}

function mergeSeconds(
  sketches: ReadonlyMap<number, QuantileSketch>,
  second: number,
  seconds: number,
): QuantileSketch {
  const merged = createSketch();
  for (let at = second - seconds + 1; at <= second; at += 1) {
    const sketch = sketches.get(at);
    if (sketch) mergeSketch(merged, sketch);
  }
  return merged;
}
