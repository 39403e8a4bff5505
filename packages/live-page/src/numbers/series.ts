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
