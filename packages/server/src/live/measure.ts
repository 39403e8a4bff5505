import type { LiveFigure } from "@rumkit/protocol";
import type { Distribution } from "../history/column.ts";
import type { CountWindow } from "./windows.ts";
import type { SketchWindow } from "./sketchWindow.ts";

/** The values of a figure, over any seconds. */
export interface Measure {
  readonly merge: LiveFigure["merge"];
  /** Returns the value over the seconds `from` to `to`, both included; null if there is nothing to divide or observe. */
  between(from: number, to: number): number | null;
  /** Returns the number of observations behind the value, for a mean that weights by it. */
  readonly weight?: (from: number, to: number) => number;
  /** Returns a query for Prometheus with the same meaning over a range: `5m`. In the same unit. */
  promql(range: string): string;
  /** The distribution behind a quantile. */
  readonly distribution?: Distribution;
  /** The totals of the figure's counters, for sums only. */
  readonly total?: () => number;
  /** The figures that a ratio divides. */
  readonly ratioOf?: readonly [part: string, whole: string];
}

/** A sum of counters. */
export function sumOf(window: CountWindow, promql: Measure["promql"], total: () => number): Measure {
  return { merge: "sum", between: window.between, promql, total };
}

/** A quantile of a histogram. `scale` turns its unit into the figure's. */
export function quantileIn(window: SketchWindow, q: number, promql: Measure["promql"], scale = 1): Measure {
  return {
    merge: "mean",
    between: (from, to) => {
      const value = window.between(from, to).quantile(q);
      return value === null ? null : value * scale;
    },
    weight: (from, to) => window.between(from, to).count,
    distribution: { q, scale, bins: (from, to) => window.between(from, to).bins() },
    promql,
  };
}

/** The ratio of two sums. */
export function ratioBetween(part: NamedMeasure, whole: NamedMeasure): Measure {
  return {
    merge: "ratio",
    between: (from, to) => {
      const total = whole.measure.between(from, to) ?? 0;
      return total === 0 ? null : (part.measure.between(from, to) ?? 0) / total;
    },
    promql: (range) => `${part.measure.promql(range)} / ${whole.measure.promql(range)}`,
    ratioOf: [part.name, whole.name],
  };
}

/** A measure with the name of its figure. */
export interface NamedMeasure {
  readonly name: string;
  readonly measure: Measure;
}

/** A state of the moment; null while it is unknown. */
export function stateOf(read: () => number | null, query: string): Measure {
  return { merge: "last", between: read, promql: () => query };
}
