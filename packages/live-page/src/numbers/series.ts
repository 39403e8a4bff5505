import type { LivePoint } from "@rumkit/protocol";

/** The newest minute is always in view, also when the collector has just started. In seconds. */
const SHORTEST_SPAN = 60;

/** One figure over time, in columns, as charts want it. */
export interface Series {
  /** The ends of the time axis, in unix seconds. */
  from: number;
  to: number;
  /** Ascending, as long as `values`. */
  seconds: number[];
  values: (number | null)[];
}

/** What a series says in words. Null where no point has a value. */
export interface SeriesSummary {
  current: number | null;
  min: number | null;
  max: number | null;
}

/**
 * Cuts the newest `windowSeconds` out of the points, one series a figure.
 *
 * The axis grows with the history up to the window, so that the first minutes of a collector do not sit in
 * the corner of an empty chart.
 */
export function selectSeries(points: readonly LivePoint[], count: number, windowSeconds: number): Series[] {
  const to = points.at(-1)?.second ?? 0;
  const start = points.findIndex((point) => point.second >= to - windowSeconds);
  const shown = start === -1 ? [] : points.slice(start);
  const seconds = shown.map((point) => point.second);
  const from = Math.max(to - windowSeconds, Math.min(seconds[0] ?? to, to - SHORTEST_SPAN));
  return Array.from({ length: count }, (_, figure) => ({
    from,
    to,
    seconds,
    values: shown.map((point) => point.values[figure] ?? null),
  }));
}

/** Gives the last, the smallest and the largest value. */
export function summarizeSeries({ values }: Series): SeriesSummary {
  let min: number | null = null;
  let max: number | null = null;
  for (const value of values) {
    if (value === null) continue;
    if (min === null || value < min) min = value;
    if (max === null || value > max) max = value;
  }
  return { current: values.at(-1) ?? null, min, max };
}
