import type { Recorder } from "../metrics/recorder.ts";
import { type HistogramSeries, isHistogram, type Series } from "../metrics/seriesStore.ts";
import type { CountedValue } from "../workers/wire.ts";
import type { SeriesTotal } from "./frame.ts";
import { hasTotals } from "./mergedFamilies.ts";

/** Returns the total of each series that is not 0. */
export function totalsOf({ families }: Pick<Recorder, "families">): SeriesTotal[] {
  return families
    .filter(({ descriptor }) => hasTotals(descriptor))
    .flatMap(({ series }) => [...series].filter((each) => !isZero(each)).map(totalOf));
}

export function isZero(series: Series): boolean {
  if (isHistogram(series)) return series.count === 0;
  return series.value === 0 && series.minorUnits === 0n;
}

function totalOf(series: Series): SeriesTotal {
  const { descriptor, labels } = series;
  const name = { metric: descriptor.name, labels };
  if (isHistogram(series)) return { ...name, counts: [...series.counts], sum: series.sum };
  if (series.kind === "money") return { ...name, minorUnits: String(series.minorUnits) };
  return { ...name, value: series.value };
}

/**
 * Returns the values that take a series from its present total to another: the number in each bucket and the sum are
 * exact, and each observation is within its bucket. Undefined if the other is lower: the series began again.
 */
export function differenceOf(series: Series, total: SeriesTotal): readonly CountedValue[] | undefined {
  if (isHistogram(series)) return observationsBetween(series.edges, series, total);
  if (series.kind === "money") return moneyOf(BigInt(total.minorUnits ?? "0") - series.minorUnits);
  return scalarOf((total.value ?? 0) - series.value);
}

/** Returns the values that take an empty series to a total. Undefined if the total is of another type or other buckets. */
export function valuesOf(series: Series, total: SeriesTotal): readonly CountedValue[] | undefined {
  if (isHistogram(series)) return observationsBetween(series.edges, emptyOf(series), total);
  return series.kind === "money" ? moneyOf(BigInt(total.minorUnits ?? "-1")) : scalarOf(total.value ?? -1);
}

/** Returns the values that take a series to 0. */
export function valuesToZero(series: Series): readonly CountedValue[] {
  if (isHistogram(series)) {
    const values = observationsBetween(series.edges, emptyOf(series), series) ?? [];
    return values.map(([value, times]) => [value, -times]);
  }
  if (series.kind !== "money") return [[-series.value, 1]];
  return (moneyOf(series.minorUnits) ?? []).map(([value, times]) => [-value, times]);
}

interface Observed {
  readonly counts?: ArrayLike<number> | undefined;
  readonly sum?: number | undefined;
}

function emptyOf({ counts }: HistogramSeries): Observed {
  return { counts: new Float64Array(counts.length), sum: 0 };
}

function scalarOf(value: number): readonly CountedValue[] | undefined {
  return value < 0 ? undefined : value === 0 ? [] : [[value, 1]];
}

/** Any amount is the sum of two products of exact integers. */
const PARTS = 2 ** 40;

function moneyOf(minorUnits: bigint): readonly CountedValue[] | undefined {
  const amount = Number(minorUnits);
  if (Number.isSafeInteger(amount)) return scalarOf(amount);
  if (minorUnits < 0n) return undefined;
  const parts = BigInt(PARTS);
  return [
    [Number(minorUnits / parts), PARTS],
    [Number(minorUnits % parts), 1],
  ];
}

function observationsBetween(
  edges: ArrayLike<number>,
  { counts: before = [], sum: sumBefore = 0 }: Observed,
  { counts = [], sum = 0 }: Observed,
): readonly CountedValue[] | undefined {
  if (counts.length !== before.length) return undefined;
  const times = Array.from(counts, (count, bucket) => count - before[bucket]!);
  if (times.some((count) => count < 0)) return undefined;
  return times.some((count) => count > 0) ? spread(edges, times, sum - sumBefore) : [];
}

/** The least share of a bucket's width: its lower edge belongs to the bucket below. */
const LEAST_SHARE = 1e-6;

/**
 * Gives the observations of each bucket one value, at the same share of the width of every bucket, so that their sum is
 * `sum`. The first and the last bucket have one edge: they take what no share explains.
 */
function spread(edges: ArrayLike<number>, times: readonly number[], sum: number): readonly CountedValue[] {
  const low = (bucket: number): number => (bucket === 0 ? Math.min(0, edges[0] ?? 0) : edges[bucket - 1]!);
  const width = (bucket: number): number => (edges[bucket] ?? low(bucket)) - low(bucket);
  const total = (of: (bucket: number) => number): number =>
    times.reduce((added, count, bucket) => added + count * of(bucket), 0);
  const span = total(width);
  const share = span === 0 ? 1 : Math.min(Math.max((sum - total(low)) / span, LEAST_SHARE), 1);
  const valueIn = (bucket: number): number =>
    Math.min(low(bucket) + share * width(bucket), edges[bucket] ?? Number.POSITIVE_INFINITY);
  const rest = sum - total(valueIn);
  const last = edges.length;
  return times.flatMap((count, bucket): CountedValue[] => {
    if (count === 0) return [];
    const value = valueIn(bucket);
    if (bucket === last)
      return [[Math.max(value + Math.max(rest, 0) / count, value * (1 + LEAST_SHARE)), count]];
    return [[bucket === 0 && rest < 0 && times[last] === 0 ? value + rest / count : value, count]];
  });
}
