import { createBacklog } from "../base/backlog.ts";
import { createPendingWork } from "../base/pendingWork.ts";
import { textOf } from "../base/shape.ts";
import type { ShownEvent, ShownEvents } from "../base/shownEvents.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import type { Resolver } from "../sourceMaps/createResolver.ts";
import { parseStack, type StackFrame } from "../stack/parseStack.ts";
import type { ReportedError } from "./errorGroups.ts";
import {
  asTheyCame,
  type FaultReader,
  identify,
  isPageError,
  readFault,
  toPageError,
  toReport,
} from "./faults.ts";

/** The errors that wait to be taken. */
export interface ErrorQueue {
  /** Shows events, and adds their errors. Returns the number of occurrences for which there is no room. */
  add(events: ShownEvents, at: number): number;
  /** Resolves when everything that was added before is taken, or its sources are requested. */
  finish(): Promise<void>;
  settle(): Promise<void>;
}

export interface ErrorQueueOptions {
  readonly scrub: Scrubber;
  readonly faultOf: FaultReader;
  /** Called with each error. */
  readonly take: (error: ReportedError) => void;
  /** Shows events in the live tail. */
  readonly showEvents: (events: ShownEvents, at: number) => void;
}

/** Maximum errors that wait to be grouped. Further errors count as forgotten and are not logged. */
export const MAX_WAITING = 2_000;

/**
 * Takes errors after their sources were looked up. The live tail waits for the sources, so that it shows the same
 * fingerprint as log and groups.
 */
export function createResolvingQueue(resolve: Resolver["resolve"], options: ErrorQueueOptions): ErrorQueue {
  const resolving = createPendingWork();
  const backlog = createBacklog();
  let waiting = 0;

  function* read(moment: Moment): Generator<void, void> {
    waiting -= moment.events.errors;
    const stacks = yield* findStacks(moment, resolve);
    // Never rejects.
    void resolving.add(
      Promise.all(stacks).then((found) => backlog.add(showResolved(moment, found, options))),
    );
  }

  return {
    add: (events, at) => {
      const { length, errors, errorTimes } = events;
      if (waiting + errors > MAX_WAITING) {
        options.showEvents(asTheyCame(events, options.faultOf), at);
        return errorTimes;
      }
      waiting += errors;
      backlog.add(read({ events: { length, errors, errorTimes }, described: events.describe(), at }));
      return 0;
    },
    finish: backlog.finish,
    settle: async () => {
      await backlog.finish();
      await resolving.settled();
      await backlog.finish();
    },
  };
}

/** Requests the sources of each error, one at a time. */
function* findStacks(
  moment: Moment,
  resolveStack: Resolver["resolve"],
): Generator<void, Promise<FoundStack>[]> {
  const stacks: Promise<FoundStack>[] = [];
  for (const event of moment.described) {
    const isResolved = isPageError(event);
    stacks.push(
      isResolved
        ? resolveStack(textOf(event.details["release"]), framesOf(event))
        : Promise.resolve(undefined),
    );
    yield;
  }
  return stacks;
}

function framesOf(event: ShownEvent): StackFrame[] {
  return parseStack(textOf(event.details["stack"]));
}

/** Takes the errors of a moment, and shows its events with the fingerprints of log and groups. */
function* showResolved(
  { events, described, at }: Moment,
  stacks: readonly FoundStack[],
  { scrub, take, showEvents }: ErrorQueueOptions,
): Generator<void, void> {
  const shown: ShownEvent[] = [];
  for (const [index, event] of described.entries()) {
    const stack = stacks[index];
    if (stack) {
      const reported = toPageError(event);
      const fault = readFault(event.name, reported.message, stack.frames, scrub);
      const error = toReport(reported, at, fault, stack.outcome === "resolved", scrub);
      take(error);
      shown.push(identify(event, error.fingerprint));
      yield;
    } else shown.push(event);
  }
  const types = (): string[] => shown.map(({ type }) => type);
  showEvents({ ...events, types, describe: () => shown, pageErrors: () => [] }, at);
}

type FoundStack = Awaited<ReturnType<Resolver["resolve"]>> | undefined;

/**
 * Events that were counted together and wait to be processed. Holds only the parts that are still needed, not the
 * batch.
 */
interface Moment {
  readonly events: Pick<ShownEvents, "length" | "errors" | "errorTimes">;
  /** Page errors and the other events, because the tail shows them together. */
  readonly described: readonly ShownEvent[];
  readonly at: number;
}
