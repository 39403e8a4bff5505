import { setTimeout as wait } from "node:timers/promises";
import type { PendingWork } from "../base/pendingWork.ts";
import type { CollectorLog } from "./collectorLog.ts";
import type { Part } from "../part/part.ts";

/** Milliseconds that `stop` waits for open requests. Slower senders get no answer. */
const DRAIN_MS = 4_000;

export interface EndingOptions {
  readonly pending: PendingWork;
  readonly log: CollectorLog;
  /** The parts that end with the collector. */
  readonly parts: readonly Part[];
  /** The part that keeps what they count: it closes after all of them. */
  readonly store: Part;
}

/** Stops a collector: it refuses new requests, answers the open ones, then closes its parts. */
export interface Ending {
  readonly isDraining: boolean;
  readonly isStopping: boolean;
  drain(): void;
  /** Rejects if the journal cannot be closed. */
  stop(): Promise<void>;
}

export function createEnding({ pending, log, parts, store }: EndingOptions): Ending {
  let isDraining = false;
  let isStopping = false;
  const ended = [...parts, store];
  return {
    get isDraining() {
      return isDraining;
    },
    get isStopping() {
      return isStopping;
    },
    drain: () => {
      if (!isDraining) log.draining();
      isDraining = true;
    },
    stop: async () => {
      const isFirst = !isStopping;
      isDraining = true;
      isStopping = true;
      for (const part of ended) part.leave?.();
      try {
        await Promise.race([pending.settled(), wait(DRAIN_MS, undefined, { ref: false })]);
        for (const part of ended) await part.close?.();
      } finally {
        for (const part of ended) part.release?.();
      }
      if (isFirst) log.stopped();
    },
  };
}

/** The clock of a collector. */
export interface Pulse {
  /** Records all gauges, as before a scrape. */
  show(): void;
  stop(): void;
}

/** Beats once a second, and keeps no process alive. */
export function createPulse(parts: readonly Part[]): Pulse {
  const show = (): void => {
    for (const part of parts) part.show?.();
  };
  const clock = setInterval(() => {
    show();
    for (const part of parts) part.tick?.();
    for (const part of parts) part.publish?.();
  }, 1000);
  clock.unref();
  return { show, stop: () => clearInterval(clock) };
}
