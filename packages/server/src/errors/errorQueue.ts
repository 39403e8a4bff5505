import type { ShownEvents } from "../base/shownEvents.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import type { ReportedError } from "./errorGroups.ts";
import type { FaultReader } from "./faults.ts";

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
