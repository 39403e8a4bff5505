import type { AttributeValue } from "../catalog/catalogCalls.ts";
import type { LiveBoard } from "./liveBoard.ts";

/** The view of the page that a figure belongs to. */
export type LiveGroup = "business" | "experience" | "errors" | "backend";

/**
 * The unit of a figure's values. `money`: whole minor units of `currency`; `ratio`: 0 to 1; `score`: a CLS score.
 */
export type LiveUnit =
  | "count"
  | "per_second"
  | "per_minute"
  | "ratio"
  | "seconds"
  | "milliseconds"
  | "bytes"
  | "score"
  | "money";

/** One figure of the live page: its meaning, and how to show it. Its values are in `numbers` and `points`. */
export interface LiveFigure {
  /** Stable: `page_views_per_second`. */
  name: string;
  title: string;
  /** One sentence: what is counted. */
  help: string;
  group: LiveGroup;
  /** The unit of the number. A point of a figure `per_second` or `per_minute` is a count. */
  unit: LiveUnit;
  /** The number is money per minute; a point is the money of its second. Only with the unit `money`. */
  per?: "minute";
  /** A currency of ISO 4217; only with the unit `money`. */
  currency?: string;
  /** Constant number of decimals: of the percentage for a `ratio`, of major units for `money`. */
  decimals: number;
  /** The window of the number in seconds, which ends with the last complete second. */
  windowSeconds: number;
  /**
   * `today`: the number is the total since midnight in the collector's time zone. `now`: it is the current value of a
   * gauge. Default: it is computed over the seconds of the window.
   */
  period?: "today" | "now";
  /**
   * The aggregation of several points or minutes: for a quantile (`mean`) the page takes the mean
   * of its seconds, and the history the quantile of all observations.
   */
  merge: "sum" | "mean" | "last" | "ratio";
  /** The names of the figures whose sums a `ratio` divides: numerator and denominator. */
  ratioOf?: [part: string, whole: string];
  /** The goal of the business: the conversion that the catalog calls `primary`, or the first with money. */
  primary?: boolean;
  /**
   * The number needs attention from `warn` on, and action above `bad`. In `unit`. They come from the Web Vital, or from an
   * objective or a card of the catalog. `isAbove`, only for a card: a number that equals a threshold is still good.
   */
  thresholds?: { warn: number; bad: number; isAbove?: true };
  /** The same number as a query for Prometheus. */
  query: string;
  /** True if the page hides the figure until it has its first value. Default false. */
  hideWhileEmpty?: boolean;
  /** Only of a figure that is not shown by itself, because it is a part of another one. */
  partOf?: LivePart;
}

/** A figure as a part of another one: its value for one value of a label, or the numerator or denominator of a ratio. */
export interface LivePart {
  /** The name of the other figure. */
  figure: string;
  /** The label and its value. Left out for a numerator or denominator. */
  label?: string;
  value?: string;
}

/**
 * The values of one second, in the order of `figures`: a count, a sum of money, or a quantile of that second only.
 * Null without a denominator or an observation.
 */
export interface LivePoint {
  /** Unix time in whole seconds, by the collector's clock. */
  second: number;
  values: (number | null)[];
}

/** One series with its current value: the value of a scrape at this moment. */
export interface LiveTotal {
  metric: string;
  labels: Record<string, string>;
  /**
   * The value that a scrape exposes: a counter's total (money in major units), a gauge's value, a histogram's number
   * of observations.
   */
  value: number;
  /** A histogram's sum. */
  sum?: number;
}

/** An amount of money. */
export interface LiveMoney {
  /** Whole minor units: 1999 for 19.99 USD. */
  amount: number;
  /** ISO 4217. */
  currency: string;
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
  /** The money of a conversion or refund, from a page or from the backend. */
  money?: LiveMoney;
  details: Record<string, AttributeValue>;
  /**
   * Only of events of pages: the first `SENDER_DIGITS` hexadecimal digits of the SHA-256 of `senderText`. A page that
   * knows its session recognizes its events. Others cannot tell which events are of one session, because the
   * digest differs with `at`.
   */
  sender?: string;
}

/** The hexadecimal digits of `LiveEvent.sender`. */
export const SENDER_DIGITS = 16;

/** The text whose SHA-256 is `LiveEvent.sender`: the session, 32 hexadecimal digits, and the event's `at`. */
export function senderText(session: string, at: number): string {
  return `${session} ${at}`;
}

interface FrameBase {
  /**
   * `<epoch>-<seq>`. The epoch is the start of the collector, so a viewer that resumes after a restart gets no wrong
   * frames.
   */
  id: string;
  /** The collector's clock: milliseconds since 1970. */
  at: number;
  /** The number of each figure, in the order of `figures`: over its window of complete seconds. */
  numbers: (number | null)[];
  /**
   * Events that happened since the viewer's previous frame and are not in `tail`, by type: a frame has at most 50 events,
   * and a viewer that reads too slowly misses frames. Exact: for each type, sent and skipped events add up to those that
   * happened. Left out if there are none.
   */
  skipped?: Record<string, number>;
}

/** Values that are chosen, and values that are left out. */
export interface LiveChoice {
  /** Only these. Left out: all. */
  include?: string[];
  /** All but these. */
  exclude?: string[];
}

/** The filter of a stream, from the query of its address. */
export interface LiveFilter {
  /** Names of figures and metrics. */
  metrics?: LiveChoice;
  /** Types of events. */
  types?: LiveChoice;
  /** Values of labels, by label. `route` is one of them. */
  labels?: Record<string, LiveChoice>;
  /** Seconds between two frames. Left out: as often as something happens, at most 30 times a second. */
  interval?: number;
}

/** Everything that the page needs to start: sent first, and after a gap. */
export interface LiveSnapshot extends FrameBase {
  kind: "snapshot";
  app: string;
  /** The filter in force. Left out if there is none. */
  filter?: LiveFilter;
  figures: LiveFigure[];
  /** Up to 15 minutes, oldest first, one point a second. The last one is the second that has not ended. */
  points: LivePoint[];
  board: LiveBoard;
  totals: LiveTotal[];
  /** Newest last. */
  tail: LiveEvent[];
  /**
   * The number of events at the end of `tail` that the viewer did not get before. Only in a snapshot that follows frames
   * of the same epoch; else all of them are new.
   */
  newEvents?: number;
  /**
   * False in the answer to a `Last-Event-ID` that the collector does not know, because it started anew, had no viewer
   * meanwhile, or the frame is too old: then the number of events in between is not known. Else left out.
   */
  resumed?: false;
}

/**
 * The snapshot of a stream with a filter. The board is left out if the filter selects metrics, routes, labels, or only some
 * types of events.
 */
export type LiveFilteredSnapshot = Omit<LiveSnapshot, "board"> & Partial<Pick<LiveSnapshot, "board">>;

/** The changes since the previous frame. */
export interface LiveDelta extends FrameBase {
  kind: "delta";
  /** New or changed points: a point replaces an earlier one of the same second. */
  points: LivePoint[];
  /** The parts of the board that changed, each as a whole. */
  board?: Partial<LiveBoard>;
  /** The series that changed, whole. */
  totals: LiveTotal[];
  tail: LiveEvent[];
}

export type LiveFrame = LiveSnapshot | LiveDelta;
