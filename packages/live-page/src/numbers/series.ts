import type { LivePoint } from "@rumkit/protocol";

/** Shortest time axis, in seconds: it shows the last minute even if the collector has just started. */
const SHORTEST_SPAN = 60;

/** One figure over time, in columns, as charts require. */
export interface Series {
  /** Ends of the time axis, in Unix seconds. */
  from: number;
  to: number;
  /** Ascending, as long as `values`. */
  seconds: number[];
  values: (number | null)[];
}

/** Summary of a series. Fields are null if no point has a value. */
export interface SeriesSummary {
  current: number | null;
  min: number | null;
  max: number | null;
}

/**
 * Selects the last `windowSeconds` of the points: one series per figure.
 *
 * The axis grows with the history up to the window, so that the first minutes of a collector fill the chart and not only
 * its corner.
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

/** Returns the last, the smallest and the largest value. */
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
