import { setTimeout as wait } from "node:timers/promises";
import type { ErrorReports } from "../errors/errorReports.ts";
import type { Journal } from "../journal/journal.ts";
import type { Feed } from "../live/feed.ts";
import type { CollectorLog } from "./collectorLog.ts";
import type { PendingWork } from "../base/pendingWork.ts";
import type { SourceMaps } from "../sourceMaps/createSourceMaps.ts";

/** Milliseconds that `stop` waits for open requests: a sender that is slower gets no answer. */
const DRAIN_MS = 4_000;

/** Milliseconds that `stop` waits for stacks that are being resolved; what is not by then is not shown. */
const SETTLE_MS = 1_000;

/** What ends with a collector. */
export interface EndingOptions {
  readonly pending: PendingWork;
  readonly errors: ErrorReports;
  readonly sourceMaps: SourceMaps | undefined;
  readonly feed: Feed;
  readonly journal: Journal;
  readonly log: CollectorLog;
  /** Called at once: what is done each second, and what watches the process. */
  readonly stopWatching: () => void;
  /** Called when all has ended, whatever failed: the registry is free for the next collector. */
  readonly release: () => void;
}

/** The end of a collector: first it takes no new senders, then it answers what is open, then it closes. */
export interface Ending {
  readonly isDraining: boolean;
  readonly isStopping: boolean;
  drain(): void;
  /** Rejects where the journal cannot be closed. */
  stop(): Promise<void>;
}

export function createEnding(options: EndingOptions): Ending {
  const { pending, errors, sourceMaps, feed, journal, log, stopWatching, release } = options;
  let isDraining = false;
  let isStopping = false;
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
      stopWatching();
      try {
        await Promise.race([pending.settled(), wait(DRAIN_MS, undefined, { ref: false })]);
        await Promise.race([errors.settle(), wait(SETTLE_MS, undefined, { ref: false })]);
        await sourceMaps?.close();
        feed.close();
        await journal.close();
      } finally {
        release();
      }
      if (isFirst) log.stopped();
    },
  };
}
