import type { LiveFigure, LiveHistory } from "@rumkit/protocol";
import { rateSeconds } from "./buckets.ts";
import type { Series } from "./series.ts";

/** The longest window that the page has seconds of. Longer ones are read from the history, by minutes. */
export const SECONDS_KEPT = 900;

/** True if a window is read from the history. `windowSeconds` is undefined for the whole day. */
export function isPast(windowSeconds: number | undefined): boolean {
  return windowSeconds === undefined || windowSeconds > SECONDS_KEPT;
}

/** Points of a window from the history. */
const POINTS = 60;

/** A time to read from the history, in Unix seconds. `step` is a multiple of 60. */
export interface PastRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Returns the range of the last `windowSeconds`, up to the last complete step. `now` in Unix seconds. */
export function pastRange(windowSeconds: number, now: number): PastRange {
  const step = Math.max(60, Math.ceil(windowSeconds / POINTS / 60) * 60);
  const to = Math.floor(now / step) * step;
  return { from: to - windowSeconds, to, step };
}

/** The values of a figure in the history, as a chart draws them. */
export function pastSeries(history: LiveHistory | undefined, figure: LiveFigure): Series | undefined {
  const sums = history?.figures.find(({ name }) => name === figure.name)?.values;
  if (!history || !sums) return undefined;
  const { from, to, step } = history;
  const scaledTo = rateSeconds(figure);
  // A step of the history has the sum of its seconds.
  const values =
    scaledTo === undefined ? sums : sums.map((value) => (value === null ? null : (value * scaledTo) / step));
  return { from, to, seconds: values.map((_value, index) => from + index * step), values };
}

/** Returns the values of a figure's only step in a history of one step. */
export function pastTotal(history: LiveHistory | undefined, name: string): number | null {
  return history?.figures.find((figure) => figure.name === name)?.values[0] ?? null;
}
