import { type ErrorGroups, type ErrorOrder, type LiveEvent, MAX_STACK, MAX_TEXT } from "@rumkit/protocol";
import type { Scrubber } from "../scrub/createScrubber.ts";
import { createErrorGroups, type ReportedError } from "./errorGroups.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { parseStack } from "../stack/parseStack.ts";
import { isNotice } from "../metrics/labelValues.ts";
import { createBacklog } from "../base/backlog.ts";
import { createPendingWork } from "../base/pendingWork.ts";
import { rememberMatches } from "../base/rememberMatches.ts";
import type { Resolver } from "../sourceMaps/createResolver.ts";
import { renderFrame, type StackFrame } from "../stack/stackFrame.ts";
import { describeAs, type ShownEvents } from "../base/shownEvents.ts";

/** The handling of accepted errors of pages after they were counted: they are grouped, logged, and shown. */
export interface ErrorReports {
  /** Processes events that were counted together. Events other than page errors are only shown. */
  see(events: ShownEvents, at: number): void;
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

/** Maximum errors that wait to be grouped. Further errors count as forgotten and are not logged. */
const MAX_WAITING = 2_000;

/**
 * Stacks are read after the batch is answered, and only as many as time allows. Every error is counted; groups only
 * help people to read them.
 */
export function createErrorReports(options: ErrorReportsOptions): ErrorReports {
  const { scrub, resolve, logError, showEvents } = options;
  const groups = createErrorGroups();
  const faultAsItCame = createFaultReader(scrub);
  const take = (error: ReportedError): void => {
    groups.see(error);
    logError(error);
  };
  const queue = createErrorQueue(resolve, faultAsItCame, { scrub, take, showEvents });

  return {
    see: (events, at) => {
      if (events.errors === 0) return showEvents(events, at);
      const isTooMany = queue.waiting() + events.errors > MAX_WAITING;
      if (!resolve || isTooMany) showEvents(asTheyCame(events, faultAsItCame), at);
      if (isTooMany) groups.skip(events.errorTimes);
      else queue.add(events, at);
    },
    list: async (order, limit) => {
      await queue.finish();
      return groups.list(order, limit);
    },
    settle: queue.settle,
  };
}

/** The errors that wait to be taken, and whose stacks are looked up if `resolve` is given. */
function createErrorQueue(
  resolve: Resolver["resolve"] | undefined,
  faultAsItCame: (event: ShownEvent) => Fault,
  shown: ShownOptions,
) {
  const resolving = createPendingWork();
  const backlog = createBacklog();
  let waiting = 0;

  /** The live tail waits for the sources, so that it shows the same fingerprint as log and groups. */
  function* read(moment: Moment): Generator<void, void> {
    waiting -= moment.events.errors;
    if (!resolve) return yield* takeErrors(moment, faultAsItCame, shown);
    const stacks = yield* findStacks(moment, resolve);
    // Never rejects.
    void resolving.add(Promise.all(stacks).then((found) => backlog.add(showResolved(moment, found, shown))));
  }

  return {
    waiting: () => waiting,
    add: (events: ShownEvents, at: number): void => {
      const { length, errors, errorTimes } = events;
      const described = events.describe(resolve ? undefined : "errors");
      waiting += errors;
      backlog.add(read({ events: { length, errors, errorTimes }, described, at }));
    },
    finish: backlog.finish,
    settle: async (): Promise<void> => {
      await backlog.finish();
      await resolving.settled();
      await backlog.finish();
    },
  };
}

/** Takes the errors of a moment, one at a time, with their stacks as they came. */
function* takeErrors(
  { described, at }: Moment,
  faultOf: (event: ShownEvent) => Fault,
  { scrub, take }: ShownOptions,
): Generator<void, void> {
  for (const event of described) {
    take(toReport(event, at, faultOf(event), false, scrub));
    yield;
  }
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

interface ShownOptions extends Pick<ErrorReportsOptions, "scrub" | "showEvents"> {
  readonly take: (error: ReportedError) => void;
}

/** Takes the errors of a moment, and shows its events with the fingerprints of log and groups. */
function* showResolved(
  { events, described, at }: Moment,
  stacks: readonly FoundStack[],
  { scrub, take, showEvents }: ShownOptions,
): Generator<void, void> {
  const shown: ShownEvent[] = [];
  for (const [index, event] of described.entries()) {
    const stack = stacks[index];
    if (stack) {
      const fault = readFault(event.name, textOf(event.details["message"]), stack.frames, scrub);
      const error = toReport(event, at, fault, stack.outcome === "resolved", scrub);
      take(error);
      shown.push(identify(event, error.fingerprint));
      yield;
    } else shown.push(event);
  }
  showEvents({ ...events, types: () => shown.map(({ type }) => type), describe: () => shown }, at);
}

type FoundStack = Awaited<ReturnType<Resolver["resolve"]>> | undefined;

/**
 * Events that were counted together and wait to be processed. Holds only the parts that are still needed, not the
 * batch.
 */
interface Moment {
  readonly events: Omit<ShownEvents, "describe" | "types">;
  /** The page errors. If stacks are resolved, also the other events, because the tail shows them together. */
  readonly described: readonly ShownEvent[];
  readonly at: number;
}

type ShownEvent = Omit<LiveEvent, "at">;

function isPageError({ type, source, details }: ShownEvent): boolean {
  return type === "error" && source === "page" && !isNotice(details["source"]);
}

/**
 * Adds the fingerprint, which replaces the app's attribute of that name. It comes first, because the tail cuts the
 * end.
 */
function identify(event: ShownEvent, fingerprint: string): ShownEvent {
  const { fingerprint: _given, ...details } = event.details;
  return { ...event, details: { fingerprint, ...details } };
}

function framesOf(event: ShownEvent): StackFrame[] {
  return parseStack(textOf(event.details["stack"]));
}

/** The fields that are read from the text of an error, scrubbed. */
type Fault = Pick<ReportedError, "fingerprint" | "name" | "message" | "stack">;

/** Reads errors whose stacks stay unresolved. */
function createFaultReader(scrub: Scrubber): (event: ShownEvent) => Fault {
  /** The same error arrives repeatedly, so its text is parsed once: parsing takes thirty times as long as a lookup. */
  const readText = rememberMatches(
    (text) => {
      const [name, message, stack] = JSON.parse(text) as [string, string, string];
      return readFault(name, message, parseStack(stack), scrub);
    },
    { most: 100, longest: MAX_STACK + 2 * MAX_TEXT },
  );
  return ({ name, details }) =>
    readText(JSON.stringify([name, textOf(details["message"]), textOf(details["stack"])]));
}

function asTheyCame(events: ShownEvents, faultOf: (event: ShownEvent) => Fault): ShownEvents {
  const identified = (event: ShownEvent): ShownEvent =>
    isPageError(event) ? identify(event, faultOf(event).fingerprint) : event;
  return describeAs(events, (which) => events.describe(which).map(identified));
}

function readFault(name: string, text: string, frames: readonly StackFrame[], scrub: Scrubber): Fault {
  const message = scrub.text(text);
  return {
    fingerprint: fingerprintOf({ name, message, frames }),
    name: scrub.text(name),
    message,
    stack: frames.map((frame) => scrub.text(renderFrame(frame))),
  };
}

function toReport(
  { details, count, route = "" }: ShownEvent,
  at: number,
  fault: Fault,
  resolved: boolean,
  scrub: Scrubber,
): ReportedError {
  return {
    ...fault,
    at,
    times: count,
    route,
    release: scrub.text(textOf(details["release"]) || "unknown"),
    source: textOf(details["source"]),
    browser: textOf(details["browser"]) || "other",
    resolved,
  };
}

/** Attributes may hold any value of JSON. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
