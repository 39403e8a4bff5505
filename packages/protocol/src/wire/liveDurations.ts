/** Answer of `GET /realtime/durations`: how long things took in the last minutes. */
export interface LiveDurations {
  /** Start of the first step, in Unix seconds. */
  from: number;
  /** End of the last step, in Unix seconds: the current one has not ended. */
  to: number;
  /** Seconds of a step. */
  step: number;
  /** Durations by the values of a label. Without any observation, a table is left out. */
  tables: LiveDurationTable[];
  /** The answers of the backend over time. Null without any. */
  heat: LiveHeat | null;
}

/** The durations of one metric by one of its labels. */
export interface LiveDurationTable {
  /** The histogram: `http_request_duration_seconds`. */
  metric: string;
  /** The label: `route`. */
  label: string;
  /** The values with the most observations, at most 100, most first. */
  rows: LiveDurationRow[];
}

export interface LiveDurationRow {
  /** The value of the label. */
  value: string;
  /** Observations. */
  count: number;
  /** Quantiles in seconds, within 1 %; 0 is up to a millisecond. */
  p50: number;
  p95: number;
  p99: number;
}

/** Observations by time and duration. */
export interface LiveHeat {
  metric: string;
  /** The label by which the request chose the observations, and its value. Left out: all. */
  of?: { label: string; value: string };
  /** Upper limits of the rows in seconds, ascending; a last row has what took longer. */
  bounds: number[];
  /** One for each step, oldest first: the observations in each row. */
  columns: number[][];
}
