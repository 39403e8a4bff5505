import { setTimeout as wait } from "node:timers/promises";
import { failureOf, isTooLarge, isUnplaced, type PublishFailure, type Sending } from "./sending.ts";
import type { Spool } from "./spool.ts";
import type { SpoolRecord } from "./spoolRecord.ts";

/**
 * Messages in the spool below which new ones wait in memory until it is empty. Without this the spool would never be
 * empty under load, because each message has to wait for its sync.
 */
const NEARLY_EMPTY = 256;

/** Milliseconds that the end of a process waits for its spool to be empty. */
const ENDING_MS = 5_000;

export interface DrainOptions {
  readonly spool: Spool;
  readonly sending: Sending;
  readonly onFailure: (failure: PublishFailure, error: unknown) => void;
  /** Called with a message that the log will never take. It is set aside, or in the topic `dead`. */
  readonly onRefused: (reason: "too_large" | "no_partition", error: unknown) => void;
  /** Rejects if the log that is back has another number of partitions. Default: it has the same. */
  readonly confirmLog?: (() => Promise<unknown>) | undefined;
  /** Milliseconds between tries while the log is away: the first, and the longest. Default 100 and 5,000. */
  readonly backoffMs?: readonly [first: number, longest: number] | undefined;
  /** Called when few messages are left, and the log takes them. */
  readonly onNearlyEmpty: () => void;
  readonly onEmpty: () => void;
  /** Called when the log does not take a message. */
  readonly onAway: () => void;
}

export interface Drain {
  /** True while messages of the spool are under way. */
  readonly isBusy: boolean;
  /** Call it after a message was appended. */
  wake(): void;
  /**
   * Ends at the first message that the log does not take, or after some seconds: a container may take its disk along.
   * Resolves when no message of the spool is under way.
   */
  stop(): Promise<void>;
}

/** Publishes the messages of the spool in their order, with the same ids, until it is empty. */
export function createDrain(options: DrainOptions): Drain {
  const { spool, onEmpty, onAway, onFailure } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const backoff = createBackoff(stopping, options.backoffMs);
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    while (!spool.isEmpty && !signal.aborted) {
      await drainOnce(options, backoff, signal).catch((error: unknown) => {
        onAway();
        onFailure(failureOf(error), error);
        return backoff.pause();
      });
    }
    running = undefined;
    if (!signal.aborted) onEmpty();
  };
  const wake = (): void => {
    if (!signal.aborted) running ??= run();
  };
  if (!spool.isEmpty) wake();
  return {
    get isBusy() {
      return running !== undefined;
    },
    wake,
    stop: async () => {
      backoff.end();
      const timer = setTimeout(() => stopping.abort(), ENDING_MS);
      await running;
      clearTimeout(timer);
      stopping.abort();
    },
  };
}

/** Publishes the oldest records, and removes those that the log has taken. Rejects if the log is away. */
async function drainOnce(options: DrainOptions, backoff: Backoff, signal: AbortSignal): Promise<void> {
  const { spool, onNearlyEmpty } = options;
  const records = await spool.peek();
  if (!records) return spool.settled();
  if (backoff.isLong) await options.confirmLog?.();
  const { taken, error } = await publishRecords(records, options, signal, backoff.isLong);
  await spool.remove(records.slice(0, taken));
  if (taken > 0) backoff.reset();
  if (error === undefined) {
    if (spool.state.messages < NEARLY_EMPTY) onNearlyEmpty();
    return;
  }
  if (!isTooLarge(error) && !isUnplaced(error)) throw error;
  await refuse(records[taken]!, error, options);
}

/** Answers of a log that is there. */
const REFUSALS: ReadonlySet<PublishFailure> = new Set(["too_large", "refused", "full"]);

/** Takes the first record out of the way of all others. Rejects if the log is away. */
async function refuse(
  record: SpoolRecord,
  error: unknown,
  { spool, sending, onRefused }: DrainOptions,
): Promise<void> {
  if (isTooLarge(error)) {
    onRefused("too_large", error);
    return spool.setAside(record);
  }
  try {
    await sending.bury(record.message);
  } catch (failure) {
    if (!REFUSALS.has(failureOf(failure))) throw failure;
    await spool.setAside(record);
    return onRefused("no_partition", error);
  }
  await spool.remove([record]);
  onRefused("no_partition", error);
}

/** Pauses between tries, each twice as long as the one before. */
interface Backoff {
  /** True if the last try failed. */
  readonly isLong: boolean;
  pause(): Promise<void>;
  reset(): void;
  /** Stops instead of pausing, now or after the next failed try. */
  end(): void;
}

function createBackoff(
  stopping: AbortController,
  [first, longest] = [100, 5_000] as readonly [number, number],
): Backoff {
  const { signal } = stopping;
  let next = first;
  let isPausing = false;
  let isEnding = false;
  return {
    get isLong() {
      return next > first;
    },
    pause: async () => {
      if (isEnding) stopping.abort();
      isPausing = true;
      // A random part, so that edges do not all come back in the same moment.
      const ms = next * (0.5 + Math.random() / 2);
      next = Math.min(longest, next * 2);
      await wait(ms, undefined, { signal, ref: false }).catch(() => {});
      isPausing = false;
    },
    reset: () => {
      next = first;
    },
    end: () => {
      isEnding = true;
      if (isPausing) stopping.abort();
    },
  };
}

/**
 * Publishes records, a bounded number at the same time. Returns how many of the first ones the log has taken, and the error
 * of the next one.
 *
 * @param isTrial True to publish the first one alone, because the log was away.
 */
async function publishRecords(
  records: readonly SpoolRecord[],
  { sending }: DrainOptions,
  signal: AbortSignal,
  isTrial: boolean,
): Promise<{ readonly taken: number; readonly error: unknown }> {
  const outcomes: Promise<{ readonly error: unknown } | undefined>[] = [];
  let hasFailed = false;
  for (const [index, { message }] of records.entries()) {
    if (hasFailed || signal.aborted) break;
    const sent = sending.send(message, "spool").then(
      () => undefined,
      (error: unknown) => {
        hasFailed = true;
        return { error };
      },
    );
    outcomes.push(sent);
    if (!sending.hasRoom || (isTrial && index === 0)) await sent;
  }
  const settled = await Promise.all(outcomes);
  const taken = settled.findIndex((outcome) => outcome !== undefined);
  return { taken: taken < 0 ? settled.length : taken, error: settled[taken]?.error };
}
