import { getRandomValues } from "node:crypto";
import { KEY_WORDS } from "./keyDigest.ts";

/** What a `KeyTable` is made of: it can be given to another thread without copying. */
export interface KeyTableImage {
  readonly seed: Uint32Array<ArrayBuffer>;
  readonly places: Uint32Array<ArrayBuffer>;
  readonly size: number;
}

/** Maps keys of 128 bits to an integer below 2^53, in 24 bytes a place and without an object for each. */
export interface KeyTable {
  readonly size: number;
  /** The integer that was set for the key at `at` of `words`, or -1. */
  get(words: Uint32Array, at: number): number;
  /** Remembers the key at `at` with the integer in the two words behind it. */
  set(words: Uint32Array, at: number): void;
  /** Gives everything away: the table may not be used again. */
  image(): KeyTableImage;
}

const FIRST_PLACES = 1024;
/** Beyond it chains of taken places grow long (linear probing: 5.6 places a miss at 0.7, 50 at 0.9). */
const MAX_LOAD = 0.7;
/** Places that each `set` moves after a doubling, so that no single one takes 30 ms at a million keys. */
const MOVED_BY_SET = 16;

/** Open addressing with a seed that nobody outside knows: chosen ids cannot all meet in one place. */
export function createKeyTable(image: KeyTableImage = emptyKeyTable(0)): KeyTable {
  const { seed } = image;
  let { places, size } = image;
  /** What was the table before it doubled, until the last of it is moved. */
  let previous: Uint32Array | undefined;
  let moved = 0;

  const place = (table: Uint32Array, words: Uint32Array, at: number): number =>
    findPlace(table, seed, words, at);
  const move = (count: number): void => {
    if (!previous) return;
    const end = Math.min(previous.length, moved + count * KEY_WORDS);
    for (; moved < end; moved += KEY_WORDS) {
      if (isTaken(previous, moved)) copyKey(previous, moved, places, place(places, previous, moved));
    }
    if (moved === previous.length) previous = undefined;
  };
  const grow = (): void => {
    move(Infinity);
    previous = places;
    moved = 0;
    places = new Uint32Array(places.length * 2);
  };

  return {
    get size() {
      return size;
    },
    get: (words, at) => {
      const found = place(places, words, at);
      if (isTaken(places, found)) return integerAt(places, found);
      if (!previous) return -1;
      const before = place(previous, words, at);
      return isTaken(previous, before) ? integerAt(previous, before) : -1;
    },
    set: (words, at) => {
      move(MOVED_BY_SET);
      if ((size + 1) * KEY_WORDS > places.length * MAX_LOAD) grow();
      const before = previous ? place(previous, words, at) : 0;
      const isInPrevious = previous !== undefined && isTaken(previous, before);
      // Also where it was, since that may be moved here later.
      if (previous && isInPrevious) copyKey(words, at, previous, before);
      const found = place(places, words, at);
      if (!isInPrevious && !isTaken(places, found)) size += 1;
      copyKey(words, at, places, found);
    },
    image: () => {
      move(Infinity);
      return { seed, places, size };
    },
  };
}

/** A table that takes so many keys before it grows. */
export function emptyKeyTable(expected: number): KeyTableImage {
  let places = FIRST_PLACES;
  while (places * MAX_LOAD <= expected) places *= 2;
  return {
    seed: getRandomValues(new Uint32Array(4)),
    places: new Uint32Array(places * KEY_WORDS),
    size: 0,
  };
}

function isTaken(table: Uint32Array, at: number): boolean {
  return (table[at]! | table[at + 1]! | table[at + 2]! | table[at + 3]!) !== 0;
}

function integerAt(table: Uint32Array, at: number): number {
  return table[at + 4]! + table[at + 5]! * 2 ** 32;
}

function copyKey(from: Uint32Array, at: number, to: Uint32Array, place: number): void {
  to[place] = from[at]!;
  to[place + 1] = from[at + 1]!;
  to[place + 2] = from[at + 2]!;
  to[place + 3] = from[at + 3]!;
  to[place + 4] = from[at + 4]!;
  to[place + 5] = from[at + 5]!;
}

/** Where the key is, or the free place where it belongs. */
function findPlace(table: Uint32Array, seed: Uint32Array, words: Uint32Array, at: number): number {
  const mask = table.length / KEY_WORDS - 1;
  let place = (mix(seed, words, at) & mask) * KEY_WORDS;
  while (isTaken(table, place) && !isSame(table, place, words, at)) {
    place += KEY_WORDS;
    if (place === table.length) place = 0;
  }
  return place;
}

function isSame(table: Uint32Array, place: number, words: Uint32Array, at: number): boolean {
  return (
    table[place] === words[at] &&
    table[place + 1] === words[at + 1] &&
    table[place + 2] === words[at + 2] &&
    table[place + 3] === words[at + 3]
  );
}

/** Every word times a secret of its own, and the finaliser of MurmurHash3. */
function mix(seed: Uint32Array, words: Uint32Array, at: number): number {
  let bits =
    Math.imul(words[at]!, seed[0]! | 1) ^
    Math.imul(words[at + 1]!, seed[1]! | 1) ^
    Math.imul(words[at + 2]!, seed[2]! | 1) ^
    Math.imul(words[at + 3]!, seed[3]! | 1);
  bits ^= bits >>> 16;
  bits = Math.imul(bits, 0x85_eb_ca_6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2_b2_ae_35);
  return bits ^ (bits >>> 16);
}
