import { currencyExponent } from "@rumkit/protocol";
import type { BucketSlabs } from "./bucketSlabs.ts";
import type { Labels, MetricDescriptor } from "./descriptor.ts";
import type { Exemplar, Sample } from "./sample.ts";

/** What every series is, whatever it counts. */
interface SeriesIdentity {
  readonly descriptor: MetricDescriptor;
  readonly labels: Labels;
  /**
   * When its first sample came, in milliseconds of the recorder's clock; `-Infinity` where it is older than
   * this start: known from the catalog, or restored. Scrapers see it as 0 for a while after it was born.
   */
  readonly bornAt: number;
  /** True where a journal kept what it had counted before this start: scrapers have seen that. */
  isRestored: boolean;
  /** What the exposition says of it beside its values, from the first scrape on. */
  renderedText: string | undefined;
  /** When it was last found or counted, in seconds since the recorder began; `ENDED` once it counts no more. */
  usedAt: number;
  /** Called after each sample that it counted. */
  listen: CountListener;
  /** Whose id `keptAs` is: a journal's; undefined before it was first kept. Here, because it is asked for each count. */
  keptBy: object | undefined;
  keptAs: number;
}

/** The one series of a counter or a gauge. Money is kept in minor units, as an integer of any size. */
export interface ScalarSeries extends SeriesIdentity {
  readonly kind: "count" | "money" | "gauge";
  value: number;
  minorUnits: bigint;
}

/** The series of a histogram. */
export interface HistogramSeries extends SeriesIdentity {
  readonly kind: "histogram";
  /** Upper edges of the buckets, in an array that is read without a look at its kind. */
  readonly edges: Float64Array;
  /** Observations in each bucket alone, the last one above every edge. */
  readonly counts: Float64Array;
  count: number;
  sum: number;
}

export type Series = ScalarSeries | HistogramSeries;

/** Told of every sample that was counted. Its value and how often it stands for it, as of `Sample`. */
export type CountListener = (series: Series, value: number, times: number) => void;

/** `usedAt` of a series that has ended: what comes counts in a new one. */
export const ENDED = -1;

/** A family with its series. */
export interface Family {
  readonly descriptor: MetricDescriptor;
  /** In the order in which they were made. */
  readonly series: ReadonlySet<Series>;
  /** The series of a label set. Made where it is new; folded where a budget is full. */
  seriesOf(labels: Labels): Series;
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

/** Counts a value that was checked, so often. */
export function addTo(series: Series, value: number, times: number): void {
  if (series.kind === "count") series.value += value * times;
  else if (series.kind === "histogram") observe(series, value, times);
  else if (series.kind === "gauge") series.value = value;
  else series.minorUnits += minorUnitsOf(value, times);
}

/**
 * Throws a TypeError for a value that cannot be counted: a defect of ours, since input is refused before. NaN is
 * the value of a gauge that is not known.
 */
export function checkSample({ value }: Pick<Sample, "value">, { name, type }: MetricDescriptor): void {
  if (type === "gauge" && Number.isNaN(value)) return;
  if (!Number.isFinite(value)) {
    throw new TypeError(`[rumkit] ${name} got ${value}. Refuse it before it is recorded.`);
  }
  if (type === "counter" && value < 0) throw new TypeError(`[rumkit] ${name} is a counter and got ${value}.`);
}

/** What a scrape says of a scalar: money in major units, everything else as it is. */
export function exposedValue(series: ScalarSeries): number {
  if (series.kind !== "money") return series.value;
  const exponent = currencyExponent(series.labels["currency"] ?? "");
  const minorUnits = Number(series.minorUnits);
  if (Number.isSafeInteger(minorUnits)) return minorUnits / 10 ** exponent;
  // Beyond 2^53 a division would round a second time: the double that is nearest is that of the digits.
  return Number(`${series.minorUnits}e-${exponent}`);
}

/** True for a gauge whose value is not known: it has no sample until it is. */
export function isUnknown(series: Series): boolean {
  return series.kind === "gauge" && Number.isNaN(series.value);
}

export function isHistogram(series: Series): series is HistogramSeries {
  return series.kind === "histogram";
}

/**
 * A series that has counted nothing. Its labels are its own: nobody else may hold the object. A histogram has
 * the memory of its buckets from `slabs`.
 */
export function createSeries(
  descriptor: MetricDescriptor,
  labels: Labels,
  bornAt: number,
  slabs?: BucketSlabs,
): Series {
  const identity = {
    descriptor,
    labels,
    bornAt,
    isRestored: false,
    renderedText: undefined,
    usedAt: 0,
    listen: () => {},
    keptBy: undefined,
    keptAs: 0,
  };
  if (slabs) {
    return { ...identity, kind: "histogram", edges: slabs.edges, counts: slabs.take(), count: 0, sum: 0 };
  }
  return { ...identity, kind: kindOf(descriptor), value: 0, minorUnits: 0n };
}

/** Leaves a series at nothing. */
export function clear(series: Series): void {
  if (isHistogram(series)) {
    series.counts.fill(0);
    series.count = 0;
    series.sum = 0;
  } else {
    series.value = 0;
    series.minorUnits = 0n;
  }
}

function kindOf({ type, unit }: MetricDescriptor): ScalarSeries["kind"] {
  if (type === "gauge") return "gauge";
  return unit === "currency" ? "money" : "count";
}

/** Exact where whole amounts are counted a whole number of times, whatever their size. */
function minorUnitsOf(value: number, times: number): bigint {
  if (times === 1) return BigInt(value);
  return Number.isInteger(times) ? BigInt(value) * BigInt(times) : BigInt(Math.round(value * times));
}

function observe(series: HistogramSeries, value: number, times: number): void {
  const { edges, counts } = series;
  // From the first edge on: a dozen of comparisons that mostly end early are faster than halving.
  let bucket = 0;
  while (bucket < edges.length && value > edges[bucket]!) bucket += 1;
  counts[bucket]! += times;
  series.count += times;
  series.sum += value * times;
}
