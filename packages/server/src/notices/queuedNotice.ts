import type { Moment } from "../alerts/alert.ts";
import type { Notice } from "./notice.ts";

/** A rendered notice that waits for a receiver. Plain data: it is kept as JSON. */
export interface QueuedNotice extends Pick<Notice, "id" | "episode" | "reason" | "status" | "at"> {
  /** The moment since which it waits: a dead letter that is put back into the queue waits anew. */
  readonly since: Moment;
  /** The order in its queue. */
  readonly seq: number;
  /** The result of the receiver's `render`. */
  readonly body: string;
  /** The episodes of its alerts. */
  readonly alerts: readonly string[];
  /** Attempts so far. */
  readonly attempts: number;
  /** The moment of the next attempt, and the time from the last one to it, in milliseconds. */
  readonly retryAt: Moment;
  readonly retryMs: number;
  /** The reason of the last failure, or why it is a dead letter. */
  readonly error: string | null;
  /** The recipients that have not got it, if some have. */
  readonly pending?: readonly string[] | undefined;
  /** True from before an attempt to its outcome, for receivers that must not get it twice. */
  readonly isStarted?: boolean;
}

export const NOTICE_SHAPE = {
  id: "text",
  episode: "text",
  seq: "number",
  body: "text",
  alerts: ["text"],
  attempts: "number",
} as const;

/** Keys in the order of the queue. */
export function queueKey({ seq }: Pick<QueuedNotice, "seq">): string {
  return String(seq).padStart(15, "0");
}

/** True once a notice may be tried. If the clock went back, it is not late by the whole jump. */
export function isDue({ retryAt, retryMs }: Pick<QueuedNotice, "retryAt" | "retryMs">, now: Moment): boolean {
  return now >= retryAt || now < retryAt - retryMs;
}
