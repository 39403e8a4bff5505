import type { LiveEvent } from "@rumkit/protocol";

/** Events that a new viewer gets, and that a frame carries at most. */
const LENGTH = 50;

/** Keys of an event that are shown, and UTF-16 units of each: what fits a line. A frame has fifty events. */
const SHOWN_KEYS = 12;
const SHOWN_UNITS = 200;

/** The last events, for eyes: what is longer than a line is cut. */
export interface Tail {
  push(event: LiveEvent): void;
  /** The last events, oldest first. */
  recent(): LiveEvent[];
  /** The events since the last call, the newest where there are too many. */
  takeNew(): LiveEvent[];
}

export function createTail(): Tail {
  let recent: LiveEvent[] = [];
  let fresh: LiveEvent[] = [];
  const last = (events: LiveEvent[]): LiveEvent[] =>
    events.length > 2 * LENGTH ? events.slice(-LENGTH) : events;
  // Cut when somebody looks, not for each of thousands of events that nobody sees.
  const show = (events: readonly LiveEvent[]): LiveEvent[] =>
    events.slice(-LENGTH).map((event) => ({ ...event, details: cut(event.details) }));
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

function cut(details: LiveEvent["details"]): LiveEvent["details"] {
  const entries = Object.entries(details).slice(0, SHOWN_KEYS);
  return Object.fromEntries(
    entries.map(([key, value]) => [cutText(key), typeof value === "string" ? cutText(value) : value]),
  );
}

function cutText(text: string): string {
  return text.length > SHOWN_UNITS ? `${text.slice(0, SHOWN_UNITS)}…` : text;
}
