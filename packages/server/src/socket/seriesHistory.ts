import { isHistogram, isUnknown, type Series } from "../metrics/seriesStore.ts";
import type { Family } from "../metrics/seriesStore.ts";

/** Seconds that a client gets as history when it connects. */
export const HISTORY_SECONDS = 60;

/** Seconds of the longest window: the counts of a minute. */
const LONGEST_WINDOW = 60;

/** Ticks that are kept: the history, and the window of its oldest point. */
const KEPT = HISTORY_SECONDS + LONGEST_WINDOW + 1;

/**
 * The values of series at the end of each second. Reading a value once a second costs less than adding each sample to a
 * ring, and the difference of two values of a counter is exact.
 */
export interface SeriesHistory {
  /** Reads every series. Call it once a second; the rates follow the real time between two calls. */
  tick(): void;
  /** The number of the last tick. Tick 0 is the start. */
  readonly newest: number;
  /** The number of the oldest tick that is kept. */
  readonly oldest: number;
  /** The time of a tick: milliseconds since 1970. */
  timeOf(tick: number): number;
  /** The seconds between a tick and the one `ticks` before it, or the oldest. */
  elapsed(tick: number, ticks: number): number;
  /** The value of a series at a tick: a counter's total, a histogram's number of observations. 0 if it is not kept. */
  valueAt(series: Series, tick: number): number;
  /** True if a gauge had a value at a tick. */
  isKnownAt(series: Series, tick: number): boolean;
  /** The growth of a counter in the `ticks` before a tick. */
  growth(series: Series, tick: number, ticks: number): number;
  /** The same for money, in minor units. */
  moneyAt(series: Series, tick: number): bigint;
}

/** @param now The clock: milliseconds since 1970. */
export function createSeriesHistory(families: readonly Family[], now: () => number): SeriesHistory {
  const rings = createRings();
  const times = new Float64Array(KEPT);
  let newest = -1;

  const slotOf = (tick: number): number => Math.max(tick, history.oldest) % KEPT;

  const history: SeriesHistory = {
    tick: () => {
      newest += 1;
      const slot = newest % KEPT;
      times[slot] = now();
      for (const { series } of families) for (const each of series) rings.keep(each, slot, newest === 0);
    },
    get newest() {
      return newest;
    },
    get oldest() {
      return Math.max(0, newest - KEPT + 1);
    },
    timeOf: (tick) => times[slotOf(tick)]!,
    elapsed: (tick, ticks) => (history.timeOf(tick) - history.timeOf(tick - ticks)) / 1000,
    valueAt: (series, tick) => Number(rings.at(series, slotOf(tick)) ?? 0) || 0,
    isKnownAt: (series, tick) => !Number.isNaN(Number(rings.at(series, slotOf(tick)) ?? Number.NaN)),
    growth: (series, tick, ticks) =>
      // A series that ended and began anew is another object; a value that was reset has not grown.
      Math.max(0, history.valueAt(series, tick) - history.valueAt(series, tick - ticks)),
    moneyAt: (series, tick) => BigInt(rings.at(series, slotOf(tick)) ?? 0),
  };
  history.tick();
  return history;
}

/** The values of each series that has counted something. */
function createRings() {
  const rings = new WeakMap<Series, Float64Array | bigint[]>();
  return {
    at: (series: Series, slot: number): number | bigint | undefined => rings.get(series)?.[slot],
    /** @param isStart A series that is there at the start had its value before; any other began with 0. */
    keep: (series: Series, slot: number, isStart: boolean): void => {
      const known = rings.get(series);
      // That a gauge was 0 is kept: before it was set, it was unknown.
      if (!known && isZero(series) && (series.kind !== "gauge" || isUnknown(series))) return;
      const ring = known ?? createRing(series, isStart);
      if (!known) rings.set(series, ring);
      write(ring, slot, series);
    },
  };
}

function createRing(series: Series, isOld: boolean): Float64Array | bigint[] {
  if (series.kind === "money") return Array.from({ length: KEPT }, () => (isOld ? moneyOf(series) : 0n));
  const before = series.kind === "gauge" ? Number.NaN : 0;
  return new Float64Array(KEPT).fill(isOld ? countOf(series) : before);
}

function write(ring: Float64Array | bigint[], slot: number, series: Series): void {
  if (Array.isArray(ring)) ring[slot] = moneyOf(series);
  else ring[slot] = isUnknown(series) ? Number.NaN : countOf(series);
}

/** The current value of a counter or gauge, or the number of observations of a histogram. An unknown gauge is 0. */
export function countOf(series: Series): number {
  if (isHistogram(series)) return series.count;
  return Number.isNaN(series.value) ? 0 : series.value;
}

/** The current value of a series of money, in minor units. */
export function moneyOf(series: Series): bigint {
  return isHistogram(series) ? 0n : series.minorUnits;
}

/** True for a series that has counted nothing. */
export function isZero(series: Series): boolean {
  return series.kind === "money" ? series.minorUnits === 0n : countOf(series) === 0;
}
