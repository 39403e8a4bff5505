import type { DocumentChange } from "../journal/keptDocuments.ts";
import { type PackedPoints, packPoints, unpackPoints } from "./packedPoints.ts";
import { countSamples, type Point } from "./pushedSeries.ts";

/** The reason for which samples leave the spool without being sent. */
export type SpoolLoss = "too_old" | "spool_full" | "unreadable";

/** Some points that wait to be sent. */
export interface Waiting {
  readonly points: readonly Point[];
  /** Removes them: they were sent, or never will be. */
  done(): void;
  /** Replaces them by those that remain. */
  keep(rest: readonly Point[]): void;
}

interface SpoolState {
  readonly bytes: number;
  /** Milliseconds since the oldest sample that waits; 0 without one. */
  readonly ageMs: number;
  readonly entries: number;
}

/** Points that wait for the receiver, oldest first, bounded in bytes and age. */
export interface Spool {
  add(points: readonly Point[], at: number): void;
  /** The oldest points that are not too old. */
  first(now: number): Waiting | undefined;
  /** Drops what is too old, or too much. */
  trim(now: number): void;
  /** Packs what waits, so that it survives this process and takes little memory. */
  pack(): Promise<void>;
  state(now: number): SpoolState;
}

export interface SpoolOptions {
  /** The documents of the process before, by key. */
  readonly kept: Iterable<readonly [key: string, text: string]>;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Writes documents. */
  readonly write: (changes: readonly DocumentChange[]) => void;
  readonly onLoss: (reason: SpoolLoss, samples: number) => void;
}

/** The section of its documents. */
export const SPOOL_SECTION = "push.spool";

interface Entry {
  readonly key: string;
  /** The time of its newest sample. */
  readonly at: number;
  /** Undefined once it is packed. */
  points: readonly Point[] | undefined;
  packed: PackedPoints | undefined;
}

export function createSpool(options: SpoolOptions): Spool {
  const { maxBytes, maxAgeMs, onLoss } = options;
  const entries = createEntries(options);
  const { list, bytes } = entries;
  const lose = (entry: Entry, reason: SpoolLoss): void => {
    entries.remove(entry);
    onLoss(reason, entry.packed?.samples ?? countSamples(entry.points ?? []));
  };
  const trim = (now: number): void => {
    while (list[0] && now - list[0].at > maxAgeMs) lose(list[0], "too_old");
    while (list[0] && bytes() > maxBytes) lose(list[0], "spool_full");
  };
  return {
    add: entries.add,
    trim,
    first: (now) => {
      for (;;) {
        trim(now);
        const [entry] = list;
        if (!entry) return undefined;
        const waiting = readEntry(entry, entries);
        if (waiting) return waiting;
        lose(entry, "unreadable");
      }
    },
    pack: async () => {
      // Entries come and go while one is packed.
      for (const entry of list.slice()) {
        const { points } = entry;
        if (points) entries.pack(entry, points, await packPoints(points));
      }
    },
    state: (now) => ({
      bytes: bytes(),
      ageMs: list[0] ? Math.max(0, now - list[0].at) : 0,
      entries: list.length,
    }),
  };
}

/** The entries of a spool with their documents, and the bytes of those that are packed. */
interface Entries {
  /** Oldest first. */
  readonly list: readonly Entry[];
  bytes(): number;
  add(points: readonly Point[], at: number): void;
  remove(entry: Entry): void;
  /** Replaces an entry's points; its document is removed. */
  unpack(entry: Entry, points: readonly Point[]): void;
  /** Packs an entry, unless it has other points by now, or is gone. */
  pack(entry: Entry, points: readonly Point[], packed: PackedPoints): void;
}

function createEntries(options: SpoolOptions): Entries {
  const { write } = options;
  const { list, ...restored } = restoreEntries(options);
  let { next, bytes } = restored;
  const removeDocument = ({ key, packed }: Entry): void => {
    if (!packed) return;
    bytes -= packed.text.length;
    write([change(key)]);
  };
  return {
    list,
    bytes: () => bytes,
    add: (points, at) => {
      list.push({ key: keyOf(next, at, countSamples(points)), at, points, packed: undefined });
      next += 1;
    },
    remove: (entry) => {
      const place = list.indexOf(entry);
      if (place < 0) return;
      list.splice(place, 1);
      removeDocument(entry);
    },
    unpack: (entry, points) => {
      removeDocument(entry);
      entry.packed = undefined;
      entry.points = points;
    },
    pack: (entry, points, packed) => {
      if (entry.points !== points || !list.includes(entry)) return;
      entry.packed = packed;
      entry.points = undefined;
      bytes += packed.text.length;
      write([change(entry.key, packed.text)]);
    },
  };
}

/** The entries that the process before kept, and the number of the next one. Those that cannot be read are removed. */
function restoreEntries({ kept, write, onLoss }: SpoolOptions) {
  const list: Entry[] = [];
  let next = 0;
  let bytes = 0;
  for (const [key, text] of kept) {
    const entry = readKept(key, text);
    next = Math.max(next, Number(key.slice(0, KEY_DIGITS)) + 1 || 0);
    if (entry) {
      bytes += text.length;
      list.push(entry);
    } else {
      onLoss("unreadable", 1);
      write([change(key)]);
    }
  }
  return { list, next, bytes };
}

/** Undefined if it cannot be unpacked. */
function readEntry(entry: Entry, entries: Entries): Waiting | undefined {
  const points = entry.points ?? unpackPoints(entry.packed!.text);
  if (!points) return undefined;
  return {
    points,
    done: () => entries.remove(entry),
    keep: (rest) => entries.unpack(entry, rest),
  };
}

/** Digits of the number in a key, so that keys sort by it. */
const KEY_DIGITS = 12;

/** The time and the number of samples are in the key, so that a start need not unpack every document. */
function keyOf(number: number, at: number, samples: number): string {
  return `${String(number).padStart(KEY_DIGITS, "0")}.${at}.${samples}`;
}

function readKept(key: string, text: string): Entry | undefined {
  const [, at, samples] = /^\d+\.(\d+)\.(\d+)$/.exec(key) ?? [];
  if (at === undefined) return undefined;
  const packed = { text, at: Number(at), samples: Number(samples) };
  return { key, at: packed.at, points: undefined, packed };
}

function change(key: string, text?: string): DocumentChange {
  return { section: SPOOL_SECTION, key, text };
}
