import type { ErrorGroups, ErrorOrder, LiveEvent } from "@rumkit/protocol";
import type { ShownEvents } from "../live/tail.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import { createErrorGroups } from "./errorGroups.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { parseStack } from "./parseStack.ts";
import type { ReportedError } from "./reportedError.ts";
import { renderFrame } from "./stackFrame.ts";

/** What becomes of the accepted errors of pages besides being counted: they are grouped, written into the log, and shown. */
export interface ErrorReports {
  /** Takes events that were counted at a time; those that are no errors of a page are only shown. */
  see(events: ShownEvents, at: number): void;
  list(order: ErrorOrder, limit: number): ErrorGroups;
  /** Reads what still waits to be read: to be called at the end. */
  settle(): void;
}

export interface ErrorReportsOptions {
  readonly scrub: Scrubber;
  /** Writes an error into the log. */
  readonly logError: (error: ReportedError) => void;
  /** Shows events in the live tail. */
  readonly showEvents: (events: ShownEvents, at: number) => void;
}

/** Milliseconds between two rounds of reading stacks. */
const ROUND_MS = 100;

/** Errors whose stacks are read in one round: about 3 ms, so that no batch waits for them. */
const MAX_A_ROUND = 100;

/** Errors that wait to be grouped. What comes while so many wait is counted among the forgotten ones, and not in the log. */
const MAX_WAITING = 2_000;

/**
 * Stacks are read after the batch is answered, and no more of them than the time is there for: an error is
 * counted in any case, and its group is for people.
 */
export function createErrorReports({ scrub, logError, showEvents }: ErrorReportsOptions): ErrorReports {
  const groups = createErrorGroups();
  const waiting: { readonly events: ShownEvents; readonly at: number }[] = [];
  let waitingErrors = 0;
  let timer: NodeJS.Timeout | undefined;

  const groupErrors = (most: number): void => {
    let grouped = 0;
    while (grouped < most) {
      const moment = waiting.shift();
      if (!moment) return;
      waitingErrors -= moment.events.errors;
      for (const event of moment.events.describe().filter(isPageError)) {
        const error = readError({ ...event, at: moment.at }, scrub);
        groups.see(error);
        logError(error);
        grouped += 1;
      }
    }
  };
  const groupSoon = (): void => {
    if (timer || waiting.length === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      groupErrors(MAX_A_ROUND);
      groupSoon();
    }, ROUND_MS);
    timer.unref();
  };

  return {
    see: (events, at) => {
      if (events.errors === 0) return showEvents(events, at);
      showEvents({ ...events, describe: () => events.describe().map((event) => identify(event, scrub)) }, at);
      if (waitingErrors + events.errors > MAX_WAITING) return groups.skip(timesOf(events));
      waiting.push({ events, at });
      waitingErrors += events.errors;
      groupSoon();
    },
    list: (order, limit) => {
      groupErrors(Number.POSITIVE_INFINITY);
      return groups.list(order, limit);
    },
    settle: () => groupErrors(Number.POSITIVE_INFINITY),
  };
}

type ShownEvent = Omit<LiveEvent, "at">;

function timesOf(events: ShownEvents): number {
  const errors = events.describe().filter(isPageError);
  return errors.reduce((sum, { count }) => sum + count, 0);
}

function isPageError({ type, source }: ShownEvent): boolean {
  return type === "error" && source === "page";
}

/** The fingerprint comes first, because the tail cuts what is behind; the app's own attribute of that name gives way. */
function identify(event: ShownEvent, scrub: Scrubber): ShownEvent {
  if (!isPageError(event)) return event;
  const { fingerprint: _given, ...details } = event.details;
  const { fingerprint } = readError({ ...event, at: 0 }, scrub);
  return { ...event, details: { fingerprint, ...details } };
}

function readError({ name, details, at, count, route }: LiveEvent, scrub: Scrubber): ReportedError {
  const message = scrub.text(textOf(details["message"]));
  const frames = parseStack(textOf(details["stack"]));
  return {
    fingerprint: fingerprintOf({ name, message, frames }),
    name: scrub.text(name),
    message,
    at,
    times: count,
    route: route ?? "",
    release: scrub.text(textOf(details["release"]) || "unknown"),
    source: textOf(details["source"]),
    browser: textOf(details["browser"]) || "other",
    stack: frames.map((frame) => scrub.text(renderFrame(frame))),
    resolved: false,
  };
}

/** Attributes may hold anything that JSON has for a value. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
