import type { LiveEvent } from "@rumkit/protocol";
import type { Scrubber } from "../scrub/createScrubber.ts";

/** Events that a new viewer gets, and that a frame carries at most. */
const LENGTH = 50;

/** Keys of an event that are shown, and UTF-16 units of each: what fits a line. A frame has fifty events. */
const SHOWN_KEYS = 12;
const SHOWN_UNITS = 200;

/** Units that are scrubbed: what begins in the shown part ends in it or within as much again. */
const SCRUBBED_UNITS = 2 * SHOWN_UNITS;

/** The last events, for eyes: scrubbed, and what is longer than a line is cut. */
export interface Tail {
  push(event: LiveEvent): void;
  /** The last events, oldest first. */
  recent(): LiveEvent[];
  /** The events since the last call, the newest where there are too many. */
  takeNew(): LiveEvent[];
}

export function createTail(scrub: Scrubber): Tail {
  let recent: LiveEvent[] = [];
  let fresh: LiveEvent[] = [];
  const last = (events: LiveEvent[]): LiveEvent[] =>
    events.length > 2 * LENGTH ? events.slice(-LENGTH) : events;
  // Scrubbed and cut when somebody looks, not for each of thousands of events that nobody sees.
  const show = (events: readonly LiveEvent[]): LiveEvent[] =>
    events.slice(-LENGTH).map(({ route, ...event }) => ({
      ...event,
      name: scrub.text(event.name),
      ...(route !== undefined && { route: scrub.text(route) }),
      details: cut(scrub.details(cut(event.details, SCRUBBED_UNITS)), SHOWN_UNITS),
    }));
  return {
    push: (event) => {
      recent.push(event);
      fresh.push(event);
      recent = last(recent);
      fresh = last(fresh);
    },
    recent: () => show(recent),
    takeNew: () => {
      const taken = show(fresh);
      fresh = [];
      return taken;
    },
  };
}

function cut(details: LiveEvent["details"], units: number): LiveEvent["details"] {
  const entries = Object.entries(details).slice(0, SHOWN_KEYS);
  return Object.fromEntries(
    entries.map(([key, value]) => [
      cutText(key, units),
      typeof value === "string" ? cutText(value, units) : value,
    ]),
  );
}

function cutText(text: string, units: number): string {
  return text.length > units ? `${text.slice(0, units)}…` : text;
}
