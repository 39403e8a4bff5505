import type { LiveFigure } from "@rumkit/protocol";
import type { Column } from "../history/column.ts";
import { type Measure, quantileIn, ratioBetween, stateOf, sumOf } from "./measure.ts";
import type { CurrentValues } from "./currentValues.ts";
import type { Queries } from "./queries.ts";
import type { Windows, WindowSource } from "./windows.ts";

/** A figure of the live page: its description, and its values. */
export interface Figure {
  readonly description: LiveFigure;
  readonly measure: Measure;
  /** The number, as of the end of a complete second. */
  readonly numberAt: (ended: number) => number | null;
  /**
   * Returns true until something was counted for the figure, for figures that many collectors never need. Default:
   * never true.
   */
  readonly isEmpty?: (() => boolean) | undefined;
}

/** The sources of the figures. */
export interface FigureInputs extends CurrentValues {
  readonly windows: Windows;
  readonly queries: Queries;
  /** Returns the total of a figure since midnight, or its ratio. */
  readonly today: (name: string) => number | null;
}

/** The description of a figure. The rest follows from its measure. */
export interface FigureSpec extends Omit<LiveFigure, "merge" | "ratioOf" | "query" | "hideWhileEmpty"> {
  /** True if it is hidden until something was counted for it. Default false. */
  readonly mayBeEmpty?: boolean;
}

/** Seconds: long enough for a steady rate, short enough to see a change at once. */
export const RATE_WINDOW = 10;

/** Seconds: a share or a percentile of fewer than some dozens of page views means little. */
export const SHARE_WINDOW = 300;

/** Seconds of the nominal window of a figure of today. */
export const DAY = 86_400;

/** Creates the figures that read these inputs. */
export function createFigureKinds(inputs: FigureInputs) {
  const { windows, queries, totalOf, gaugeOf } = inputs;
  const complete = (spec: FigureSpec, measure: Measure, total?: () => number): Figure =>
    createFigure(spec, measure, inputs.today, total);
  return {
    /** A sum of counters, or a rate of it. */
    sum: (spec: FigureSpec, sources: readonly WindowSource[], isHistogram = false): Figure => {
      const total = (): number => sources.reduce((sum, source) => sum + totalOf(source), 0);
      const promql = (range: string): string => queries.increase(sources, range, isHistogram);
      return complete(spec, sumOf(windows.counts(...sources), promql, total), total);
    },
    /** A quantile of a histogram. `scale` turns its unit into the figure's. */
    quantile: (spec: FigureSpec, q: number, source: WindowSource, scale = 1): Figure => {
      // Bytes are converted to megabytes, because a sketch has values up to 600.
      const inward = spec.unit === "bytes" ? 1e-6 : 1;
      const window = windows.quantiles(source, inward);
      const promql = (range: string): string => queries.quantile(q, source, range);
      return complete(spec, quantileIn(window, q, promql, scale / inward), () => totalOf(source));
    },
    /** The ratio of two sums. */
    ratio: (spec: FigureSpec, part: Figure, whole: Figure): Figure => {
      const measure = ratioBetween(named(part), named(whole));
      return complete(spec, measure, () => whole.measure.total?.() ?? 0);
    },
    /** A gauge: the series of its label sets, joined. */
    gauge: (spec: FigureSpec, source: WindowSource): Figure =>
      complete(
        spec,
        stateOf(() => gaugeOf(source), queries.gauge(source)),
        () => knownAs(gaugeOf(source)),
      ),
    /** A gauge as a share of another. */
    gaugeShare: (spec: FigureSpec, part: WindowSource, whole: WindowSource): Figure => {
      const share = (): number | null => shareOf(gaugeOf(part), gaugeOf(whole));
      const query = `${queries.gauge(part)} / (${queries.gauge(whole)} > 0)`;
      return complete(spec, stateOf(share, query), () => knownAs(share()));
    },
  };
}

function shareOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole;
}

/** The total of a figure that may be empty: a gauge of 0 is not empty. */
function knownAs(value: number | null): number {
  return value === null ? 0 : 1;
}

export type FigureKinds = ReturnType<typeof createFigureKinds>;

/** @param total Returns the total of what the figure shows, for figures that may be empty. */
function createFigure(
  { mayBeEmpty = false, ...spec }: FigureSpec,
  measure: Measure,
  today: FigureInputs["today"],
  total: (() => number) | undefined,
): Figure {
  return {
    description: {
      ...spec,
      merge: measure.merge,
      ...(measure.ratioOf && { ratioOf: [...measure.ratioOf] as [string, string] }),
      query: queryOf(spec, measure),
    },
    measure,
    numberAt: numberOf(spec, measure, today),
    ...(mayBeEmpty && total && { isEmpty: () => total() === 0 }),
  };
}

function named({ description: { name }, measure }: Figure) {
  return { name, measure };
}

/** Returns the seconds to which the sum of a window is scaled; undefined if the number is the sum itself. */
function rateSeconds({ unit, per }: Pick<FigureSpec, "unit" | "per">): number | undefined {
  if (unit === "per_second") return 1;
  return unit === "per_minute" || per === "minute" ? 60 : undefined;
}

function numberOf(spec: FigureSpec, measure: Measure, today: FigureInputs["today"]): Figure["numberAt"] {
  const { name, period, windowSeconds } = spec;
  const scaledTo = rateSeconds(spec);
  if (period === "today") return () => today(name);
  if (period === "now") return (ended) => measure.between(ended, ended);
  return (ended) => {
    const value = measure.between(ended - windowSeconds + 1, ended);
    return scaledTo === undefined || value === null ? value : (value * scaledTo) / windowSeconds;
  };
}

/** A day is queried as 24 hours, because PromQL has no midnight. Ten seconds have too few scrapes for a rate. */
function queryOf(spec: FigureSpec, measure: Measure): string {
  const { period, windowSeconds } = spec;
  const seconds = Math.max(windowSeconds, 60);
  const scaledTo = rateSeconds(spec);
  if (scaledTo === undefined) return measure.promql(period === "today" ? "24h" : `${seconds}s`);
  const sum = measure.promql(seconds === 60 ? "1m" : `${seconds}s`);
  return seconds === scaledTo ? sum : `${sum} / ${seconds / scaledTo}`;
}

/** The column of a figure in the history. */
export function columnOf({ description, measure }: Figure): Column {
  const { name, unit, currency } = description;
  const { merge, ratioOf, between, weight, distribution, total, promql } = measure;
  return { name, unit, currency, merge, ratioOf, between, weight, distribution, total, promql };
}

/** Returns a name of the catalog as words: "Add to cart". */
export function titleOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
