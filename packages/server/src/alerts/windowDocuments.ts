import type { DocumentChange } from "../journal/keptDocuments.ts";
import { createSlotDocuments, isNumbers, SLOTS } from "./slotDocuments.ts";
import type { AnyTrack, Tracks } from "./tracks.ts";

/** Names of tracks by number; totals of tracks; the last sign of life. */
const NAMES = "alert_series";
const TOTALS = "alert_totals";
const CLOCK = "alert_clock";

export const WINDOW_SECTIONS: readonly string[] = [NAMES, SLOTS, TOTALS, CLOCK];

/** Tracks of one document of totals. */
const CHUNK = 500;

const MINUTE_MS = 60_000;

/** A document of an earlier process. */
type StoredDocument = readonly [section: string, key: string, text: string];

type ReadDocument = readonly [key: string, value: unknown, characters: number];

/** Keeps the windows over a restart, minute by minute. */
export interface WindowDocuments {
  /** Returns the changes once a minute, else none. */
  take(): DocumentChange[];
  /** Returns the last moment at which the earlier process ran; undefined if there was none. */
  restore(documents: readonly StoredDocument[]): number | undefined;
}

export function createWindowDocuments(tracks: Tracks, now: () => number): WindowDocuments {
  const numbers = createNumbers();
  const written = new Map<string, string>();
  const slots = createSlotDocuments(tracks);
  let minute = Number.NaN;
  /** Of an earlier process, and of no use any more. */
  let removed: DocumentChange[] = [];

  return {
    take: () => {
      const at = Math.floor(now() / MINUTE_MS);
      if (at === minute) return [];
      minute = at;
      const changes = [
        ...removed,
        ...numbers.nameNew(tracks),
        ...slots.take(at * MINUTE_MS, numbers.byName),
        ...totalsOf(tracks, numbers.byName, written),
        { section: CLOCK, key: "alive", text: JSON.stringify({ at: now(), next: numbers.next }) },
      ];
      removed = [];
      return changes;
    },
    restore: (documents) => {
      const clock = readSection(documents, CLOCK).find(([key]) => key === "alive")?.[1];
      const aliveAt = numberIn(clock, "at");
      numbers.startAt(numberIn(clock, "next") ?? 0);
      // Of a time that is still to come: the clock of the machine was wrong, then or now.
      if (aliveAt === undefined || aliveAt > now()) {
        removed = removalOf(documents);
        return undefined;
      }
      const { found, gone } = restoreNames(readSection(documents, NAMES), numbers.byName, tracks);
      removed = gone;
      slots.restore(readSection(documents, SLOTS), found, aliveAt);
      restoreTotals(readSection(documents, TOTALS), found, aliveAt);
      return aliveAt;
    },
  };
}

function numberIn(value: unknown, key: string): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found = (value as Readonly<Record<string, unknown>>)[key];
  return typeof found === "number" ? found : undefined;
}

/** The numbers of tracks. None is used twice: slots of a track that is gone still have its number. */
function createNumbers() {
  const byName = new Map<string, number>();
  let next = 0;
  return {
    byName,
    get next() {
      return next;
    },
    startAt: (first: number): void => {
      next = first;
    },
    nameNew: (tracks: Tracks): DocumentChange[] => {
      const changes: DocumentChange[] = [];
      const gone = new Set(byName.keys());
      for (const [name] of tracks.all()) {
        gone.delete(name);
        if (byName.has(name)) continue;
        byName.set(name, next);
        changes.push({ section: NAMES, key: String(next), text: JSON.stringify(name) });
        next += 1;
      }
      for (const name of gone) {
        changes.push({ section: NAMES, key: String(byName.get(name)!), text: undefined });
        byName.delete(name);
      }
      return changes;
    },
  };
}

/** Returns the tracks of an earlier process by number, and the removal of names that nothing reads any more. */
function restoreNames(documents: readonly ReadDocument[], numbers: Map<string, number>, tracks: Tracks) {
  const found = new Map<number, AnyTrack>();
  const gone: DocumentChange[] = [];
  for (const [key, name] of documents) {
    const track = typeof name === "string" ? tracks.restore(name) : undefined;
    if (track) {
      numbers.set(name as string, Number(key));
      found.set(Number(key), track);
    } else gone.push({ section: NAMES, key, text: undefined });
  }
  return { found, gone };
}

function totalsOf(
  tracks: Tracks,
  numbers: ReadonlyMap<string, number>,
  written: Map<string, string>,
): DocumentChange[] {
  const chunks = new Map<string, Record<string, readonly number[]>>();
  for (const [name, track] of tracks.all()) {
    const number = numbers.get(name)!;
    const key = String(Math.floor(number / CHUNK));
    const chunk = chunks.get(key) ?? {};
    chunks.set(key, chunk);
    const total = totalOf(track);
    // A track that an earlier process left, and that has no sample yet.
    if (total.every(Number.isFinite)) chunk[number] = total;
  }
  return [...chunks].flatMap(([key, chunk]) => {
    const text = JSON.stringify(chunk);
    if (written.get(key) === text) return [];
    written.set(key, text);
    return [{ section: TOTALS, key, text }];
  });
}

function totalOf({ kind, track }: AnyTrack): readonly number[] {
  if (kind === "sums") return [track.total.sum, track.total.count];
  return [track.sum, track.raw, track.firstPoint.at, track.firstPoint.sum, track.lastAt];
}

function restoreTotals(
  documents: readonly ReadDocument[],
  found: ReadonlyMap<number, AnyTrack>,
  aliveAt: number,
): void {
  for (const [, value] of documents) {
    if (!isNumbers(value)) continue;
    for (const [
      number,
      [sum = 0, second = 0, firstAt = aliveAt, firstSum = 0, lastAt = aliveAt],
    ] of Object.entries(value)) {
      const each = found.get(Number(number));
      if (each?.kind === "sums") each.track.resume({ sum, count: second });
      else each?.track.resume({ at: firstAt, sum: firstSum }, sum, second, lastAt);
    }
  }
}

function removalOf(documents: readonly StoredDocument[]): DocumentChange[] {
  return documents
    .filter(([section]) => WINDOW_SECTIONS.includes(section))
    .map(([section, key]) => ({ section, key, text: undefined }));
}

function readSection(documents: readonly StoredDocument[], section: string): ReadDocument[] {
  return documents
    .filter(([found]) => found === section)
    .map(([, key, text]) => [key, read(text), text.length]);
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
