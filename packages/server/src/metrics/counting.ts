import type { Labels } from "./descriptor.ts";
import type { StoredFamily } from "./family.ts";
import type { Exemplar, RecordSample, Sample } from "./sample.ts";
import { addTo, checkSample, ENDED, type Increment, type Series } from "./seriesStore.ts";

/** A series that is looked up once, for code that counts the same labels repeatedly. */
interface Child {
  /** Counts at once, as `record` does for a sample of these labels. Throws a TypeError as `resolve` does. */
  add(value: number, times?: number, exemplar?: Exemplar): void;
}

/** Called with every counted sample that carries an exemplar, which is the id of a trace. */
export type ExemplarListener = (series: Series, value: number, exemplar: Exemplar) => void;

/** The state that counting shares with the recorder. */
export interface Counted {
  readonly families: ReadonlyMap<string, StoredFamily>;
  readonly exemplarListeners: readonly ExemplarListener[];
  /** The clock, in milliseconds. */
  readonly now: () => number;
  /** Seconds since the start, as of the last sweep: reading the clock takes longer than counting a sample. */
  second: number;
}

/** The part of a recorder that counts. */
export interface Counting {
  /** Counts one sample at once: for samples that need no journal. Throws as `resolve` does. */
  readonly record: RecordSample;
  /**
   * Finds the series of a sample without counting it. Throws a TypeError for a family that is not described and for a
   * value that cannot be counted: both are bugs of rumkit.
   */
  resolve(sample: Sample): Increment;
  /** Counts a resolved sample. Never throws, so that everything that the journal has stored is counted. */
  count(increment: Increment): void;
  /** Counts resolved samples at one moment: the clock is read once for all of them. Never throws. */
  countAll(increments: readonly Increment[]): void;
  /** The time for sinks: the moment of the samples that are being counted, else the present. In milliseconds. */
  moment(): number;
  /** Looks up a series for repeated use. Throws a TypeError for a family that is not described. */
  child(metric: string, labels: Labels): Child;
}

export function createCounting(counted: Counted): Counting {
  const { families, now } = counted;
  let moment: number | undefined;

  const familyOf = createLookup(families);
  const countIn = createCountIn(counted);
  /** The series itself, or its successor if it has ended. */
  const current = (series: Series): Series =>
    series.usedAt === ENDED ? familyOf(series.descriptor.name).seriesOf(series.labels) : series;

  return {
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
      // The series must not expire while the journal stores the sample.
      series.usedAt = counted.second;
      return { series, value: sample.value, times: sample.times ?? 1, exemplar: sample.exemplar };
    },
    count: ({ series, value, times, exemplar }) => countIn(current(series), value, times, exemplar),
    countAll: (increments) => {
      moment = now();
      for (let at = 0; at < increments.length; at += 1) {
        const { series, value, times, exemplar } = increments[at]!;
        countIn(current(series), value, times, exemplar);
      }
      moment = undefined;
    },
    moment: () => moment ?? now(),
    child: (metric, labels) => createChild(familyOf(metric), labels, countIn),
  };
}

/** Finds a family that must be there. */
function createLookup(families: Counted["families"]): (metric: string) => StoredFamily {
  return (metric) => {
    const family = families.get(metric);
    if (!family) throw new TypeError(`[rumkit] No metric is called "${metric}". Describe it first.`);
    return family;
  };
}

type CountIn = (series: Series, value: number, times: number, exemplar: Exemplar | undefined) => void;

/** Adds to a series, and calls those who listen to it. */
function createCountIn(counted: Counted): CountIn {
  const { exemplarListeners } = counted;
  return (series, value, times, exemplar) => {
    series.usedAt = counted.second;
    addTo(series, value, times);
    series.listen(series, value, times);
    if (exemplar === undefined) return;
    for (const listener of exemplarListeners) listener(series, value, exemplar);
  };
}

function createChild(family: StoredFamily, labels: Labels, countIn: CountIn): Child {
  let series = family.seriesOf(labels);
  return {
    add: (value, times = 1, exemplar) => {
      if (!isCountable(value)) checkSample({ value }, family.descriptor);
      if (series.usedAt === ENDED) series = family.seriesOf(series.labels);
      countIn(series, value, times, exemplar);
    },
  };
}

/** True for a value that every metric can count; other values are checked against the metric. */
function isCountable(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}
