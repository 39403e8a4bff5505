import type { Labels } from "../metrics/descriptor.ts";

/** A metric as the exposition has it. */
export interface PushedFamily {
  readonly name: string;
  /** `counter`, `gauge`, `histogram` or `summary`; others are sent as unknown. */
  readonly type: string;
  readonly help: string;
  /** As of OpenMetrics, e.g. `seconds`; empty without one. */
  readonly unit: string;
}

/** One line of a series in the exposition: a histogram has one for each bucket, its sum and its count. */
export interface Line {
  /** The name of the line, e.g. `http_request_duration_seconds_bucket`. */
  readonly name: string;
  /** The label that only this line has: `le` or `quantile`. */
  readonly extra?: readonly [name: string, value: string] | undefined;
}

/** A series of a metric: one object for as long as it lives, so that encoders can keep what they made of it. */
export interface PushedSeries {
  /** The same for the same family and labels, also after a restart. */
  readonly id: string;
  readonly family: PushedFamily;
  readonly labels: Labels;
  readonly lines: readonly Line[];
  /** The time at which its value was 0, in milliseconds since 1970; 0 if it is unknown. Gauges have none. */
  readonly startedAt: number;
}

/** Values of a series at a moment. */
interface PushedSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** One value for each line; undefined if the series has ended. */
  readonly values: readonly number[] | undefined;
}

/** Samples of one series, oldest first. */
export interface Point {
  readonly series: PushedSeries;
  readonly samples: readonly PushedSample[];
}

/** Number of samples as a receiver counts them. */
export function countSamples(points: readonly Point[]): number {
  return points.reduce((sum, { series, samples }) => sum + series.lines.length * samples.length, 0);
}

/** Identifies a series by its family and its labels, in whichever order they are. */
export function idOf(family: string, labels: Labels): string {
  return JSON.stringify([family, ...Object.entries(labels).toSorted(byName)]);
}

/** Compares names as Prometheus does: by their bytes. */
export function byName([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
