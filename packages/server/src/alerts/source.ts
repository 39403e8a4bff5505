import type { Labels } from "../metrics/descriptor.ts";
import type { Recorder } from "../metrics/recorder.ts";
import { exposedValue, isHistogram, type Series } from "../metrics/seriesStore.ts";
import type { Selector } from "./selector.ts";

/** A series that alerts read. */
export interface SourceSeries {
  readonly labels: Labels;
  /** True for a counter that began at 0 while it was watched: its first value was counted here. */
  readonly isNew: boolean;
  /**
   * Returns a function for the value at this moment: of a counter or a gauge, in the unit of the metric; the observations of a
   * histogram, all or those up to a bucket edge. NaN: it has no value now.
   */
  reader(edge?: number): () => number;
}

/** Called for each series of a metric. */
interface SeriesWatcher {
  add(series: SourceSeries): void;
  /** Its value is not read again. */
  remove(series: SourceSeries): void;
}

/** The series that alerts read. */
export interface AlertSource {
  /** Calls the watcher for each series of a metric, those of now and those to come. */
  watch(metric: string, watcher: SeriesWatcher): void;
  /**
   * Calls `add` for each group of a selector, with the sum of its series. A source that knows no series, but sums of them, has
   * this instead. Default: series are watched.
   */
  readonly groups?: (selector: Selector, add: (group: string, sum: SourceSeries) => void) => void;
  /**
   * 1 while the metrics can be read, 0 while they cannot, NaN if neither is known, as the metric `up` of Prometheus.
   * Default: 1 always.
   */
  readonly up?: () => number;
}

/** Reads the series that a recorder counts. They keep their cost: a sample is not seen here. */
export function createRecorderSource(
  recorder: Pick<Recorder, "families" | "onCount" | "onEnd">,
): AlertSource {
  const watched = new Map<string, { series: Map<Series, SourceSeries>; watchers: SeriesWatcher[] }>();
  // The recorder calls a sink for each new series, before its first sample.
  recorder.onCount((series) => {
    const found = watched.get(series.descriptor.name);
    if (found && !found.series.has(series)) {
      const added = readable(series, true);
      found.series.set(series, added);
      for (const watcher of found.watchers) watcher.add(added);
    }
    return undefined;
  });
  recorder.onEnd((ended) => {
    const found = watched.get(ended.descriptor.name);
    const removed = found?.series.get(ended);
    if (!found || !removed) return;
    found.series.delete(ended);
    for (const watcher of found.watchers) watcher.remove(removed);
  });
  return {
    watch: (metric, watcher) => {
      const family = recorder.families.find(({ descriptor }) => descriptor.name === metric);
      const found = watched.get(metric) ?? {
        series: new Map([...(family?.series ?? [])].map((series) => [series, readable(series, false)])),
        watchers: [],
      };
      watched.set(metric, found);
      found.watchers.push(watcher);
      for (const series of found.series.values()) watcher.add(series);
    },
  };
}

function readable(series: Series, isNew: boolean): SourceSeries {
  return { labels: series.labels, isNew, reader: (edge) => readerOf(series, edge) };
}

function readerOf(series: Series, edge: number | undefined): () => number {
  if (!isHistogram(series)) return () => exposedValue(series);
  if (edge === undefined) return () => series.count;
  const buckets = series.edges.indexOf(edge) + 1;
  return () => {
    let sum = 0;
    for (let bucket = 0; bucket < buckets; bucket += 1) sum += series.counts[bucket]!;
    return sum;
  };
}
