import { type Device, DEVICES } from "@rumkit/protocol";
import { isObject } from "../base/shape.ts";
import type { PageError, ShownEvent } from "../base/shownEvents.ts";
import type { Labels } from "../metrics/descriptor.ts";
import type { CountedSeries, CountedValue, GaugeValue } from "../workers/wire.ts";

/** The counts of an aggregator since its last frame. All fields but the head are optional: a large frame is sent in parts. */
export interface MergeFrame {
  readonly v: 1;
  /** The identity of the aggregator's journal: counts of another journal begin at 0. */
  readonly source: string;
  /** The name of the aggregator. */
  readonly name: string;
  /** Higher with each start of the aggregator. A frame of an earlier start does not count any more. */
  readonly epoch: number;
  /** 1 for the first frame of an epoch, then one more with each. A frame that is sent again has the same number. */
  readonly number: number;
  /** Milliseconds since 1970 at which it was made, by the aggregator's clock. */
  readonly at: number;
  /** Last counts of series that ended then. */
  readonly last?: readonly CountedSeries[] | undefined;
  /** Series that have ended: they count from 0 if they come again. */
  readonly ended?: readonly SeriesName[] | undefined;
  readonly series?: readonly CountedSeries[] | undefined;
  /** Totals of series after all counts of earlier frames. Never beside counts. */
  readonly totals?: readonly SeriesTotal[] | undefined;
  /**
   * Marks the first part with totals. `start`: they belong to a start of the aggregator, and contain what was counted
   * before it ended and not sent. `request`: a live role asked for them.
   */
  readonly begins?: "start" | "request" | undefined;
  /** True for the last part with totals: a series that was not among them is 0. */
  readonly completes?: boolean | undefined;
  readonly gauges?: readonly GaugeValue[] | undefined;
  readonly seen?: SeenMoments | undefined;
  /** True for the last frame of an aggregator that ends: its gauges are gone, its counts stay. */
  readonly isLast?: boolean | undefined;
}

export interface SeriesName {
  readonly metric: string;
  readonly labels: Labels;
}

/** The total of a series: `value` of a counter, `minorUnits` of money in digits, or `counts` by bucket and `sum`. */
export interface SeriesTotal extends SeriesName {
  readonly value?: number | undefined;
  readonly minorUnits?: string | undefined;
  /** Observations per bucket, not cumulative; the last bucket is above every edge. */
  readonly counts?: readonly number[] | undefined;
  readonly sum?: number | undefined;
}

/** A bounded part of the events, errors, vitals and releases that people read. */
export interface SeenMoments {
  readonly moments: readonly SeenMoment[];
  /** Events that were left out, by type. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Occurrences of page errors that were left out. */
  readonly skippedErrors: number;
  readonly vitals: readonly SeenVital[];
  readonly releases: readonly string[];
}

/** Events that were counted together. */
export interface SeenMoment {
  /** Milliseconds since 1970, by the aggregator's clock. */
  readonly at: number;
  readonly events: readonly ShownEvent[];
  readonly errors: readonly PageError[];
}

/** Vitals by device, which metrics do not have. */
interface SeenVital {
  readonly device: Device;
  readonly metric: string;
  readonly counted: readonly CountedValue[];
}

export function writeFrame(frame: MergeFrame): Buffer {
  return Buffer.from(JSON.stringify(frame));
}

/** Returns the frame in some bytes. Throws a TypeError for other bytes: a frame that is half right must not count by half. */
export function readMergeFrame(bytes: Uint8Array): MergeFrame {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  } catch (cause) {
    throw new TypeError("[rumkit] A frame of the log is not JSON.", { cause });
  }
  if (!isFrame(value) || isMixed(value as MergeFrame))
    throw new TypeError("[rumkit] A message of the log is not a frame of an aggregator.");
  return value as MergeFrame;
}

/** True if totals share a message with counts: a reader compares them with what it has counted before. */
function isMixed({ totals, last, ended, series }: MergeFrame): boolean {
  return totals !== undefined && (last ?? ended ?? series) !== undefined;
}

type Test = (value: unknown) => boolean;

const text: Test = (value) => typeof value === "string";
const finite: Test = (value) => Number.isFinite(value);
const count: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);
const list =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const object =
  (fields: Readonly<Record<string, Test>>): Test =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([name, test]) => test(value[name]));
const record =
  (test: Test): Test =>
  (value) =>
    isObject(value) && Object.values(value).every(test);

/** The identity of a journal: other texts could name what a live role keeps beside the totals of aggregators. */
const identity: Test = (value) =>
  typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

const labels = record(text);
const pair: Test = (value) =>
  Array.isArray(value) && finite(value[0]) && count(value[1]) && (value[1] as number) > 0;
const counted = list(object({ metric: text, labels, counted: list(pair) }));
const digits: Test = (value) => typeof value === "string" && /^-?\d{1,40}$/.test(value);

const isFrame = object({
  v: (value) => value === 1,
  source: identity,
  name: (value) => typeof value === "string" && /^[a-z0-9-]{1,63}$/i.test(value),
  epoch: count,
  number: count,
  at: finite,
  last: optional(counted),
  ended: optional(list(object({ metric: text, labels }))),
  series: optional(counted),
  totals: optional(
    list(
      object({
        metric: text,
        labels,
        value: optional(finite),
        minorUnits: optional(digits),
        counts: optional(list(count)),
        sum: optional(finite),
      }),
    ),
  ),
  begins: optional((value) => value === "start" || value === "request"),
  gauges: optional(list(object({ metric: text, labels, value: (value) => value === null || finite(value) }))),
  seen: optional(
    object({
      moments: list(
        object({
          at: finite,
          events: list(object({ type: text, name: text, count: finite, details: isObject })),
          errors: list(
            object({ name: text, message: text, stack: text, times: finite, sessions: list(text) }),
          ),
        }),
      ),
      skipped: record(count),
      skippedErrors: count,
      vitals: list(
        object({ device: (value) => DEVICES.includes(value as Device), metric: text, counted: list(pair) }),
      ),
      releases: list(text),
    }),
  ),
});
