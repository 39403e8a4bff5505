/** Neighbouring bins differ by 2 %, so that a quantile is right within 1 % (DDSketch, VLDB 2019, section 2). */
const GAMMA = Math.log(1.02);

/** Values at or below it are one bin: a microsecond, a thousandth of a layout shift's thousandth. */
const SMALLEST = 1e-6;

/** How many values fell into each logarithmic bin. Sketches of different seconds add up bin by bin. */
export type QuantileSketch = Map<number, number>;

/** Puts a value into a sketch, `times` times. */
export function addToSketch(sketch: QuantileSketch, value: number, times: number): void {
  const bin = value <= SMALLEST ? -Infinity : Math.ceil(Math.log(value) / GAMMA);
  sketch.set(bin, (sketch.get(bin) ?? 0) + times);
}

/** Adds one sketch to another. */
export function mergeSketch(into: QuantileSketch, from: QuantileSketch): void {
  for (const [bin, count] of from) into.set(bin, (into.get(bin) ?? 0) + count);
}

/** The value below which the share `q` (0–1) of all values lies, within 1 %; null of an empty sketch. */
export function quantileOf(sketch: QuantileSketch, q: number): number | null {
  const bins = [...sketch].toSorted(([a], [b]) => a - b);
  const total = bins.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [bin, count] of bins) {
    seen += count;
    // The middle of the bin: its edges are GAMMA apart.
    if (seen >= q * total) return bin === -Infinity ? 0 : Math.exp((bin - 0.5) * GAMMA);
  }
  return null;
}
