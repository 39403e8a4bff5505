import type { LiveTotal } from "@rumkit/protocol";
import type { SavedSeries } from "../journal/journal.ts";
import type { MetricDescriptor } from "./descriptor.ts";
import { restoreSeries } from "./restoreSeries.ts";
import type { RecordSample, Sample } from "./sample.ts";
import {
  addIncrement,
  checkSample,
  createFamily,
  exposedValue,
  type Family,
  type Increment,
  isHistogram,
  type Series,
} from "./seriesStore.ts";
import { steadyNow } from "./steadyNow.ts";

/** Called after each increment that was counted. */
type CountListener = (increment: Increment) => void;

/** The one place where anything is counted, and what was counted so far. */
export interface Recorder {
  readonly families: readonly Family[];
  /** Counts one sample at once: for what needs no journal. Throws as `resolve` does. */
  readonly record: RecordSample;
  /**
   * Finds the series of a sample without counting it. Throws a TypeError for a family that is not described
   * and for a value that cannot be counted: defects of ours.
   */
  resolve(sample: Sample): Increment;
  /** Counts what was resolved. Never throws, so that of what the journal keeps everything is counted. */
  count(increment: Increment): void;
  /** Adds what a journal kept before this start, told to no sink. Returns what no series of ours can take. */
  restore(saved: Iterable<SavedSeries>): SavedSeries[];
  /** Adds a sink. */
  onCount(listener: CountListener): void;
  /** The value of a gauge without labels, 0 before its first sample. */
  gauge(metric: string): number;
  /** What a scrape says of a series at this moment. */
  totalOf(series: Series): LiveTotal;
  /** Every series that is not 0. */
  totals(): LiveTotal[];
}

/** `now` is the clock by which series are born: the one of scrapes. */
export function createRecorder(
  descriptors: readonly MetricDescriptor[],
  now: () => number = steadyNow,
): Recorder {
  const families = new Map(descriptors.map((descriptor) => [descriptor.name, createFamily(descriptor)]));
  const listeners: CountListener[] = [];

  const resolve = (sample: Sample): Increment => {
    const family = families.get(sample.metric);
    if (!family) throw new TypeError(`[rumkit] No metric is called "${sample.metric}". Describe it first.`);
    checkSample(sample, family.descriptor);
    const { labels, value, times = 1, exemplar } = sample;
    return { series: family.seriesOf(labels, now()), value, times, exemplar };
  };
  const count = (increment: Increment): void => {
    addIncrement(increment);
    for (const listener of listeners) listener(increment);
  };

  return {
    families: [...families.values()],
    record: (sample) => count(resolve(sample)),
    resolve,
    count,
    restore: (saved) => restoreSeries(saved, (metric) => families.get(metric)),
    onCount: (listener) => {
      listeners.push(listener);
    },
    gauge: (metric) => {
      const [series] = families.get(metric)?.series.values() ?? [];
      return series && !isHistogram(series) ? series.value : 0;
    },
    totalOf,
    totals: () =>
      [...families.values()].flatMap((family) =>
        [...family.series.values()].map(totalOf).filter((total) => total.value !== 0),
      ),
  };
}

function totalOf(series: Series): LiveTotal {
  const { name: metric } = series.descriptor;
  const labels = { ...series.labels };
  return isHistogram(series)
    ? { metric, labels, value: series.count, sum: series.sum }
    : { metric, labels, value: exposedValue(series) };
}
