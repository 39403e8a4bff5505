import type { LiveEvent } from "@rumkit/protocol";

/** An event before it is shown. */
export interface ShownEvent extends Omit<LiveEvent, "at" | "sender"> {
  /** The session of a page. It never leaves the collector: viewers get a digest of it. */
  readonly session?: string;
}

/** An error of a page, as groups and log show it. Fields that the page did not send are empty. */
export interface PageError {
  /** The constructor's name: `TypeError`. */
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** The source that caught it: `uncaught`, `rejection`, `react`. */
  readonly source: string;
  readonly release: string;
  /** The family of the browser: only the request of the page has it. */
  browser: string;
  /** The sessions that reported it. */
  sessions: readonly string[];
  /** A route pattern, or `unmatched`. */
  readonly route: string;
  /** The number of occurrences. */
  readonly times: number;
}

/**
 * Events that were counted together. They are described on demand, because viewers see only a few of thousands per
 * second.
 */
export interface ShownEvents {
  readonly length: number;
  /** Number of page errors among them. */
  readonly errors: number;
  /** Number of occurrences of these errors. */
  readonly errorTimes: number;
  /** The type of each, in the order of `describe`. */
  readonly types: () => readonly string[];
  /** Describes all of them. */
  describe(): readonly ShownEvent[];
  /** The page errors alone, for less work than their description. */
  pageErrors(): readonly PageError[];
}

/** The same events with another description. */
export function describeAs(
  { length, errors, errorTimes, types, pageErrors }: ShownEvents,
  describe: ShownEvents["describe"],
): ShownEvents {
  return { length, errors, errorTimes, types, describe, pageErrors };
}

/** A call of server code. */
export function showCall(event: ShownEvent): ShownEvents {
  return showCalls([event]);
}

/** Described events, without errors of pages. */
export function showCalls(events: readonly ShownEvent[]): ShownEvents {
  return {
    length: events.length,
    errors: 0,
    errorTimes: 0,
    types: () => events.map(({ type }) => type),
    describe: () => events,
    pageErrors: () => [],
  };
}

/** For samples that do not stem from an event. */
export const NOTHING_SHOWN: ShownEvents = {
  length: 0,
  errors: 0,
  errorTimes: 0,
  types: () => [],
  describe: () => [],
  pageErrors: () => [],
};
