import {
  exposedValue,
  type Family,
  type HistogramSeries,
  isHistogram,
  isUnknown,
  type Series,
} from "../metrics/seriesStore.ts";

/**
 * All that the exposition knows of the store: the one place to change where series are kept another way.
 */

/** The value of a counter or a gauge as a scrape says it. */
export const readValue = exposedValue;

/** The series of a family at the moment; what is added or removed while it is read does no harm. */
export function readFamily(family: Family): Iterable<Series> {
  return family.series.values();
}

/** Observations in each bucket alone, the last one above every edge, and the sum of their values. */
export function readBuckets(series: HistogramSeries): { counts: Float64Array; sum: number } {
  return series;
}

/**
 * The part of a series' lines that never changes. Rendered when it is first asked for, then kept with the
 * series: a property is read three times as fast as a `WeakMap` of 100,000 entries.
 */
export function keepText(series: Series, render: (series: Series) => string): string {
  return (series.renderedText ??= render(series));
}

/** Whether a series came after a moment of `steadyNow`. */
export function isBornAfter(series: Series, moment: number): boolean {
  return series.bornAt > moment;
}

/**
 * Whether a scraper can have missed the 0 of a series: it came after `moment`, or the collector itself did and nothing
 * was kept of the series. One that the catalog declares counts from the first moment on, before any scrape.
 */
export function isNewAfter(series: Series, moment: number, startedAt: number): boolean {
  return series.bornAt === Number.NEGATIVE_INFINITY
    ? startedAt > moment && !series.isRestored
    : isBornAfter(series, moment);
}

/** When a series was born, in seconds since 1970. */
export function readBirth({ bornAt }: Series): number {
  return Math.round(bornAt) / 1000;
}

export { isHistogram, isUnknown };
