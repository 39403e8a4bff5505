import { currencyExponent } from "@rumkit/protocol";
import { type Labels, type MetricDescriptor, OTHER } from "./descriptor.ts";
import type { Exemplar, Sample } from "./sample.ts";

/** What every series is, whatever it counts. */
interface SeriesIdentity {
  readonly descriptor: MetricDescriptor;
  readonly labels: Labels;
  /**
   * When its first sample came, in milliseconds of the recorder's clock; `-Infinity` where it is older than
   * this start: known from the catalogue, or restored. Who scraped before it was born has not seen it as 0.
   */
  readonly bornAt: number;
  /** What the exposition says of it beside its values, from the first scrape on. */
  renderedText: string | undefined;
}

/** The one series of a counter or a gauge. Money is kept in minor units, as an integer of any size. */
export interface ScalarSeries extends SeriesIdentity {
  value: number;
  minorUnits: bigint;
}

/** The series of a histogram. */
export interface HistogramSeries extends SeriesIdentity {
  /** Observations in each bucket alone, the last one above every edge. */
  readonly counts: Float64Array;
  count: number;
  sum: number;
}

export type Series = ScalarSeries | HistogramSeries;

/** A family with its series. */
export interface Family {
  readonly descriptor: MetricDescriptor;
  readonly series: ReadonlyMap<string, Series>;
  /** The series of a label set: made where it is new, born at `at`, folded where the family is full. */
  seriesOf(labels: Labels, at: number): Series;
}

/** A sample whose series is found: what the journal keeps, and what is counted when it is kept. */
export interface Increment {
  readonly series: Series;
  /** As of `Sample`. */
  readonly value: number;
  /** As of `Sample`; 1 where the sample says nothing. */
  readonly times: number;
  /** As of `Sample`. */
  readonly exemplar?: Exemplar | undefined;
}

/** Counts an increment. Its value was checked when its series was looked up. */
export function addIncrement({ series, value, times }: Increment): void {
  const { type } = series.descriptor;
  if (type === "histogram") observe(series as HistogramSeries, value, times);
  else if (type === "gauge") (series as ScalarSeries).value = value;
  else increase(series as ScalarSeries, value, times);
}

/** Throws a TypeError for a value that cannot be counted: a defect of ours, since input is refused before. */
export function checkSample({ value }: Sample, { name, type }: MetricDescriptor): void {
  if (!Number.isFinite(value)) {
    throw new TypeError(`[rumkit] ${name} got ${value}. Refuse it before it is recorded.`);
  }
  if (type === "counter" && value < 0) throw new TypeError(`[rumkit] ${name} is a counter and got ${value}.`);
}

/**
 * Holds the series of one family.
 *
 * Its key joins the label values with their lengths, so that no two label sets share a series whatever
 * their values contain; the caller's label object is copied, so that changing it later changes nothing.
 */
export function createFamily(descriptor: MetricDescriptor): Family {
  const series = new Map<string, Series>();

  const seriesOf = (labels: Labels, at: number): Series => {
    const key = seriesKey(descriptor.labels, labels);
    const found = series.get(key);
    if (found) return found;
    const folded = series.size >= descriptor.maxSeries ? foldLabels(descriptor.labels) : labels;
    const foldedKey = folded === labels ? key : seriesKey(descriptor.labels, folded);
    const created = series.get(foldedKey) ?? createSeries(descriptor, folded, at);
    series.set(foldedKey, created);
    return created;
  };

  for (const labels of descriptor.known) seriesOf(labels, Number.NEGATIVE_INFINITY);
  return { descriptor, series, seriesOf };
}

/** A key that is different for every label set. */
function seriesKey(names: readonly string[], labels: Labels): string {
  let key = "";
  for (const name of names) {
    const value = labels[name];
    key += value === undefined ? "-;" : `${value.length}:${value};`;
  }
  return key;
}

/** What a scrape says of a scalar: money in major units, everything else as it is. */
export function exposedValue(series: ScalarSeries): number {
  if (series.descriptor.unit !== "currency") return series.value;
  return Number(series.minorUnits) / 10 ** currencyExponent(series.labels["currency"] ?? "");
}

export function isHistogram(series: Series): series is HistogramSeries {
  return "counts" in series;
}

function createSeries(descriptor: MetricDescriptor, labels: Labels, bornAt: number): Series {
  const own = Object.fromEntries(
    descriptor.labels.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])),
  );
  const identity = { descriptor, labels: own, bornAt, renderedText: undefined };
  return descriptor.buckets
    ? { ...identity, counts: new Float64Array(descriptor.buckets.length + 1), count: 0, sum: 0 }
    : { ...identity, value: 0, minorUnits: 0n };
}

function foldLabels(names: readonly string[]): Labels {
  return Object.fromEntries(names.map((name) => [name, OTHER]));
}

function increase(counter: ScalarSeries, value: number, times: number): void {
  if (counter.descriptor.unit === "currency") counter.minorUnits += minorUnitsOf(value, times);
  else counter.value += value * times;
}

/** Exact where whole amounts are counted a whole number of times, whatever their size. */
function minorUnitsOf(value: number, times: number): bigint {
  return Number.isInteger(times) ? BigInt(value) * BigInt(times) : BigInt(Math.round(value * times));
}

function observe(histogram: HistogramSeries, value: number, times: number): void {
  const bucket = bucketOf(histogram.descriptor.buckets ?? [], value);
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + times;
  histogram.count += times;
  histogram.sum += value * times;
}

function bucketOf(edges: readonly number[], value: number): number {
  const index = edges.findIndex((edge) => value <= edge);
  return index < 0 ? edges.length : index;
}
