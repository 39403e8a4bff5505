import type { LiveFigure } from "@rumkit/protocol";

/** Distances between marks within a power of ten: with these, no mark needs more than one digit before its zeros. */
const STEPS = [1, 2, 5, 10];

/** Factor for 5% of room above the highest point, so that the line does not touch the edge. */
const HEADROOM = 1.05;

/** Lowest maximum of an axis, in `unit`, so that small values do not look dramatic. */
const LOWEST_TOP: Record<LiveFigure["unit"], number> = {
  count: 2,
  per_second: 2,
  per_minute: 2,
  ratio: 0.02,
  seconds: 0.1,
  milliseconds: 100,
  bytes: 1000,
  score: 0.1,
  money: 1000,
};

/**
 * Returns the maximum of a value axis from zero: above `max`, stable under small changes of `max`, and a multiple of the
 * distance of its marks, of which there are at most `most`.
 */
export function ceilingOf(max: number, unit: LiveFigure["unit"], most: number): number {
  const wanted = Math.max(max * HEADROOM, LOWEST_TOP[unit]);
  const step = stepOf(wanted, most);
  return exact(Math.ceil(exact(wanted / step)) * step);
}

/** Returns the marks of an axis from zero to a maximum that `ceilingOf` returned for as many marks. */
export function valueMarks(top: number, most: number): number[] {
  const step = stepOf(top, most);
  return Array.from({ length: Math.round(top / step) + 1 }, (_, index) => exact(index * step));
}

function stepOf(top: number, most: number): number {
  const rough = top / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  // A little less, because 0.3 / 3 is more than 0.1.
  const step = STEPS.find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return exact(step * power);
}

/** Removes the error of binary fractions: 0.1 * 3 is 0.30000000000000004. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}
