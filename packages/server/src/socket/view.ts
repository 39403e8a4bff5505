import type { Labels } from "../metrics/descriptor.ts";
import { type Family, isUnknown, type Series } from "../metrics/seriesStore.ts";
import type { Distribution, Distributions } from "./distributions.ts";
import { countOf, isZero, moneyOf, type SeriesHistory } from "./seriesHistory.ts";

/** Seconds of a rate: long enough for a steady one, short enough to see a change at once. */
const RATE_SECONDS = 10;

const MINUTE = 60;

/** The series of a subscription at one moment: now, or at the end of an earlier second. */
export interface View {
  /** Returns the series of a family that the filters select. */
  all(metric: string): readonly Series[];
  /** Returns those that have counted something: declared ones exist from the start. */
  of(metric: string): readonly Series[];
  /** Returns the series of a gauge that the filters select and whose value is known. */
  known(metric: string): readonly Series[];
  /** The growth of counters a second, over the last ten complete seconds, or since the start. */
  rate(series: readonly Series[]): number;
  /** The growth of counters over the last 60 complete seconds. */
  lastMinute(series: readonly Series[]): number;
  /** The sum of totals of counters, or of values of gauges. */
  value(series: readonly Series[]): number;
  /** The sum of money in minor units. */
  money(series: readonly Series[]): bigint;
  moneyOfLastMinute(series: readonly Series[]): bigint;
  /** The observations of histograms in their window. */
  window(series: readonly Series[]): Distribution;
}

export interface ViewSources {
  readonly families: ReadonlyMap<string, Family>;
  readonly history: SeriesHistory;
  readonly distributions: Distributions;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
}

/** The end of an earlier second. */
export interface Past {
  readonly tick: number;
  /** Windows of the same subscription that were read already: they move in steps longer than a second. */
  readonly windows: Map<string, Distribution>;
}

/**
 * @param matches Recognizes the labels that the filters select.
 * @param past Default now.
 */
export function createView(
  { families, history, distributions, now }: ViewSources,
  matches: (labels: Labels) => boolean,
  past?: Past,
): View {
  const tick = past?.tick;
  const last = tick ?? history.newest;
  const at = tick === undefined ? now() : history.timeOf(tick);
  const sum = (series: readonly Series[], of: (each: Series) => number): number =>
    series.reduce((total, each) => total + of(each), 0);
  const sumMoney = (series: readonly Series[], of: (each: Series) => bigint): bigint =>
    series.reduce((total, each) => total + of(each), 0n);
  const all = (metric: string): readonly Series[] =>
    [...(families.get(metric)?.series ?? [])].filter((each) => matches(each.labels));
  return {
    all,
    of: (metric) => all(metric).filter((each) => !isZero(each)),
    known: (metric) =>
      all(metric).filter((each) => (tick === undefined ? !isUnknown(each) : history.isKnownAt(each, tick))),
    rate: (series) => {
      const seconds = history.elapsed(last, RATE_SECONDS);
      return seconds === 0 ? 0 : sum(series, (each) => history.growth(each, last, RATE_SECONDS)) / seconds;
    },
    lastMinute: (series) => sum(series, (each) => history.growth(each, last, MINUTE)),
    value: (series) =>
      sum(series, (each) => (tick === undefined ? countOf(each) : history.valueAt(each, tick))),
    money: (series) =>
      sumMoney(series, (each) => (tick === undefined ? moneyOf(each) : history.moneyAt(each, tick))),
    moneyOfLastMinute: (series) =>
      sumMoney(series, (each) => history.moneyAt(each, last) - history.moneyAt(each, last - MINUTE)),
    window: (series) => {
      const key = past && distributions.windowKey(series, at);
      const found = key === undefined ? undefined : past?.windows.get(key);
      if (found) return found;
      const window = distributions.windowOf(series, at);
      if (key !== undefined) past?.windows.set(key, window);
      return window;
    },
  };
}

/** Groups series by a label, or by anything else that is read from their labels. */
export function groupSeries(
  series: readonly Series[],
  keyOf: (labels: Labels) => string | undefined,
): Map<string, Series[]> {
  const groups = new Map<string, Series[]>();
  for (const each of series) {
    const key = keyOf(each.labels);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return groups;
}

/** Rounds to a thousandth: more digits mean nothing, and cost bytes. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
