import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { Ring } from "./ring.ts";
import type { AnyTrack, Tracks } from "./tracks.ts";

/** Numbers of tracks by name; the values at the start of each slot; the totals; the last sign of life. */
const NAMES = "alert_series";
const SLOTS = "alert_windows";
const TOTALS = "alert_totals";
const CLOCK = "alert_clock";

export const WINDOW_SECTIONS: readonly string[] = [NAMES, SLOTS, TOTALS, CLOCK];

/** Seconds of the slots that are kept. Finer ones are read at the start of each minute. */
const KEPT_SLOTS = [60, 300, 3_600] as const;

/** Tracks of one document of totals. */
const CHUNK = 500;

const MINUTE_MS = 60_000;

type Numbers = readonly number[];

/** Keeps the windows over a restart, minute by minute. */
export interface WindowDocuments {
  /** Returns the changes once a minute, else none. */
  take(): DocumentChange[];
  /** Returns the last moment at which the earlier process ran; undefined if there was none. */
  restore(documents: readonly (readonly [section: string, key: string, text: string])[]): number | undefined;
}

export function createWindowDocuments(tracks: Tracks, now: () => number): WindowDocuments {
  const numbers = new Map<string, number>();
  const written = new Map<string, string>();
  const kept = new Map<string, number>();
  let minute = Number.NaN;
  const slots = createSlots(tracks, numbers, kept);

  return {
    take: () => {
      const at = Math.floor(now() / MINUTE_MS);
      if (at === minute) return [];
      minute = at;
      const names = nameNew(tracks, numbers);
      return [
        ...names,
        ...slots.take(at * MINUTE_MS),
        ...totalsOf(tracks, numbers, written),
        { section: CLOCK, key: "alive", text: JSON.stringify({ at: now() }) },
      ];
    },
    restore: (documents) => {
      const of = (section: string) =>
        documents.filter(([found]) => found === section).map(([, key, text]) => [key, read(text)] as const);
      const alive = of(CLOCK).find(([key]) => key === "alive")?.[1] as { at?: unknown } | undefined;
      const names = of(NAMES);
      for (const [key, name] of names) if (typeof name === "string") numbers.set(name, Number(key));
      if (typeof alive?.at !== "number" || alive.at > now()) return undefined;
      const found = new Map<number, AnyTrack>();
      for (const [name, number] of numbers) {
        const track = tracks.restore(name);
        if (track) found.set(number, track);
      }
      slots.restore(of(SLOTS), found, alive.at);
      restoreTotals(of(TOTALS), found, alive.at);
      return alive.at;
    },
  };
}

/** Gives a number to each new track. */
function nameNew(tracks: Tracks, numbers: Map<string, number>): DocumentChange[] {
  const changes: DocumentChange[] = [];
  let next = Math.max(-1, ...numbers.values()) + 1;
  for (const [name] of tracks.all()) {
    if (numbers.has(name)) continue;
    numbers.set(name, next);
    changes.push({ section: NAMES, key: String(next), text: JSON.stringify(name) });
    next += 1;
  }
  return changes;
}

/** The rings of a track that are kept with slots of so many seconds. */
function ringsOf(track: AnyTrack, seconds: number): (readonly Ring[])[] {
  const isKeptBy = (own: number): boolean => (seconds === 60 ? own <= 60 : own === seconds);
  return track.kind === "increases"
    ? [...track.track.rings].flatMap(([own, ring]) => (isKeptBy(own) ? [[ring]] : []))
    : [...track.track.rings].flatMap(([own, { sums, counts }]) => (isKeptBy(own) ? [[sums, counts]] : []));
}

function createSlots(tracks: Tracks, numbers: ReadonlyMap<string, number>, last: Map<string, number>) {
  const oldest = new Map<number, number>();
  return {
    take: (at: number): DocumentChange[] =>
      KEPT_SLOTS.flatMap((seconds) => {
        const slot = Math.floor(at / 1000 / seconds);
        if (last.get(String(seconds)) === slot) return [];
        last.set(String(seconds), slot);
        const values: Record<string, Numbers> = {};
        let length = 0;
        for (const [name, track] of tracks.all()) {
          for (const rings of ringsOf(track, seconds)) {
            const [ring] = rings;
            const found = rings.map((each) => each.at(Math.floor((slot * seconds * 1000) / each.slotMs)));
            length = Math.max(length, Math.ceil((ring!.length * ring!.slotMs) / 1000 / seconds));
            if (!found.some(Number.isNaN)) values[numbers.get(name)!] = found;
          }
        }
        if (length === 0) return [];
        const first = oldest.get(seconds) ?? slot;
        const removed = Array.from({ length: Math.max(slot - length - first, 0) }, (_, index) => ({
          section: SLOTS,
          key: keyOf(seconds, first + index),
          text: undefined,
        }));
        oldest.set(seconds, Math.max(first, slot - length));
        return [...removed, { section: SLOTS, key: keyOf(seconds, slot), text: JSON.stringify(values) }];
      }),
    restore: (
      documents: readonly (readonly [key: string, value: unknown])[],
      found: ReadonlyMap<number, AnyTrack>,
      aliveAt: number,
    ): void => {
      const sorted = documents
        .map(([key, value]) => [...key.split(":").map(Number), value] as [number, number, unknown])
        .toSorted(([, a], [, b]) => a - b);
      for (const [seconds, slot, value] of sorted) {
        oldest.set(seconds, Math.min(oldest.get(seconds) ?? slot, slot));
        if (slot * seconds * 1000 > aliveAt || !isNumbers(value)) continue;
        for (const [number, numbersOf] of Object.entries(value)) {
          const track = found.get(Number(number));
          for (const rings of track ? ringsOf(track, seconds) : [])
            for (const [index, ring] of rings.entries()) {
              const each = numbersOf[index];
              if (each !== undefined)
                ring.set(Math.floor((slot * seconds * 1000) / ring.slotMs), each, fillOf(track!, ring));
            }
        }
      }
    },
  };
}

/** Slots between two that are kept: unknown of increases; of sums, nothing was added before the next one. */
function fillOf({ kind }: AnyTrack, ring: Ring): number {
  return kind === "increases" ? Number.NaN : ring.at(ring.last);
}

function keyOf(seconds: number, slot: number): string {
  return `${seconds}:${slot}`;
}

function totalsOf(
  tracks: Tracks,
  numbers: ReadonlyMap<string, number>,
  written: Map<string, string>,
): DocumentChange[] {
  const chunks = new Map<string, Record<string, Numbers>>();
  for (const [name, track] of tracks.all()) {
    const number = numbers.get(name)!;
    const key = String(Math.floor(number / CHUNK));
    const chunk = chunks.get(key) ?? {};
    chunks.set(key, chunk);
    chunk[number] = totalOf(track);
  }
  return [...chunks].flatMap(([key, chunk]) => {
    const text = JSON.stringify(chunk);
    if (written.get(key) === text) return [];
    written.set(key, text);
    return [{ section: TOTALS, key, text }];
  });
}

function totalOf({ kind, track }: AnyTrack): Numbers {
  if (kind === "sums") return [track.total.sum, track.total.count];
  return [track.sum, track.raw, track.firstPoint.at, track.firstPoint.sum];
}

function restoreTotals(
  documents: readonly (readonly [key: string, value: unknown])[],
  found: ReadonlyMap<number, AnyTrack>,
  aliveAt: number,
): void {
  for (const [, value] of documents) {
    if (!isNumbers(value)) continue;
    for (const [number, [sum = 0, second = 0, firstAt = aliveAt, firstSum = 0]] of Object.entries(value)) {
      const each = found.get(Number(number));
      if (each?.kind === "sums") each.track.resume({ sum, count: second });
      else each?.track.resume({ at: firstAt, sum: firstSum }, sum, second, aliveAt);
    }
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isNumbers(value: unknown): value is Readonly<Record<string, Numbers>> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every(
      (each) => Array.isArray(each) && each.every((number) => typeof number === "number"),
    )
  );
}
