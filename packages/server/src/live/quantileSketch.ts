/** Adjacent bins differ by 2 %, so a quantile is accurate within 1 % (DDSketch, VLDB 2019, section 2). */
const GAMMA = Math.log(1.02);

/** Values up to this one share a bin, shown as 0: a millisecond, or a layout shift of 0.001. */
const SMALLEST = 0.001;

/** Values from this one on share a bin: ten minutes. */
const LARGEST = 600;

/** 673: limits the memory of a second, for any number of different values. */
const BINS = binOf(LARGEST) + 1;

/**
 * The number of values in each logarithmic bin. Sketches of different seconds add up bin by bin. The counts are not
 * integers, because a sampled value can stand for a fractional number of values.
 */
export type QuantileSketch = Float32Array;

export function createSketch(): QuantileSketch {
  return new Float32Array(BINS);
}

/** Puts a value that is not negative into a sketch, `times` times. */
export function addToSketch(sketch: QuantileSketch, value: number, times: number): void {
  const bin = binOf(Math.min(value, LARGEST));
  sketch[bin] = (sketch[bin] ?? 0) + times;
}

/** Adds one sketch to another. */
export function mergeSketch(into: QuantileSketch, from: QuantileSketch): void {
  for (let bin = 0; bin < BINS; bin += 1) into[bin] = (into[bin] ?? 0) + (from[bin] ?? 0);
}

/** Returns the value below which the share `q` (0–1) of all values lies, within 1 %; null for an empty sketch. */
export function quantileOf(sketch: QuantileSketch, q: number): number | null {
  const total = sketch.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let seen = 0;
  const bin = sketch.findIndex((count) => (seen += count) >= q * total);
  // The middle of the bin: its edges are GAMMA apart.
  return bin === 0 ? 0 : SMALLEST * Math.exp((bin - 0.5) * GAMMA);
}

function binOf(value: number): number {
  return value <= SMALLEST ? 0 : Math.ceil(Math.log(value / SMALLEST) / GAMMA);
}
