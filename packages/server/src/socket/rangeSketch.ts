/** Neighboring bins differ by 4 %, so that a quantile is right within 2 % (DDSketch, VLDB 2019, section 2). */
const GAMMA = Math.log(1.04);

/** Values at or below it share one bin: ten microseconds, or an item in a day. */
const SMALLEST = 0.000_01;

/** Values at or above it share one bin: a million items a second. */
const LARGEST = 1_000_000;

/** Bins by which a sketch grows beyond the one that it needs. */
const MARGIN = 8;

/**
 * The number of values in each logarithmic bin, from the smallest to the largest that came: the durations of a route
 * mostly need some dozens of the 646 bins. Sketches add up bin by bin.
 */
export interface RangeSketch {
  /** The bin of the first number. */
  first: number;
  counts: Float32Array;
}

export function createSketch(): RangeSketch {
  return { first: 0, counts: new Float32Array(0) };
}

/** Puts a value that is not negative into a sketch, `times` times. */
export function addToSketch(sketch: RangeSketch, value: number, times: number): void {
  const bin = binOf(value);
  cover(sketch, bin, bin, MARGIN);
  sketch.counts[bin - sketch.first]! += times;
}

/** Adds one sketch to another. */
export function mergeSketch(into: RangeSketch, { first, counts }: RangeSketch): void {
  if (counts.length === 0) return;
  cover(into, first, first + counts.length - 1, 0);
  const offset = first - into.first;
  for (let place = 0; place < counts.length; place += 1) into.counts[place + offset]! += counts[place]!;
}

/** Returns the value below which the share `q` (0–1) of all values lies, within 2 %; 0 for an empty sketch. */
export function quantileOf({ first, counts }: RangeSketch, q: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  const place = counts.findIndex((count) => count > 0 && (seen += count) >= q * total);
  // The middle of the bin: its edges are GAMMA apart.
  return place < 0 ? 0 : SMALLEST * Math.exp((place + first - 0.5) * GAMMA);
}

function binOf(value: number): number {
  return value <= SMALLEST ? 0 : Math.ceil(Math.log(Math.min(value, LARGEST) / SMALLEST) / GAMMA);
}

/** Makes room for the bins from `low` to `high`. */
function cover(sketch: RangeSketch, low: number, high: number, margin: number): void {
  const { first, counts } = sketch;
  const isEmpty = counts.length === 0;
  if (!isEmpty && low >= first && high < first + counts.length) return;
  const from = Math.max(0, Math.min(low - margin, isEmpty ? low : first));
  const to = Math.max(high + margin, isEmpty ? high : first + counts.length - 1);
  const grown = new Float32Array(to - from + 1);
  grown.set(counts, isEmpty ? 0 : first - from);
  sketch.first = from;
  sketch.counts = grown;
}
