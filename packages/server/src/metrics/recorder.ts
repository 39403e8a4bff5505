import type { LiveTotal } from "@rumkit/protocol";
import type { Labels, MetricDescriptor } from "./descriptor.ts";
import { ENDED_VALUE, summedValues } from "./endedValues.ts";
import { createFamily, type StoredFamily } from "./family.ts";
import { restoreSeries, type SavedSeries } from "./restoreSeries.ts";
import type { Exemplar, RecordSample, Sample } from "./sample.ts";
import { createSeriesTally, type SeriesBudget, type SeriesTally } from "./seriesBudget.ts";
import {
  addTo,
  checkSample,
  type CountListener,
  ENDED,
  exposedValue,
  type Increment,
  isHistogram,
  isUnknown,
  type Series,
} from "./seriesStore.ts";
import { steadyNow } from "../base/steadyNow.ts";
import { createSweep } from "./sweepSeries.ts";

/** One series, found once: for what counts the same labels again and again. */
interface Child {
  /** Counts at once, as `record` does for a sample of these labels. Throws a TypeError as `resolve` does. */
  add(value: number, times?: number, exemplar?: Exemplar): void;
}

/** Told of every sample that was counted in a trace. */
type ExemplarListener = (series: Series, value: number, exemplar: Exemplar) => void;

/**
 * Told of a series that has ended, and counts nothing more; and of the counter that has now what it had counted, of a
 * histogram the number of its observations. None for a gauge, or where no metric is described for it.
 */
type EndListener = (ended: Series, counter: Series | undefined) => void;

/** The one place where anything is counted, and what was counted so far. */
export interface Recorder {
  readonly families: readonly StoredFamily[];
  /** What the budgets have room for, and how much of it is used. */
  readonly tally: SeriesTally;
  /** Counts one sample at once: for what needs no journal. Throws as `resolve` does. */
  readonly record: RecordSample;
  /**
   * Finds the series of a sample without counting it. Throws a TypeError for a family that is not described
   * and for a value that cannot be counted: defects of ours.
   */
  resolve(sample: Sample): Increment;
  /** Counts what was resolved. Never throws, so that of what the journal keeps everything is counted. */
  count(increment: Increment): void;
  /** Finds a series to keep. Throws a TypeError for a family that is not described. */
  child(metric: string, labels: Labels): Child;
  /** Adds what a journal kept before this start, told to no sink. Returns what no series of ours can take. */
  restore(saved: Iterable<SavedSeries>): SavedSeries[];
  /**
   * Adds a sink. Asked once for each series, so that what a sink does not want costs nothing: undefined for a series
   * whose samples it does not want.
   */
  onCount(listenerOf: (series: Series) => CountListener | undefined): void;
  /** Apart from `onCount`, because most samples have no trace: what nobody has costs one comparison. */
  onExemplar(listener: ExemplarListener): void;
  /** Called with each series that has ended. */
  onEnd(listener: EndListener): void;
  /**
   * Ends the series of pages that have a value of a label whose values are learned, but for money, which is kept.
   */
  endValue(label: string, value: string): void;
  /** Ends series that were idle for too long, a few at a time. To be called once a second. */
  sweep(): void;
  /** The value of a gauge without labels, 0 before its first sample. */
  gauge(metric: string): number;
  /** What a scrape says of a series at this moment. */
  totalOf(series: Series): LiveTotal;
  /** Every series that is not 0. */
  totals(): LiveTotal[];
}

/** `now` is the clock by which series are born and end: the one of scrapes. */
export function createRecorder(
  descriptors: readonly MetricDescriptor[],
  now: () => number = steadyNow,
  budget: SeriesBudget = {},
): Recorder {
  const tally = createSeriesTally(budget);
  const sinks: Sink[] = [];
  const exemplarListeners: ExemplarListener[] = [];
  const endListeners: EndListener[] = [];
  const startedAt = now();
  /** Seconds since the start, as of the last sweep: to read the clock for each sample would take longer than it. */
  let second = 0;

  const onMade = (series: Series): void => {
    series.usedAt = second;
    series.listen = listenerOf(series, sinks);
  };
  const families = new Map(
    descriptors.map((descriptor) => [descriptor.name, createFamily(descriptor, { now, tally, onMade })]),
  );
  const all = [...families.values()];
  const familyOf = (metric: string): StoredFamily => {
    const family = families.get(metric);
    if (!family) throw new TypeError(`[rumkit] No metric is called "${metric}". Describe it first.`);
    return family;
  };
  const countIn = (series: Series, value: number, times: number, exemplar: Exemplar | undefined): void => {
    series.usedAt = second;
    addTo(series, value, times);
    series.listen(series, value, times);
    if (exemplar === undefined) return;
    for (const listener of exemplarListeners) listener(series, value, exemplar);
  };
  const end = (family: StoredFamily, ended: Series): void => {
    const counters = summedValues(ended).map(([metric, value]) => {
      const counter = families.get(ENDED_VALUE)?.knownSeries({ metric });
      if (counter) countIn(counter, value, 1, undefined);
      return counter;
    });
    family.end(ended);
    for (const listener of endListeners) listener(ended, counters[0]);
  };
  const sweep = createSweep(all, tally, end);
  /** The series that counts what one that may have ended was found for. */
  const current = (series: Series): Series =>
    series.usedAt === ENDED ? familyOf(series.descriptor.name).seriesOf(series.labels) : series;

  return {
    families: all,
    tally,
    record: (sample) => {
      const { metric, labels, value, times = 1, exemplar } = sample;
      const family = families.get(metric) ?? familyOf(metric);
      if (!isCountable(value)) checkSample(sample, family.descriptor);
      countIn(family.seriesOf(labels), value, times, exemplar);
    },
    resolve: (sample) => {
      const family = familyOf(sample.metric);
      checkSample(sample, family.descriptor);
      const series = family.seriesOf(sample.labels);
      // While a journal keeps it, it does not end.
      series.usedAt = second;
      return { series, value: sample.value, times: sample.times ?? 1, exemplar: sample.exemplar };
    },
    count: ({ series, value, times, exemplar }) => countIn(current(series), value, times, exemplar),
    child: (metric, labels) => {
      const family = familyOf(metric);
      let series = family.seriesOf(labels);
      return {
        add: (value, times = 1, exemplar) => {
          if (!isCountable(value)) checkSample({ value }, family.descriptor);
          if (series.usedAt === ENDED) series = current(series);
          countIn(series, value, times, exemplar);
        },
      };
    },
    restore: (saved) => restoreSeries(saved, (metric) => families.get(metric)),
    onCount: (sink) => {
      sinks.push(sink);
      for (const { series } of all) for (const each of series) each.listen = listenerOf(each, sinks);
    },
    onExemplar: (listener) => {
      exemplarListeners.push(listener);
    },
    onEnd: (listener) => {
      endListeners.push(listener);
    },
    endValue: (label, value) => {
      for (const family of all) {
        const { side, maxValues = {} } = family.descriptor;
        if (side !== "page" || maxValues[label] === undefined) continue;
        for (const series of family.series)
          if (series.labels[label] === value && family.mayEnd(series)) end(family, series);
      }
    },
    sweep: () => {
      second = Math.floor((now() - startedAt) / 1000);
      sweep(second);
    },
    gauge: (metric) => {
      const [series] = families.get(metric)?.series ?? [];
      return series && !isHistogram(series) ? series.value : 0;
    },
    totalOf,
    totals: () => all.flatMap((family) => [...family.series].map(totalOf).filter(({ value }) => value !== 0)),
  };
}

/** True for what every metric can count: the rest is looked at closely. */
function isCountable(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}

type Sink = (series: Series) => CountListener | undefined;

function listenerOf(series: Series, sinks: readonly Sink[]): CountListener {
  const [first, ...others] = sinks.flatMap((sink) => sink(series) ?? []);
  if (!first) return () => {};
  if (others.length === 0) return first;
  return (...counted) => {
    first(...counted);
    for (const other of others) other(...counted);
  };
}

function totalOf(series: Series): LiveTotal {
  const { name: metric } = series.descriptor;
  const labels = { ...series.labels };
  return isHistogram(series)
    ? { metric, labels, value: series.count, sum: series.sum }
    : // To a viewer, 0 is what is not there.
      { metric, labels, value: isUnknown(series) ? 0 : exposedValue(series) };
}
