import type { LiveEvent } from "@rumkit/protocol";
import type { Scrubber } from "../scrub/createScrubber.ts";
import type { ShownEvents } from "../base/shownEvents.ts";

/** Number of events that a new viewer gets, and maximum of a frame. */
const LENGTH = 50;

/** Maximum keys of an event that are shown, and UTF-16 units of each, so that an event fits about one line. */
const SHOWN_KEYS = 12;
const SHOWN_UNITS = 200;

/**
 * UTF-16 units that are scrubbed: twice the shown part, so that a secret which begins in it is scrubbed as a whole.
 */
const SCRUBBED_UNITS = 2 * SHOWN_UNITS;

/** The last events, for people to read: scrubbed, and cut to a line. */
export interface Tail {
  /** Adds events that were counted at `at`, in milliseconds since 1970. */
  push(events: ShownEvents, at: number): void;
  /** Returns the last events, oldest first. */
  recent(): LiveEvent[];
  /** Returns the events since the last call, the newest if there are too many. */
  takeNew(): LiveEvent[];
  /** Skips the new events: there is no viewer, and reading them takes time. */
  skipNew(): void;
}

export function createTail(scrub: Scrubber): Tail {
  const recent = createLast(scrub);
  const fresh = createLast(scrub);
  return {
    push: (events, at) => {
      if (events.length === 0) return;
      recent.push({ events, at });
      fresh.push({ events, at });
    },
    recent: recent.show,
    takeNew: () => {
      const taken = fresh.show();
      fresh.clear();
      return taken;
    },
    skipNew: fresh.clear,
  };
}

interface Moment {
  readonly events: ShownEvents;
  readonly at: number;
}

/** The last events, kept in the groups in which they were counted, with as few other events as possible. */
interface Last {
  push(moment: Moment): void;
  show(): LiveEvent[];
  clear(): void;
}

function createLast(scrub: Scrubber): Last {
  let moments: Moment[] = [];
  let length = 0;
  return {
    push: (moment) => {
      moments.push(moment);
      length += moment.events.length;
      if (length > 2 * LENGTH && moments.length > 1) {
        moments = newest(moments);
        length = moments.reduce((sum, { events }) => sum + events.length, 0);
      }
    },
    show: () =>
      newest(moments)
        .flatMap(({ events, at }) => events.describe().map((event) => ({ ...event, at })))
        .slice(-LENGTH)
        .map(({ route, ...event }) => ({
          ...event,
          name: scrub.text(event.name),
          ...(route !== undefined && { route: scrub.text(route) }),
          details: cut(scrub.details(cut(event.details, SCRUBBED_UNITS)), SHOWN_UNITS),
        })),
    clear: () => {
      moments = [];
      length = 0;
    },
  };
}

/** Returns the last moments that together have as many events as are shown. */
function newest(moments: readonly Moment[]): Moment[] {
  let length = 0;
  let from = moments.length;
  while (from > 0 && length < LENGTH) length += moments[(from -= 1)]?.events.length ?? 0;
  return moments.slice(from);
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
