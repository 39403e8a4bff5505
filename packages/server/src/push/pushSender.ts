import { backoffMs, pauseMs } from "../notices/backoff.ts";
import { deliverPoints, type DeliveryParts } from "./deliverPoints.ts";
import type { PushFormat } from "./pushFormat.ts";
import type { Spool, Waiting } from "./spool.ts";

/** Entries that may wait unpacked while one is on its way. */
const MAX_UNPACKED = 8;

/** Milliseconds for which refused requests are not split, after a receiver refused every part of one. */
const NO_SPLIT_MS = 300_000;

/** Sends what is in the spool, oldest first, one request at a time. */
export interface PushSender {
  /** Sends what waits, unless a receiver that failed is left alone for now. Never rejects. */
  pump(): Promise<void>;
  /** As `pump`, but it also asks a receiver that is left alone: the process ends. */
  flush(): Promise<void>;
  /** The time of the newest sample that the receiver has taken, in milliseconds since 1970; undefined without one. */
  readonly takenAt: number | undefined;
}

export interface SenderOptions extends Omit<DeliveryParts, "bisect" | "format" | "onFallback"> {
  readonly format: PushFormat;
  /** As of `RemoteWriteOptions`. */
  readonly bisect: boolean;
  readonly spool: Spool;
  /** A number from 0 to below 1. */
  readonly random: () => number;
  readonly warn: (kind: string, sentence: string) => void;
}

/** The memory of a sender. */
interface SenderState {
  format: PushFormat;
  /** Attempts since the receiver took something. */
  attempts: number;
  retryAt: number;
  noSplitUntil: number;
  takenAt: number | undefined;
}

export function createPushSender(options: SenderOptions): PushSender {
  const { spool, now, warn } = options;
  const state: SenderState = {
    format: options.format,
    attempts: 0,
    retryAt: 0,
    noSplitUntil: 0,
    takenAt: undefined,
  };
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    for (let waiting = spool.first(now()); waiting; waiting = spool.first(now()))
      if (!(await sendOne(waiting, state, options))) return spool.pack();
  };
  const start = (): Promise<void> => {
    running ??= run()
      .catch((error: unknown) => warn("fault", `The push stopped at a fault: ${String(error)}`))
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  return {
    pump: async () => {
      if (now() < state.retryAt) return spool.pack();
      if (running && spool.state(now()).entries > MAX_UNPACKED) await spool.pack();
      // What was added while the last pass ended is not part of it.
      await running;
      await start();
    },
    flush: async () => {
      await running;
      await start();
    },
    get takenAt() {
      return state.takenAt;
    },
  };
}

/** Sends one entry. Returns false if the receiver is to be left alone for a while. */
async function sendOne(waiting: Waiting, state: SenderState, options: SenderOptions): Promise<boolean> {
  const { now, random, warn } = options;
  let isTaken = false;
  let isRefused = false;
  const outcome = await deliverPoints(waiting.points, {
    ...options,
    format: state.format,
    bisect: options.bisect && now() >= state.noSplitUntil,
    onFallback: (next) => {
      warn(
        "fallback",
        `The receiver of remoteWrite does not take remote write ${state.format.name}: ${next.name} is sent from now on. Remove the option version.`,
      );
      state.format = next;
    },
    onTaken: (points) => {
      isTaken = true;
      options.onTaken(points);
      for (const { samples } of points) state.takenAt = Math.max(state.takenAt ?? 0, samples.at(-1)!.at);
    },
    onLoss: (reason, samples, sentence) => {
      isRefused ||= reason === "refused";
      options.onLoss(reason, samples, sentence);
    },
  });
  if (outcome.kind === "retry") {
    state.attempts += 1;
    const { afterMs, rest, reason } = outcome;
    const waitMs = afterMs === undefined ? backoffMs(state.attempts, random) : pauseMs(afterMs);
    state.retryAt = now() + waitMs;
    if (rest.length < waiting.points.length) waiting.keep(rest);
    warn("failed", `The push failed, and is tried again: ${reason}`);
    return false;
  }
  waiting.done();
  state.attempts = 0;
  if (isRefused && !isTaken) state.noSplitUntil = now() + NO_SPLIT_MS;
  return true;
}
