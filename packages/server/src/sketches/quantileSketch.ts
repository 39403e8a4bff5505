import type { Bin } from "./packedSketches.ts";

/** Adjacent bins differ by 2 %, so a quantile is accurate within 1 % (DDSketch, VLDB 2019, section 2). */
const GAMMA = Math.log(1.02);

/** Values up to this one share a bin, shown as 0: a millisecond, or a layout shift of 0.001. */
const SMALLEST = 0.001;

/** Values from this one on share a bin: ten minutes. */
const LARGEST = 600;

/** 673: limits the memory of a sketch, for any number of different values. */
const BINS = binOf(LARGEST) + 1;

/** The exact count, sum, minimum and maximum of the values of a sketch. */
interface SketchTotals {
  readonly count: number;
  readonly sum: number;
  /** `Infinity` without a value. */
  readonly min: number;
  /** `-Infinity` without a value. */
  readonly max: number;
}

/**
 * The number of values in each logarithmic bin. Sketches of different times add up bin by bin. The counts are not
 * integers, because a sampled value can stand for a fractional number of values.
 */
export interface QuantileSketch {
  readonly bins: Float64Array;
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** A sketch that gets no more values: only its bins that are not empty, with their indexes. */
export interface ClosedSketch extends SketchTotals {
  readonly places: Uint16Array;
  readonly counts: Float32Array;
}

export function createSketch(): QuantileSketch {
  return { bins: new Float64Array(BINS), ...EMPTY };
}

const EMPTY = { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };

export function clearSketch(sketch: QuantileSketch): void {
  sketch.bins.fill(0);
  Object.assign(sketch, EMPTY);
}

/** Puts a value that is not negative into a sketch, `times` times. */
export function addToSketch(sketch: QuantileSketch, value: number, times: number): void {
  const bin = binOf(Math.min(value, LARGEST));
  sketch.bins[bin] = (sketch.bins[bin] ?? 0) + times;
  sketch.count += times;
  sketch.sum += value * times;
  if (value < sketch.min) sketch.min = value;
  if (value > sketch.max) sketch.max = value;
}

/** Returns a copy whose memory grows only with the number of different values. */
export function closeSketch({ bins, count, sum, min, max }: QuantileSketch): ClosedSketch {
  const places: number[] = [];
  for (let bin = 0; bin < BINS; bin += 1) if (bins[bin] !== 0) places.push(bin);
  const counts = Float32Array.from(places, (bin) => bins[bin] ?? 0);
  return { places: Uint16Array.from(places), counts, count, sum, min, max };
}

/** Adds a closed sketch to another. */
export function mergeSketch(into: QuantileSketch, { places, counts, ...totals }: ClosedSketch): void {
  for (let index = 0; index < places.length; index += 1) {
    const bin = places[index]!;
    into.bins[bin] = (into.bins[bin] ?? 0) + (counts[index] ?? 0);
  }
  into.count += totals.count;
  into.sum += totals.sum;
  into.min = Math.min(into.min, totals.min);
  into.max = Math.max(into.max, totals.max);
}

/** Returns the value below which the share `q` (0–1) of all values lies, within 1 %; null for an empty sketch. */
export function quantileOf({ bins }: Pick<QuantileSketch, "bins">, q: number): number | null {
  // Added up here: with the same order of additions, the last bin reaches the whole.
  let total = 0;
  for (let bin = 0; bin < BINS; bin += 1) total += bins[bin] ?? 0;
  if (total === 0) return null;
  let seen = 0;
  const bin = bins.findIndex((count) => (seen += count) >= q * total);
  return binValue(bin);
}

/** Returns the value in the middle of a bin, whose edges are GAMMA apart. */
export function binValue(bin: number): number {
  return bin === 0 ? 0 : SMALLEST * Math.exp((bin - 0.5) * GAMMA);
}

/** Bins of a sketch by which the difference is 4 % and no longer 2 %: half as many, and quantiles within 2 %. */
export function halveBins({ bins }: Pick<QuantileSketch, "bins">): Bin[] {
  const halved: Bin[] = [];
  for (let bin = 0; bin < BINS; bin += 1) {
    const count = bins[bin]!;
    if (count === 0) continue;
    const half = Math.ceil(bin / 2);
    const last = halved.at(-1);
    if (last?.[0] === half) halved[halved.length - 1] = [half, last[1] + count];
    else halved.push([half, count]);
  }
  return halved;
}

/** Returns the halved bin of a value that is not negative. */
export function halvedBinOf(value: number): number {
  return Math.ceil(binOf(Math.min(value, LARGEST)) / 2);
}

/** Returns the value below which the share `q` (0–1) of all values lies, within 2 %; null without any. */
export function quantileOfHalved(bins: readonly Bin[], q: number): number | null {
  let total = 0;
  for (const [, count] of bins) total += count;
  if (total === 0) return null;
  let seen = 0;
  const [bin] = bins.find(([, count]) => (seen += count) >= q * total) ?? bins.at(-1)!;
  // The middle of the two bins.
  return bin === 0 ? 0 : SMALLEST * Math.exp((2 * bin - 1) * GAMMA);
}

function binOf(value: number): number {
  return value <= SMALLEST ? 0 : Math.ceil(Math.log(value / SMALLEST) / GAMMA);
}
