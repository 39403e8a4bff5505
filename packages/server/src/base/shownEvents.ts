import type { LiveEvent } from "@rumkit/protocol";

/** Events of one moment, made for eyes only when somebody looks: nobody sees most of thousands a second. */
export interface ShownEvents {
  readonly length: number;
  /** How many errors of pages are among them. */
  readonly errors: number;
  /** How often these happened. */
  readonly errorTimes: number;
  /** All of them, or the errors of pages alone. */
  describe(which?: "errors"): readonly Omit<LiveEvent, "at">[];
}

/** The same events, described otherwise. */
export function describeAs(
  { length, errors, errorTimes }: ShownEvents,
  describe: ShownEvents["describe"],
): ShownEvents {
  return { length, errors, errorTimes, describe };
}

/** Of what is counted and is no event. */
export const NOTHING_SHOWN: ShownEvents = { length: 0, errors: 0, errorTimes: 0, describe: () => [] };
