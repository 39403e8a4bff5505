import { deflateRawSync, inflateRawSync } from "node:zlib";
import { isObject } from "../base/shape.ts";
import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { CounterReading } from "./counterReading.ts";
import type { Track } from "./track.ts";

/** The section of what the counters of alerts did, hour by hour: for `rumkit alerts replay`. */
export const PAST = "alert_past";

/** Hours that are kept: a week to try thresholds on, and a day. */
const HOURS = 8 * 24;

/**
 * Maximum characters of all hours, a quarter of what a section may have. 100 series that grow each minute take 0.4 MiB a day.
 * The oldest hours go first.
 */
const MAX_CHARACTERS = 4_194_304;

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;

/** Maximum bytes of an hour: 400 groups of 500 readings. */
const MAX_HOUR_BYTES = 67_108_864;

/** One hour. All sums are of the track, so a restart of the counters does not show. */
export interface PastHour {
  /** Selectors, as `keyOfSelector` writes them, also those without any series. */
  readonly keys: string[];
  /** The place of a track's selector, its group, the minute of its first value (-1: the one before the hour), and that value. */
  readonly tracks: [key: number, group: string, first: number, value: number][];
  /** For each minute that was read its number within the hour, then places of tracks and their increases, by turns. */
  readonly minutes: number[][];
}

/** Keeps the counters that rules read, minute by minute. */
export interface PastDocuments {
  /** Returns the changes once a minute, else none. */
  take(): DocumentChange[];
  /** Goes on after an earlier process. Call it when the tracks are restored. */
  restore(documents: readonly (readonly [section: string, key: string, text: string])[]): void;
}

export function createPastDocuments(
  readings: ReadonlyMap<string, CounterReading>,
  now: () => number,
): PastDocuments {
  const kept = createKeptHours();
  /** The sum of a track when it was kept last. */
  const sums = new WeakMap<Track, number>();
  let open = { number: Number.NaN, ...createHour() };
  let last = Number.NaN;

  return {
    take: () => {
      const at = Math.floor(now() / MINUTE_MS);
      // A clock that was set back writes no minute twice.
      if (at <= last) return [];
      const number = Math.floor(at / HOUR_MINUTES);
      if (open.number !== number) open = { number, ...createHour() };
      open.add(at % HOUR_MINUTES, last * MINUTE_MS, readings, sums);
      last = at;
      const text = encodeHour(open.hour);
      kept.add(number, text.length);
      return [{ section: PAST, key: String(number), text }, ...kept.dropFor(number)];
    },
    restore: (documents) => {
      for (const [section, key, text] of documents) if (section === PAST) kept.add(Number(key), text.length);
      const at = Math.floor(now() / MINUTE_MS);
      const number = Math.floor(at / HOUR_MINUTES);
      const found = documents.find(([section, key]) => section === PAST && Number(key) === number);
      const hour = found && decodeHour(found[2]);
      if (hour) open = { number, ...createHour(hour) };
      last = number * HOUR_MINUTES + (hour?.minutes.at(-1)?.[0] ?? -1);
      for (const { tracks } of readings.values())
        for (const track of tracks.values()) sums.set(track, track.sum);
    },
  };
}

/** The hours that exist, so that those that are too old or too many can be removed. */
function createKeptHours() {
  const sizes = new Map<number, number>();
  return {
    add: (hour: number, characters: number): void => void sizes.set(hour, characters),
    /** Drops what the hour that grows leaves no room for. */
    dropFor: (open: number): DocumentChange[] => {
      let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
      const dropped: DocumentChange[] = [];
      for (const [each, size] of [...sizes].toSorted(([a], [b]) => a - b)) {
        // Of a time that is still to come: the clock of the machine was wrong, then or now.
        const isKept = each > open - HOURS && each <= open && total <= MAX_CHARACTERS;
        if (isKept || each === open) continue;
        total -= size;
        sizes.delete(each);
        dropped.push({ section: PAST, key: String(each), text: undefined });
      }
      return dropped;
    },
  };
}

/** An hour that grows. */
function createHour(hour: PastHour = { keys: [], tracks: [], minutes: [] }) {
  const keys = new Map(hour.keys.map((key, place) => [key, place]));
  const places = new Map(hour.tracks.map(([key, group], place) => [`${key} ${group}`, place]));
  const placeOf = (key: string): number => {
    const known = keys.get(key) ?? hour.keys.push(key) - 1;
    keys.set(key, known);
    return known;
  };
  return {
    hour,
    /** @param since The moment before, NaN if there was none. */
    add: (
      minute: number,
      since: number,
      readings: ReadonlyMap<string, CounterReading>,
      sums: WeakMap<Track, number>,
    ): void => {
      const values = [minute];
      for (const { key, tracks } of readings.values()) {
        const reading = placeOf(key);
        for (const [group, track] of tracks) {
          const name = `${reading} ${group}`;
          const { sum, firstPoint } = track;
          // A counter that began at 0 since then has grown from there.
          const isNew = firstPoint.at >= since && firstPoint.sum === 0;
          const before = sums.get(track) ?? (isNew ? 0 : sum);
          let place = places.get(name);
          if (place === undefined) {
            place = hour.tracks.push([reading, group, minute - 1, before]) - 1;
            places.set(name, place);
          }
          if (sum !== before) values.push(place, sum - before);
          sums.set(track, sum);
        }
      }
      hour.minutes.push(values);
    },
  };
}

function encodeHour(hour: PastHour): string {
  return deflateRawSync(JSON.stringify(hour)).toString("base64");
}

/** Returns undefined for a text that is not an hour. */
export function decodeHour(text: string): PastHour | undefined {
  try {
    const bytes = inflateRawSync(Buffer.from(text, "base64"), { maxOutputLength: MAX_HOUR_BYTES });
    const hour: unknown = JSON.parse(bytes.toString());
    return isObject(hour) && [hour["keys"], hour["tracks"], hour["minutes"]].every(Array.isArray)
      ? (hour as unknown as PastHour)
      : undefined;
  } catch {
    return undefined;
  }
}
