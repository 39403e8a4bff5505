import { createHash } from "node:crypto";
import { type LiveEvent, SENDER_DIGITS, senderText } from "@rumkit/protocol";
import type { ShownEvent, ShownEvents } from "../base/shownEvents.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import { addCounts, countTypes, type EventCounts, NO_EVENTS, subtractCounts } from "./eventCounts.ts";

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
  /**
   * Adds events that were counted at `at`, in milliseconds since 1970. They are new only if a viewer waits for them:
   * counting their types takes time.
   */
  push(events: ShownEvents, at: number, isAwaited?: boolean): void;
  /** Returns the last events, oldest first. */
  recent(): LiveEvent[];
  /** Returns the last events as they were added. */
  moments(): readonly Moment[];
  /** Returns the events since the last call, the newest if there are too many, and the number of the others by type. */
  takeNew(): { readonly events: LiveEvent[]; readonly skipped: EventCounts };
  /** True if there are events that `takeNew` has not returned. */
  readonly hasNew: boolean;
  /** Skips the new events: there is no viewer, and reading them takes time. */
  skipNew(): void;
}

export function createTail(scrub: Scrubber): Tail {
  let dropped = NO_EVENTS;
  const recent = createLast(scrub);
  const fresh = createLast(scrub, (moments) => {
    dropped = addCounts(dropped, countMoments(moments));
  });
  const clear = (): void => {
    fresh.clear();
    dropped = NO_EVENTS;
  };
  return {
    push: (events, at, isAwaited = true) => {
      if (events.length === 0) return;
      recent.push({ events, at });
      if (isAwaited) fresh.push({ events, at });
    },
    recent: recent.show,
    moments: recent.moments,
    takeNew: () => {
      const events = fresh.show();
      const all = addCounts(dropped, countMoments(fresh.moments()));
      const skipped = subtractCounts(all, countTypes(events.map(({ type }) => type)));
      clear();
      return { events, skipped };
    },
    get hasNew() {
      return fresh.moments().length > 0;
    },
    skipNew: clear,
  };
}

/** Events that were counted together. */
interface Moment {
  readonly events: ShownEvents;
  readonly at: number;
}

/** The last events, kept in the groups in which they were counted, with as few other events as possible. */
interface Last {
  push(moment: Moment): void;
  show(): LiveEvent[];
  moments(): readonly Moment[];
  clear(): void;
}

/** @param onDrop Called with the moments that are not among the last events any more. */
function createLast(scrub: Scrubber, onDrop?: (moments: readonly Moment[]) => void): Last {
  let moments: Moment[] = [];
  let length = 0;
  return {
    push: (moment) => {
      moments.push(moment);
      length += moment.events.length;
      if (length > 2 * LENGTH && moments.length > 1) {
        const kept = newest(moments);
        onDrop?.(moments.slice(0, moments.length - kept.length));
        moments = kept;
        length = moments.reduce((sum, { events }) => sum + events.length, 0);
      }
    },
    show: () =>
      newest(moments)
        .flatMap(({ events, at }) => events.describe().map((event) => ({ event, at })))
        .slice(-LENGTH)
        .map(({ event, at }) => toShown(event, at, scrub)),
    moments: () => moments,
    clear: () => {
      moments = [];
      length = 0;
    },
  };
}

function countMoments(moments: readonly Moment[]): EventCounts {
  return countTypes(moments.flatMap(({ events }) => events.types()));
}

function toShown({ route, session, ...event }: ShownEvent, at: number, scrub: Scrubber): LiveEvent {
  return {
    ...event,
    at,
    ...(session !== undefined && { sender: digestOfSender(session, at) }),
    name: scrub.text(event.name),
    ...(route !== undefined && { route: scrub.text(route) }),
    details: cut(scrub.details(cut(event.details, SCRUBBED_UNITS)), SHOWN_UNITS),
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

/**
 * Returns the digest by which a page recognizes events of the session that it knows. Without the session's random id it says
 * nothing, and it is another one at another time, so viewers cannot follow a session.
 */
function digestOfSender(session: string, at: number): string {
  return createHash("sha256").update(senderText(session, at)).digest("hex").slice(0, SENDER_DIGITS);
}
