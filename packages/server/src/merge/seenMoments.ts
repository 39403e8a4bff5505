import type { Device } from "@rumkit/protocol";
import type { ShownEvents } from "../base/shownEvents.ts";
import type { CountedValue } from "../workers/wire.ts";
import type { SeenMoment, SeenMoments } from "./frame.ts";
import type { Seen } from "./seenTap.ts";

/** Events, errors, vitals and releases of one aggregator that wait for the next frame. */
export interface WaitingMoments {
  readonly seen: Seen;
  /** Returns what was seen since the last call; undefined if that is nothing. */
  readonly take: () => SeenMoments | undefined;
}

/** Events and page errors of a second that are sent. Viewers see at most 500 of a second, and groups read less. */
const MAX_EVENTS = 300;
const MAX_ERRORS = 50;

/** Events that wait at most: those of ten seconds. While the log takes no frames, others are counted by type. */
const MAX_WAITING = 10 * MAX_EVENTS;

/** Releases that wait at most; one that was not sent comes again with the next batch. */
const MAX_RELEASES = 20;

/** Digits in which vitals of one group agree: below 0.5 % apart. */
const DIGITS = 3;

/** @param now Milliseconds of a clock that never goes back. */
export function createWaitingMoments(now: () => number): WaitingMoments {
  const room = createRoom(now);
  let waiting = createWaiting();
  return {
    seen: {
      events: (events, at) => addEvents(waiting, room, events, at),
      skippedErrors: (times) => void (waiting.skippedErrors += times),
      vital: (device, metric, value, times) => addVital(waiting, device, metric, value, times),
      release: (release) => {
        if (waiting.releases.size < MAX_RELEASES) waiting.releases.add(release);
      },
    },
    take: () => {
      const { moments, skipped, skippedErrors, vitals, releases } = waiting;
      if (moments.length + skipped.size + vitals.size + releases.size === 0) return undefined;
      waiting = createWaiting();
      return {
        moments,
        skipped: Object.fromEntries(skipped),
        skippedErrors,
        vitals: [...vitals.values()].map(({ device, metric, groups }) => ({
          device,
          metric,
          counted: [...groups.values()],
        })),
        releases: [...releases],
      };
    },
  };
}

interface VitalGroups {
  readonly device: Device;
  readonly metric: string;
  readonly groups: Map<string, CountedValue>;
}

interface Waiting {
  readonly moments: SeenMoment[];
  /** Events of the moments. */
  events: number;
  readonly skipped: Map<string, number>;
  skippedErrors: number;
  readonly vitals: Map<string, VitalGroups>;
  readonly releases: Set<string>;
}

const createWaiting = (): Waiting => ({
  moments: [],
  events: 0,
  skipped: new Map(),
  skippedErrors: 0,
  vitals: new Map(),
  releases: new Set(),
});

/** True if there is room for so many events and errors in this second. */
type Room = (events: number, errors: number) => boolean;

function createRoom(now: () => number): Room {
  let second = -1;
  let events = 0;
  let errors = 0;
  return (moreEvents, moreErrors) => {
    const current = Math.floor(now() / 1000);
    if (current !== second) [second, events, errors] = [current, 0, 0];
    if (events + moreEvents > MAX_EVENTS || errors + moreErrors > MAX_ERRORS) return false;
    events += moreEvents;
    errors += moreErrors;
    return true;
  };
}

function addEvents(waiting: Waiting, hasRoom: Room, events: ShownEvents, at: number): void {
  if (events.length === 0) return;
  if (waiting.events + events.length <= MAX_WAITING && hasRoom(events.length, events.errors)) {
    const errors = events.errors > 0 ? events.pageErrors() : [];
    waiting.events += events.length;
    waiting.moments.push({ at, events: events.describe(), errors });
    return;
  }
  for (const type of events.types()) waiting.skipped.set(type, (waiting.skipped.get(type) ?? 0) + 1);
  waiting.skippedErrors += events.errorTimes;
}

/** Means of values that are nearly the same. */
function addVital({ vitals }: Waiting, device: Device, metric: string, value: number, times: number): void {
  const key = JSON.stringify([device, metric]);
  const vital = vitals.get(key) ?? { device, metric, groups: new Map<string, CountedValue>() };
  vitals.set(key, vital);
  const group = value.toPrecision(DIGITS);
  const [mean, before] = vital.groups.get(group) ?? [value, 0];
  vital.groups.set(group, [(mean * before + value * times) / (before + times), before + times]);
}
