import { currencyExponent } from "@rumkit/protocol";
import type { Labels, MetricDescriptor } from "./descriptor.ts";
import type { Exemplar, Sample } from "./sample.ts";

/** The common fields of every series. */
interface SeriesIdentity {
  readonly descriptor: MetricDescriptor;
  readonly labels: Labels;
  /**
   * Time of its first sample, in milliseconds of the recorder's clock; `-Infinity` for a series that is older than this
   * start: known from the catalog, or restored. Scrapers see a new series as 0 for a while.
   */
  readonly bornAt: number;
  /** True if a journal restored values from before this start, which scrapers have seen. */
  isRestored: boolean;
  /** The exposed text beside its values, cached from the first scrape on. */
  renderedText: string | undefined;
  /** The time of its last lookup or sample, in seconds since the recorder began; `ENDED` once it counts no more. */
  usedAt: number;
  /** Called after each counted sample. */
  listen: CountListener;
  /** The journal that assigned `keptAs`; undefined before the first time. A field, because every sample reads it. */
  keptBy: object | undefined;
  keptAs: number;
}

/** A series of a counter or a gauge. Money is an integer of minor units, of any size. */
export interface ScalarSeries extends SeriesIdentity {
  readonly kind: "count" | "money" | "gauge";
  value: number;
  minorUnits: bigint;
}

/** The series of a histogram. */
export interface HistogramSeries extends SeriesIdentity {
  readonly kind: "histogram";
  /** Upper edges of the buckets. A typed array, which V8 reads without checking the kind of its elements. */
  readonly edges: Float64Array;
  /** Observations per bucket, not cumulative; the last bucket is above every edge. */
  readonly counts: Float64Array;
  count: number;
  sum: number;
}

export type Series = ScalarSeries | HistogramSeries;

/** Called with every counted sample. `value` and `times` are those of `Sample`. */
export type CountListener = (series: Series, value: number, times: number) => void;

/** `usedAt` of a series that has ended: the next sample counts in a new one. */
export const ENDED = -1;

/** A family with its series. */
export interface Family {
  readonly descriptor: MetricDescriptor;
  /** In the order of their creation. */
  readonly series: ReadonlySet<Series>;
  /** The series of a label set. Creates it if it is new; folds labels if a budget is full. */
  seriesOf(labels: Labels): Series;
}

/** A sample with its series: the journal keeps it, and then it is counted. */
export interface Increment {
  readonly series: Series;
  /** As of `Sample`. */
  readonly value: number;
  /** As of `Sample`; 1 by default. */
  readonly times: number;
  /** As of `Sample`. */
  readonly exemplar?: Exemplar | undefined;
}

/** Counts a checked value, `times` times. */
export function addTo(series: Series, value: number, times: number): void {
  if (series.kind === "count") series.value += value * times;
  else if (series.kind === "histogram") observe(series, value, times);
  else if (series.kind === "gauge") series.value = value;
  else series.minorUnits += minorUnitsOf(value, times);
}

/**
 * Throws a TypeError for a value that cannot be counted, which is a bug of rumkit, because invalid input is refused
 * earlier. NaN is the value of an unknown gauge.
 */
export function checkSample({ value }: Pick<Sample, "value">, { name, type }: MetricDescriptor): void {
  if (type === "gauge" && Number.isNaN(value)) return;
  if (!Number.isFinite(value)) {
    throw new TypeError(`[rumkit] ${name} got ${value}. Refuse it before it is recorded.`);
  }
  if (type === "counter" && value < 0) throw new TypeError(`[rumkit] ${name} is a counter and got ${value}.`);
}

/** The exposed value of a scalar: money in major units, any other value as it is. */
export function exposedValue(series: ScalarSeries): number {
  if (series.kind !== "money") return series.value;
  const exponent = currencyExponent(series.labels["currency"] ?? "");
  const minorUnits = Number(series.minorUnits);
  if (Number.isSafeInteger(minorUnits)) return minorUnits / 10 ** exponent;
  // Beyond 2^53 a division would round a second time. Parsing the digits gives the nearest double.
  return Number(`${series.minorUnits}e-${exponent}`);
}

/** True for a gauge whose value is unknown: it is not exposed until then. */
export function isUnknown(series: Series): boolean {
  return series.kind === "gauge" && Number.isNaN(series.value);
}

export function isHistogram(series: Series): series is HistogramSeries {
  return series.kind === "histogram";
}

/**
 * Creates an empty series. It owns `labels`: the caller must not keep the object. A histogram gets the memory of its
 * buckets from `slabs`.
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

/** Resets the values of a series to 0. */
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

/** Exact for integer amounts and integer `times`, whatever their size. */
function minorUnitsOf(value: number, times: number): bigint {
  if (times === 1) return BigInt(value);
  return Number.isInteger(times) ? BigInt(value) * BigInt(times) : BigInt(Math.round(value * times));
}

function observe(series: HistogramSeries, value: number, times: number): void {
  const { edges, counts } = series;
  // A linear search: a dozen comparisons that mostly end early are faster than a binary search.
  let bucket = 0;
  while (bucket < edges.length && value > edges[bucket]!) bucket += 1;
  counts[bucket]! += times;
  series.count += times;
  series.sum += value * times;
}

/** Allocates the buckets of histograms. */
export interface BucketSlabs {
  /** Upper edges. A typed array, which V8 reads without checking the kind of its elements. */
  readonly edges: Float64Array;
  /** A 0 for each bucket; the last bucket is above every edge. The same memory is never returned twice. */
  take(): Float64Array;
}

/**
 * Histograms that share one buffer. A separate buffer costs 250 bytes more, measured with 13 buckets. In a larger
 * buffer, the last histogram would keep the memory of too many others alive.
 */
const SHARED = 16;

export function createBucketSlabs(buckets: readonly number[]): BucketSlabs {
  const edges = Float64Array.from(buckets);
  const length = edges.length + 1;
  let slab = new Float64Array(0);
  let used = 0;
  let made = 0;
  return {
    edges,
    take: () => {
      if (used === slab.length) {
        // As many as exist already, so that a family with one series has room for only one.
        slab = new Float64Array(length * Math.min(Math.max(made, 1), SHARED));
        used = 0;
      }
      made += 1;
      used += length;
      return slab.subarray(used - length, used);
    },
  };
}
