import type { LiveFigure } from "@rumkit/protocol";

/** Possible maxima of an axis within a power of ten. Half of each is a short number. */
const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Factor for 5% of room above the highest point, so that the line does not touch the edge. */
const HEADROOM = 1.05;

/** Lowest maximum of an axis, in `unit`, so that small values do not look dramatic. */
const LOWEST_TOP: Record<LiveFigure["unit"], number> = {
  count: 2,
  per_second: 1,
  ratio: 0.02,
  seconds: 0.1,
  milliseconds: 100,
  bytes: 1000,
  score: 0.1,
  money: 1000,
};

/** Returns the maximum of a value axis from zero: round, above `max`, and stable under small changes of `max`. */
export function ceilingOf(max: number, unit: LiveFigure["unit"]): number {
  const wanted = Math.max(max * HEADROOM, LOWEST_TOP[unit]);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = STEPS.find((candidate) => candidate * power >= wanted) ?? 10;
  return step * power;
}
