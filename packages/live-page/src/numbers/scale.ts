import type { LiveFigure } from "@rumkit/protocol";

/** Tops of an axis within a power of ten. Each has a half that is short to write. */
const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** A twentieth of room above the highest point, so that the line does not touch the edge. */
const HEADROOM = 1.05;

/** The lowest top of an axis, so that a quiet figure does not look dramatic. In `unit`. */
const LOWEST_TOP: Record<LiveFigure["unit"], number> = {
  per_second: 1,
  per_minute: 2,
  count: 2,
  ratio: 0.02,
  seconds: 0.1,
  money_per_minute: 10,
};

/** Gives the top of a value axis that starts at zero: round, above `max`, and steady while `max` wavers. */
export function ceilingOf(max: number, unit: LiveFigure["unit"]): number {
  const wanted = Math.max(max * HEADROOM, LOWEST_TOP[unit]);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = STEPS.find((candidate) => candidate * power >= wanted) ?? 10;
  return step * power;
}
