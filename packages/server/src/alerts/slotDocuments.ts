import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { Ring } from "./ring.ts";
import type { AnyTrack, Tracks } from "./tracks.ts";

/** The section of the values at the start of each slot, by the seconds of a slot and its number. */
export const SLOTS = "alert_windows";

/**
 * Maximum characters of all slots, half of what a section may have. A shop with 100 rules takes a tenth of it. The oldest
 * slots go first: their windows then begin later, as those of a young collector do.
 */
const MAX_CHARACTERS = 8_388_608;

/** Characters that a document takes apart from its text. */
const OVERHEAD = 64;

type Numbers = readonly number[];

/** Rings that are kept together. */
interface Stream {
  readonly name: string;
  /** Seconds of a slot. */
  readonly seconds: number;
  /** True for a ring with slots of so many seconds. */
  readonly isOf: (seconds: number) => boolean;
}

/** Fine rings are kept at the start of each minute. */
const STREAMS: readonly Stream[] = [
  { name: "fine", seconds: 60, isOf: (seconds) => seconds < 60 },
  ...[60, 300, 3_600].map((own) => ({
    name: String(own),
    seconds: own,
    isOf: (seconds: number) => seconds === own,
  })),
];

/** Keeps the slots of rings. A document has only the tracks whose value has changed. */
export interface SlotDocuments {
  /** @param at The start of a minute. */
  take(at: number, numbers: ReadonlyMap<string, number>): DocumentChange[];
  restore(
    documents: readonly (readonly [key: string, value: unknown, characters: number])[],
    found: ReadonlyMap<number, AnyTrack>,
    aliveAt: number,
  ): void;
}

export function createSlotDocuments(tracks: Tracks): SlotDocuments {
  const kept = createKeptKeys();
  const streams = STREAMS.map((stream) => createStreamDocuments(stream, tracks, kept));
  return {
    take: (at, numbers) => streams.flatMap(({ take }) => take(at, numbers)),
    restore: (documents, found, aliveAt) => {
      for (const { restore } of streams) restore(documents, found, aliveAt);
    },
  };
}

function createStreamDocuments(
  stream: Stream,
  tracks: Tracks,
  kept: ReturnType<typeof createKeptKeys>,
): SlotDocuments {
  const { name, seconds } = stream;
  const readChanged = createChangedValues(stream, tracks);
  let last = Number.NaN;
  return {
    take: (at, numbers) => {
      const slot = Math.floor(at / 1000 / seconds);
      if (last === slot) return [];
      last = slot;
      const { values, slots } = readChanged(slot, numbers);
      if (slots === 0) return [];
      const text = JSON.stringify(values);
      kept.add(name, slot, text.length + OVERHEAD);
      return [
        { section: SLOTS, key: `${name}:${slot}`, text },
        ...kept.dropBefore(name, slot - slots).map((key) => ({ section: SLOTS, key, text: undefined })),
      ];
    },
    restore: (documents, found, aliveAt) => {
      const own = documents
        .filter(([key]) => key.startsWith(`${name}:`))
        .map(([key, value, characters]) => ({ slot: Number(key.slice(name.length + 1)), value, characters }))
        .toSorted((a, b) => a.slot - b.slot);
      for (const { slot, characters } of own) kept.add(name, slot, characters + OVERHEAD);
      restoreStream(stream, own, found, aliveAt);
    },
  };
}

/** Returns a function for the values of a slot that it has not returned before, and the slots of the longest ring. */
function createChangedValues(stream: Stream, tracks: Tracks) {
  const written = new Map<string, string>();
  return (slot: number, numbers: ReadonlyMap<string, number>) => {
    const startMs = slot * stream.seconds * 1000;
    const values: Record<string, Numbers> = {};
    let slots = 0;
    for (const [track, each] of tracks.all()) {
      for (const [index, rings] of ringsOf(each, stream).entries()) {
        const found = rings.map((ring) => ring.at(Math.floor(startMs / ring.slotMs)));
        slots = Math.max(slots, Math.ceil((rings[0]!.length * rings[0]!.slotMs) / 1000 / stream.seconds));
        const text = found.join(" ");
        const key = `${index} ${track}`;
        if (found.some(Number.isNaN) || written.get(key) === text) continue;
        written.set(key, text);
        values[numbers.get(track)!] = found;
      }
    }
    return { values, slots };
  };
}

/** Fills the rings of a stream. A track that a document does not name has its value of before. */
function restoreStream(
  stream: Stream,
  documents: readonly { readonly slot: number; readonly value: unknown }[],
  found: ReadonlyMap<number, AnyTrack>,
  aliveAt: number,
): void {
  const current = new Map<number, Numbers>();
  for (const { slot, value } of documents) {
    const at = slot * stream.seconds * 1000;
    if (!(at <= aliveAt) || !isNumbers(value)) continue;
    for (const [number, values] of Object.entries(value)) current.set(Number(number), values);
    for (const [number, values] of current) {
      const track = found.get(number);
      for (const rings of track ? ringsOf(track, stream) : [])
        for (const [index, ring] of rings.entries())
          ring.set(Math.floor(at / ring.slotMs), values[index] ?? Number.NaN, fillOf(track!, ring));
    }
  }
}

function ringsOf(track: AnyTrack, { isOf }: Stream): (readonly Ring[])[] {
  return track.kind === "increases"
    ? [...track.track.rings].flatMap(([own, ring]) => (isOf(own) ? [[ring]] : []))
    : [...track.track.rings].flatMap(([own, { sums, counts }]) => (isOf(own) ? [[sums, counts]] : []));
}

/** Slots between two that are kept: unknown of increases; of sums, nothing was added before the next one. */
function fillOf({ kind }: AnyTrack, ring: Ring): number {
  return kind === "increases" ? Number.NaN : ring.at(ring.last);
}

/** The documents that exist, so that those that are too old or too many can be removed. */
function createKeptKeys() {
  const sizes = new Map<string, Map<number, number>>();
  let total = 0;
  const drop = (stream: string, slot: number): string => {
    total -= sizes.get(stream)?.get(slot) ?? 0;
    sizes.get(stream)?.delete(slot);
    return `${stream}:${slot}`;
  };
  return {
    add: (stream: string, slot: number, characters: number): void => {
      const own = sizes.get(stream) ?? new Map<number, number>();
      sizes.set(stream, own);
      total += characters - (own.get(slot) ?? 0);
      own.set(slot, characters);
    },
    dropBefore: (stream: string, slot: number): string[] => {
      const own = sizes.get(stream) ?? new Map<number, number>();
      const dropped: string[] = [];
      // In the order in which they were added, which is that of time.
      for (const each of own.keys()) {
        if (each >= slot && total <= MAX_CHARACTERS) break;
        dropped.push(drop(stream, each));
      }
      return dropped;
    },
  };
}

/** True for numbers by the number of a track. */
export function isNumbers(value: unknown): value is Readonly<Record<string, Numbers>> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every(
      (each) => Array.isArray(each) && each.every((number) => typeof number === "number"),
    )
  );
}
