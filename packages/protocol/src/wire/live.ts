import type { AttributeValue } from "../catalog/catalogCalls.ts";

/** One number of the live page, with its meaning and its window. */
export interface LiveFigure {
  /** Stable: `page_views_per_second`. */
  name: string;
  title: string;
  /** One sentence: what is counted, over which window. */
  help: string;
  unit: "per_second" | "per_minute" | "count" | "ratio" | "seconds" | "money_per_minute";
  /** ISO 4217, with `money_per_minute` only. */
  currency?: string;
  /** The window over which the number is computed, in seconds. */
  windowSeconds: number;
  /** From `warn` on the number needs attention, from `bad` on action. In `unit`. */
  thresholds?: { warn: number; bad: number };
  /** True if the page hides the figure until it has its first value. Default false. */
  hideWhileEmpty?: boolean;
}

/** The figures at the end of one second, in the order of `figures`; null if there is nothing to divide by. */
export interface LivePoint {
  /** Unix time in whole seconds, by the collector's clock. */
  second: number;
  values: (number | null)[];
}

/** One series with its current value: the value of a scrape at this moment. */
export interface LiveTotal {
  metric: string;
  labels: Record<string, string>;
  /** A counter's total (money in major units), a gauge's value, or a histogram's number of observations. */
  value: number;
  /** A histogram's sum. */
  sum?: number;
}

/** One event of the tail. Every string in it is text from a page: show it, never interpret it. */
export interface LiveEvent {
  /** When the collector counted it: milliseconds since 1970. */
  at: number;
  source: "page" | "server";
  type: string;
  name: string;
  route?: string;
  count: number;
  details: Record<string, AttributeValue>;
}

interface FrameBase {
  /**
   * `<epoch>-<seq>`. The epoch is the start of the collector, so a viewer that resumes after a restart gets no wrong
   * frames.
   */
  id: string;
  /** The collector's clock: milliseconds since 1970. */
  at: number;
}

/** Everything that the page needs to start: sent first, and after a gap. */
export interface LiveSnapshot extends FrameBase {
  kind: "snapshot";
  app: string;
  figures: LiveFigure[];
  /** Up to 15 minutes, oldest first, one point a second. */
  points: LivePoint[];
  totals: LiveTotal[];
  /** Newest last. */
  tail: LiveEvent[];
}

/** The changes since the previous frame. */
export interface LiveDelta extends FrameBase {
  kind: "delta";
  /** New or changed points: a point of the same second replaces the one before. */
  points: LivePoint[];
  /** The series that changed, whole. */
  totals: LiveTotal[];
  tail: LiveEvent[];
}

export type LiveFrame = LiveSnapshot | LiveDelta;
