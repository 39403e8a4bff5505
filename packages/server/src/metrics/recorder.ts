import type { LiveTotal } from "@rumkit/protocol";
import { steadyNow } from "../base/steadyNow.ts";
import { createAliasFamilies, type ExposedFamily } from "./aliasFamilies.ts";
import { type Counting, createCounting, type ExemplarListener } from "./counting.ts";
import { ENDED_VALUE, summedValues } from "./describeSeriesMetrics.ts";
import type { Labels, MetricDescriptor } from "./descriptor.ts";
import { createFamily, type StoredFamily } from "./family.ts";
import { restoreSeries, type SavedSeries } from "./restoreSeries.ts";
import type { Exemplar } from "./sample.ts";
import { createSeriesTally, type SeriesBudget, type SeriesTally } from "./seriesBudget.ts";
import { type CountListener, exposedValue, isHistogram, isUnknown, type Series } from "./seriesStore.ts";

/**
 * Called with a series that has ended and counts no more, and with the counter that took over its value; for a
 * histogram, the counter of its observations. The counter is undefined for a gauge, and if no metric is described for
 * it.
 */
type EndListener = (ended: Series, counter: Series | undefined) => void;

/** Counts every sample, and holds the counted values. Nothing is counted anywhere else. */
export interface Recorder extends Counting {
  readonly families: readonly StoredFamily[];
  /** The families, then their aliases: all that scrapes and pushes show. */
  readonly exposed: readonly ExposedFamily[];
  /** The budgets, and how much of them is used. */
  readonly tally: SeriesTally;
  /**
   * Adds the values that a journal kept before this start, without calling any sink. Returns the series that the
   * catalog does not describe.
   */
  restore(saved: Iterable<SavedSeries>): SavedSeries[];
  /**
   * Adds a sink. `listenerOf` is called once for each series, and returns undefined for a series whose samples the sink
   * does not want: they cost nothing.
   */
  onCount(listenerOf: Sink): void;
  /** Separate from `onCount`, because most samples have no trace: one without costs a comparison. */
  onExemplar(listener: ExemplarListener): void;
  /** Calls `listener` with each series that has ended. */
  onEnd(listener: EndListener): void;
  /** Ends the series of pages with this value of a label whose values are learned. Series of money never end. */
  endValue(label: string, value: string): void;
  /** Ends series that were idle for too long, a few at a time. Call it once a second. */
  sweep(): void;
  /** The value that a scrape would show for a series at this moment. */
  totalOf(series: Series): LiveTotal;
  /** Every series that is not 0. */
  totals(): LiveTotal[];
}

/** `now` is the clock by which series are born and end; scrapes use the same one. */
export function createRecorder(
  descriptors: readonly MetricDescriptor[],
  now: () => number = steadyNow,
  budget: SeriesBudget = {},
): Recorder {
  const tally = createSeriesTally(budget);
  const exemplarListeners: ExemplarListener[] = [];
  const startedAt = now();
  const families = new Map<string, StoredFamily>();
  const sinks = createSinks(families);
  const counted = { families, exemplarListeners, now, second: 0 };
  const onMade = (series: Series): void => {
    series.usedAt = counted.second;
    sinks.listen(series);
  };
  for (const each of descriptors)
    if (!each.aliasOf) families.set(each.name, createFamily(each, { now, tally, onMade }));
  const all = [...families.values()];
  const counting = createCounting(counted);
  const ending = createEnding(families, counting);
  const sweep = createSweep(all, tally, ending.end);

  return {
    families: all,
    exposed: [...all, ...createAliasFamilies(descriptors, families)],
    tally,
    ...counting,
    restore: (saved) => restoreSeries(saved, (metric) => families.get(metric)),
    onCount: sinks.add,
    onExemplar: (listener) => void exemplarListeners.push(listener),
    onEnd: ending.onEnd,
    endValue: ending.endValue,
    sweep: () => {
      counted.second = Math.floor((now() - startedAt) / 1000);
      sweep(counted.second);
    },
    ...createTotals(families),
  };
}

/** Reads the current values. */
function createTotals(families: ReadonlyMap<string, StoredFamily>): Pick<Recorder, "totalOf" | "totals"> {
  return {
    totalOf,
    totals: () =>
      [...families.values()].flatMap((family) =>
        [...family.series].map(totalOf).filter(({ value }) => value !== 0),
      ),
  };
}

interface Ending extends Pick<Recorder, "onEnd" | "endValue"> {
  end(family: StoredFamily, series: Series): void;
}

function createEnding(families: ReadonlyMap<string, StoredFamily>, { count }: Counting): Ending {
  const listeners: EndListener[] = [];
  const end = (family: StoredFamily, ended: Series): void => {
    const counters = summedValues(ended).map(([metric, value]) => {
      const series = families.get(ENDED_VALUE)?.knownSeries({ metric });
      if (series) count({ series, value, times: 1 });
      return series;
    });
    family.end(ended);
    for (const listener of listeners) listener(ended, counters[0]);
  };
  return {
    end,
    onEnd: (listener) => {
      listeners.push(listener);
    },
    endValue: (label, value) => {
      for (const family of families.values()) {
        const { side, maxValues = {} } = family.descriptor;
        if (side !== "page" || maxValues[label] === undefined) continue;
        for (const series of family.series)
          if (series.labels[label] === value && family.mayEnd(series)) end(family, series);
      }
    },
  };
}

type Sink = (series: Series) => CountListener | undefined;

/** The sinks. Each series has one listener for those that want its samples. */
function createSinks(families: ReadonlyMap<string, StoredFamily>) {
  const sinks: Sink[] = [];
  const listen = (series: Series): void => {
    series.listen = listenerOf(series, sinks);
  };
  return {
    listen,
    add: (sink: Sink): void => {
      sinks.push(sink);
      for (const { series } of families.values()) for (const each of series) listen(each);
    },
  };
}

function listenerOf(series: Series, sinks: readonly Sink[]): CountListener {
  const [first, ...others] = sinks.flatMap((sink) => sink(series) ?? []);
  if (!first) return () => {};
  if (others.length === 0) return first;
  return (counted, value, times) => {
    first(counted, value, times);
    for (const other of others) other(counted, value, times);
  };
}

function totalOf(series: Series): LiveTotal {
  const { name: metric } = series.descriptor;
  const labels = { ...series.labels };
  return isHistogram(series)
    ? { metric, labels, value: series.count, sum: series.sum }
    : // A viewer shows an unknown gauge as 0.
      { metric, labels, value: isUnknown(series) ? 0 : exposedValue(series) };
}

/** Series that one step checks: a tenth of a millisecond; all series that the budgets allow in a minute. */
const LOOKED_AT = 1_000;

/** Maximum series that one step ends: each is removed from maps, and adds a record to the journal. */
const ENDED_AT_ONCE = 100;

/**
 * Ends series that were idle for too long, a few in each step, so that no step takes long. The argument of a step is
 * the time in seconds since the recorder began, the unit of `usedAt`.
 */
function createSweep(
  families: readonly StoredFamily[],
  tally: SeriesTally,
  end: (family: StoredFamily, series: Series) => void,
): (second: number) => void {
  let places = walk(families);

  const isIdle = (family: StoredFamily, series: Series, second: number): boolean =>
    (second - series.usedAt) * 1000 > tally.idleMsOf(family.descriptor) && family.mayEnd(series);

  return (second) => {
    let ended = 0;
    for (let looked = 0; looked < LOOKED_AT && ended < ENDED_AT_ONCE; looked += 1) {
      const place = places.next();
      if (place.done) {
        places = walk(families);
        return;
      }
      const [family, series] = place.value;
      if (!isIdle(family, series, second)) continue;
      end(family, series);
      ended += 1;
    }
  };
}

/** Yields every series once. A `Set` may change during its iteration. */
function* walk(families: readonly StoredFamily[]): Generator<[StoredFamily, Series], undefined> {
  for (const family of families) {
    for (const series of family.series) yield [family, series];
  }
}

/** A series that is looked up once and counted often. */
export interface Child {
  readonly add: (value: number, exemplar?: Exemplar) => void;
}

/** Looks up a series for repeated use. Throws a TypeError for a family that is not described. */
export type ChildOf = (metric: string, labels: Labels) => Child;

export function createChildOf({ child }: Pick<Recorder, "child">): ChildOf {
  return (metric, labels) => {
    const kept = child(metric, labels);
    return { add: (value, exemplar) => kept.add(value, 1, exemplar) };
  };
}
