import type { LiveFigure } from "@rumkit/protocol";

/** A figure whose values are stored per minute, and can be queried from Prometheus. */
export interface Column {
  readonly name: string;
  readonly unit: LiveFigure["unit"];
  readonly currency?: string | undefined;
  readonly merge: LiveFigure["merge"];
  /** The columns whose sums a ratio divides. The ratio itself is not stored. */
  readonly ratioOf?: readonly [part: string, whole: string] | undefined;
  /** Returns the value over the steady seconds `from` to `to`, both included; null without any. */
  between(from: number, to: number): number | null;
  /** Returns the number of observations behind a value that is merged by mean. */
  readonly weight?: ((from: number, to: number) => number) | undefined;
  /** Returns the totals of the counters, for sums. */
  readonly total?: (() => number) | undefined;
  /** Returns a query for Prometheus with the same meaning over a range such as `5m`, in base units. */
  promql(range: string): string;
}

/** The column of the observations behind a mean. */
export function weightName(name: string): string {
  return `${name}#weight`;
}

/** The seconds of each minute in which the collector ran. */
export const RAN = "#ran";
