import type { Labels, MetricDescriptor } from "../metrics/descriptor.ts";
import type { Sample } from "../metrics/sample.ts";
import type { Series } from "../metrics/seriesStore.ts";
import { addToSketch, mergeSketch, type QuantileSketch, quantileOf } from "./quantileSketch.ts";
import { createSecondRing, type SecondRing } from "./secondRing.ts";

/** Seconds that are kept: the longest window that the live page offers. */
export const WINDOW_SECONDS = 900;

/** Series with a window at most: 7 kB each. Past it a series has its total and no window. */
const MAX_SERIES = 2_000;

interface SeriesWindow {
  readonly labels: Labels;
  /** What a counter went up by, or how often a histogram observed. */
  readonly counts: SecondRing;
  /** Histograms only: one sketch for each second that has observations. */
  readonly sketches: Map<number, QuantileSketch>;
}

/** What happened in the last 15 minutes, second by second, for each series that had a sample. */
export interface Windows {
  add(second: number, descriptor: MetricDescriptor, series: Series, sample: Sample): void;
  /** What a family counted in the `seconds` seconds up to `second`; money in minor units. */
  count(metric: string, second: number, seconds: number, labels?: Labels): number;
  /** The quantile `q` of what a histogram observed, or null where it observed nothing. */
  quantile(metric: string, q: number, second: number, seconds: number): number | null;
}

export function createWindows(): Windows {
  const families = new Map<string, Map<Series, SeriesWindow>>();
  let size = 0;

  const windowOf = (metric: string, series: Series): SeriesWindow | undefined => {
    const family = families.get(metric) ?? new Map<Series, SeriesWindow>();
    families.set(metric, family);
    const found = family.get(series);
    if (found || size >= MAX_SERIES) return found;
    const created = { labels: series.labels, counts: createSecondRing(WINDOW_SECONDS), sketches: new Map() };
    family.set(series, created);
    size += 1;
    return created;
  };

  const of = (metric: string): SeriesWindow[] => [...(families.get(metric)?.values() ?? [])];

  return {
    add: (second, descriptor, series, { value, times = 1 }) => {
      if (descriptor.type === "gauge") return;
      const window = windowOf(descriptor.name, series);
      if (!window) return;
      window.counts.add(second, descriptor.type === "histogram" ? times : value * times);
      if (descriptor.type === "histogram") observe(window.sketches, second, value, times);
    },
    count: (metric, second, seconds, labels = {}) =>
      of(metric)
        .filter((window) => hasLabels(window, labels))
        .reduce((sum, window) => sum + window.counts.sum(second, seconds), 0),
    quantile: (metric, q, second, seconds) => {
      const merged: QuantileSketch = new Map();
      for (const { sketches } of of(metric)) {
        for (const [at, sketch] of sketches) {
          if (at <= second && at > second - seconds) mergeSketch(merged, sketch);
        }
      }
      return quantileOf(merged, q);
    },
  };
}

function hasLabels(window: SeriesWindow, labels: Labels): boolean {
  return Object.entries(labels).every(([name, value]) => window.labels[name] === value);
}

function observe(sketches: Map<number, QuantileSketch>, second: number, value: number, times: number): void {
  const sketch = sketches.get(second);
  if (sketch) return addToSketch(sketch, value, times);
  const created: QuantileSketch = new Map();
  addToSketch(created, value, times);
  sketches.set(second, created);
  // Insertion order is time order, so the seconds that no window reaches any more stand first.
  for (const old of sketches.keys()) {
    if (old > second - WINDOW_SECONDS) break;
    sketches.delete(old);
  }
}
