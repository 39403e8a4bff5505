import type { LiveEvent } from "@rumkit/protocol";

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
  /** Describes all of them, or only the page errors. */
  describe(which?: "errors"): readonly Omit<LiveEvent, "at">[];
}

/** The same events with another description. */
export function describeAs(
  { length, errors, errorTimes, types }: ShownEvents,
  describe: ShownEvents["describe"],
): ShownEvents {
  return { length, errors, errorTimes, types, describe };
}

/** For samples that do not stem from an event. */
export const NOTHING_SHOWN: ShownEvents = {
  length: 0,
  errors: 0,
  errorTimes: 0,
  types: () => [],
  describe: () => [],
};
