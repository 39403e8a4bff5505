import { getRandomValues } from "node:crypto";
import { KEY_WORDS } from "./keyDigest.ts";

/** The memory of a `KeyTable`, which can be transferred to another thread without copying. */
export interface KeyTableImage {
  readonly seed: Uint32Array<ArrayBuffer>;
  /** Keys with their integers in the order of their arrival, `CHUNK_WORDS` per chunk. */
  readonly chunks: Uint32Array<ArrayBuffer>[];
  readonly size: number;
  readonly places: Places;
}

/** Maps keys of 128 bits to integers below 2^53. Takes at most 31 bytes per key, without an object for each. */
export interface KeyTable {
  readonly size: number;
  /** The integer of the key at `at` of `words`, or -1. */
  get(words: Uint32Array, at: number): number;
  /** Remembers the key at `at` with the integer in the two words after it. */
  set(words: Uint32Array, at: number): void;
  /** The same for a key that the table does not have, without looking for it. */
  add(words: Uint32Array, at: number): void;
  /** Returns the memory of the table, which must not be used again. */
  image(): KeyTableImage;
}

/** The hash table: for each place, a byte of the hash (0 if the place is free) and the number of the key. */
interface Places {
  readonly tags: Uint8Array<ArrayBuffer>;
  readonly numbers: Uint32Array<ArrayBuffer>;
}

/** 2048 keys, as in a row of the file, so that a row can be used as a chunk without copying. */
export const CHUNK_WORDS = 2048 * KEY_WORDS;
const CHUNK_BITS = 11;
const IN_CHUNK = 2 ** CHUNK_BITS - 1;

const FIRST_PLACES = 1024;
/** Beyond this load, probe sequences grow long (linear probing: 5.6 places per miss at 0.7, 50 at 0.9). */
const MAX_LOAD = 0.7;
/** Keys that each new one moves after the table has doubled, so that no single call takes 30 ms at a million keys. */
const MOVED_BY_ADD = 16;

/** Open addressing with a secret seed, so that an attacker cannot choose ids that collide. */
export function createKeyTable(image: KeyTableImage = emptyKeyTable(0)): KeyTable {
  const { seed, chunks } = image;
  let { size } = image;
  const places = createGrowingPlaces(image);

  const add = (words: Uint32Array, at: number, hash: number): void => {
    if (size >>> CHUNK_BITS === chunks.length) chunks.push(new Uint32Array(CHUNK_WORDS));
    copyKey(words, at, chunks[size >>> CHUNK_BITS]!, (size & IN_CHUNK) * KEY_WORDS);
    places.take(hash, size);
    size += 1;
  };

  return {
    get size() {
      return size;
    },
    get: (words, at) => {
      const found = places.find(words, at, mix(seed, words, at));
      return found < 0 ? -1 : integerAt(chunks[found >>> CHUNK_BITS]!, (found & IN_CHUNK) * KEY_WORDS);
    },
    set: (words, at) => {
      const hash = mix(seed, words, at);
      const found = places.find(words, at, hash);
      if (found < 0) return add(words, at, hash);
      copyKey(words, at, chunks[found >>> CHUNK_BITS]!, (found & IN_CHUNK) * KEY_WORDS);
    },
    add: (words, at) => add(words, at, mix(seed, words, at)),
    image: () => ({ seed, chunks, size, places: places.settle() }),
  };
}

/** Creates the places of a table, which double when they are full. Keys move to the new places a few at a time. */
function createGrowingPlaces({ seed, chunks, places: first }: Omit<KeyTableImage, "size">) {
  let places = first;
  /** The places before the table doubled, until every key has moved. */
  let previous: Places | undefined;
  let moved = 0;
  let toMove = 0;

  const move = (count: number): void => {
    const end = Math.min(toMove, moved + count);
    for (; moved < end; moved += 1) take(places, hashOf(seed, chunks, moved), moved);
    if (moved === toMove) previous = undefined;
  };
  const grow = (size: number): void => {
    move(Infinity);
    previous = places;
    moved = 0;
    toMove = size;
    places = createPlaces(places.tags.length * 2);
  };
  return {
    /** Returns the number of a key, or -1. */
    find: (words: Uint32Array, at: number, hash: number): number => {
      const found = find(chunks, places, words, at, hash);
      return found < 0 && previous ? find(chunks, previous, words, at, hash) : found;
    },
    /** Gives a place to the key with this number, which is the number of keys before it. */
    take: (hash: number, number: number): void => {
      if (previous) move(MOVED_BY_ADD);
      if (number + 1 > places.tags.length * MAX_LOAD) grow(number);
      take(places, hash, number);
    },
    /** Moves every key, and returns the places. */
    settle: (): Places => {
      move(Infinity);
      return places;
    },
  };
}

/** A table with room for `expected` keys. */
export function emptyKeyTable(expected: number): KeyTableImage {
  let count = FIRST_PLACES;
  while (count * MAX_LOAD <= expected) count *= 2;
  return { seed: getRandomValues(new Uint32Array(4)), chunks: [], size: 0, places: createPlaces(count) };
}

/**
 * Creates a table of keys that are all different. It takes over blocks of the size of a chunk without copying: copying
 * a million keys would take longer than finding places for them.
 */
export function fillKeyTable(blocks: readonly Uint32Array<ArrayBuffer>[]): KeyTable {
  const keys = blocks.reduce((sum, words) => sum + words.length / KEY_WORDS, 0);
  const { seed, places } = emptyKeyTable(keys);
  const chunks = blocks.filter((words) => words.length === CHUNK_WORDS);
  let size = 0;
  for (const words of chunks) {
    for (let at = 0; at < CHUNK_WORDS; at += KEY_WORDS) {
      take(places, mix(seed, words, at), size);
      size += 1;
    }
  }
  const table = createKeyTable({ seed, chunks, size, places });
  for (const words of blocks) {
    if (words.length === CHUNK_WORDS) continue;
    for (let at = 0; at < words.length; at += KEY_WORDS) table.set(words, at);
  }
  return table;
}

/** The buffers to transfer with a table. */
export function buffersOfKeyTable({ chunks, places }: KeyTableImage): ArrayBuffer[] {
  return [places.tags, places.numbers, ...chunks].map(({ buffer }) => buffer);
}

function createPlaces(count: number): Places {
  return { tags: new Uint8Array(count), numbers: new Uint32Array(count) };
}

/** The number of a key, or -1. */
function find(
  chunks: readonly Uint32Array[],
  { tags, numbers }: Places,
  words: Uint32Array,
  at: number,
  hash: number,
): number {
  const mask = tags.length - 1;
  const tag = tagOf(hash);
  for (let place = hash & mask; tags[place] !== 0; place = (place + 1) & mask) {
    // One byte excludes nearly all other keys, and a table of bytes stays in the cache.
    if (tags[place] === tag && isSame(chunks, numbers[place]!, words, at)) return numbers[place]!;
  }
  return -1;
}

/** Adds a key that is not in the table. */
function take({ tags, numbers }: Places, hash: number, number: number): void {
  const mask = tags.length - 1;
  let place = hash & mask;
  while (tags[place] !== 0) place = (place + 1) & mask;
  tags[place] = tagOf(hash);
  numbers[place] = number;
}

/** The highest byte of the hash, which hardly correlates with the place; never 0. */
function tagOf(hash: number): number {
  return hash >>> 24 || 1;
}

function isSame(chunks: readonly Uint32Array[], number: number, words: Uint32Array, at: number): boolean {
  const chunk = chunks[number >>> CHUNK_BITS]!;
  const place = (number & IN_CHUNK) * KEY_WORDS;
  return (
    chunk[place] === words[at] &&
    chunk[place + 1] === words[at + 1] &&
    chunk[place + 2] === words[at + 2] &&
    chunk[place + 3] === words[at + 3]
  );
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

/** The hash of a key that the table has. */
function hashOf(seed: Uint32Array, chunks: readonly Uint32Array[], number: number): number {
  return mix(seed, chunks[number >>> CHUNK_BITS]!, (number & IN_CHUNK) * KEY_WORDS);
}

/** Multiplies every word by a secret and applies the finalizer of MurmurHash3. */
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
