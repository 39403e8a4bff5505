import type { ErrorGroups, ErrorOrder } from "@rumkit/protocol";
import { createBacklog } from "../base/backlog.ts";
import type { ShownEvents } from "../base/shownEvents.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import type { Resolver } from "../sourceMaps/createResolver.ts";
import { createErrorGroups, type ReportedError } from "./errorGroups.ts";
import { asTheyCame, createFaultReader, toReport } from "./faults.ts";
import {
  createResolvingQueue,
  type ErrorQueue,
  type ErrorQueueOptions,
  MAX_WAITING,
} from "./resolvingQueue.ts";
import { createWaitingErrors } from "./waitingErrors.ts";

/** The handling of accepted errors of pages after they were counted: they are grouped, logged, and shown. */
export interface ErrorReports {
  /** Processes events that were counted together. Events other than page errors are only shown. */
  see(events: ShownEvents, at: number): void;
  /** Counts occurrences that are not described: groups say how many are missing. */
  skip(times: number): void;
  /** Resolves with the groups, once every earlier error is in them. */
  list(order: ErrorOrder, limit: number): Promise<ErrorGroups>;
  /** Processes everything that waits, and resolves when it is done. Call it at the end. */
  settle(): Promise<void>;
}

export interface ErrorReportsOptions {
  readonly scrub: Scrubber;
  /** Finds the sources of a stack. Without it stacks stay unresolved. */
  readonly resolve?: Resolver["resolve"] | undefined;
  /** Writes an error into the log. */
  readonly logError: (error: ReportedError) => void;
  /** Shows events in the live tail. */
  readonly showEvents: (events: ShownEvents, at: number) => void;
}

/** Maximum errors that wait apart although they are equal. */
const MAX_APART = 200;

/**
 * Stacks are read after the batch is answered, and only as many as time allows. Every error is counted; groups only
 * help people to read them.
 */
export function createErrorReports(options: ErrorReportsOptions): ErrorReports {
  const { scrub, resolve, logError, showEvents } = options;
  const groups = createErrorGroups();
  const take = (error: ReportedError): void => {
    groups.see(error);
    logError(error);
  };
  const queueOptions = { scrub, take, showEvents, faultOf: createFaultReader(scrub) };
  const queue = resolve ? createResolvingQueue(resolve, queueOptions) : createPlainQueue(queueOptions);

  return {
    see: (events, at) => {
      if (events.errors === 0) return showEvents(events, at);
      const skipped = queue.add(events, at);
      if (skipped > 0) groups.skip(skipped);
    },
    skip: groups.skip,
    list: async (order, limit) => {
      await queue.finish();
      return groups.list(order, limit);
    },
    settle: queue.settle,
  };
}

/** Takes errors with their stacks as they came. */
function createPlainQueue({ scrub, faultOf, take, showEvents }: ErrorQueueOptions): ErrorQueue {
  const backlog = createBacklog();
  const waiting = createWaitingErrors({
    backlog,
    most: MAX_WAITING,
    joinFrom: MAX_APART,
    take: (error, at) => take(toReport(error, at, faultOf(error), false, scrub)),
  });
  return {
    add: (events, at) => {
      showEvents(asTheyCame(events, faultOf), at);
      let skipped = 0;
      for (const error of events.pageErrors()) if (!waiting.add(error, at)) skipped += error.times;
      return skipped;
    },
    finish: backlog.finish,
    settle: backlog.finish,
  };
}
