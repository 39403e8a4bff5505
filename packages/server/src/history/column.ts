import type { LiveFigure } from "@rumkit/protocol";
import type { Bin } from "../sketches/packedSketches.ts";

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
  /** The distribution behind a quantile, so that the quantile of hours is the one of all their observations. */
  readonly distribution?: Distribution | undefined;
  /** Returns the totals of the counters, for sums. */
  readonly total?: (() => number) | undefined;
  /** Returns a query for Prometheus with the same meaning over a range such as `5m`, in base units. */
  promql(range: string): string;
}

/** The distribution of observations, of which a column is a quantile. */
export interface Distribution {
  /** The quantile, 0–1. */
  readonly q: number;
  /** The factor from a value of the distribution to one of the column. */
  readonly scale: number;
  /** Returns the halved bins of the observations in the steady seconds `from` to `to`, both included. */
  bins(from: number, to: number): readonly Bin[];
}

/** The column of the observations behind a mean. */
export function weightName(name: string): string {
  return `${name}#weight`;
}

/** The seconds of each minute in which the collector ran. */
export const RAN = "#ran";
