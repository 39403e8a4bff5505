import type { LiveTotal } from "@rumkit/protocol";
import type { MetricDescriptor } from "./descriptor.ts";
import type { RecordSample, Sample } from "./sample.ts";
import { createFamily, exposedValue, type Family, isHistogram, type Series } from "./seriesStore.ts";

/** Called after each sample, with the series that took it. */
type RecordListener = (family: Family, series: Series, sample: Sample) => void;

/** The one place where anything is counted, and what was counted so far. */
export interface Recorder {
  readonly families: readonly Family[];
  /** Counts one sample. Throws a TypeError for a family that is not described: a defect of ours. */
  readonly record: RecordSample;
  /** Adds a sink. */
  onRecord(listener: RecordListener): void;
  /** The value of a gauge without labels, 0 before its first sample. */
  gauge(metric: string): number;
  /** What a scrape says of a series at this moment. */
  totalOf(family: Family, series: Series): LiveTotal;
  /** Every series that is not 0. */
  totals(): LiveTotal[];
}

export function createRecorder(descriptors: readonly MetricDescriptor[]): Recorder {
  const families = new Map(descriptors.map((descriptor) => [descriptor.name, createFamily(descriptor)]));
  const listeners: RecordListener[] = [];

  return {
    families: [...families.values()],
    record: (sample) => {
      const family = families.get(sample.metric);
      if (!family) throw new TypeError(`[rumkit] No metric is called "${sample.metric}". Describe it first.`);
      const series = family.record(sample);
      for (const listener of listeners) listener(family, series, sample);
    },
    onRecord: (listener) => {
      listeners.push(listener);
    },
    gauge: (metric) => {
      const [series] = families.get(metric)?.series.values() ?? [];
      return series && !isHistogram(series) ? series.value : 0;
    },
    totalOf,
    totals: () =>
      [...families.values()].flatMap((family) =>
        [...family.series.values()]
          .map((series) => totalOf(family, series))
          .filter((total) => total.value !== 0),
      ),
  };
}

function totalOf(family: Family, series: Series): LiveTotal {
  const { name: metric } = family.descriptor;
  const labels = { ...series.labels };
  return isHistogram(series)
    ? { metric, labels, value: series.count, sum: series.sum }
    : { metric, labels, value: exposedValue(series, family.descriptor) };
}
