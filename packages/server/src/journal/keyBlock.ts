import { endianness } from "node:os";
import { KEY_WORDS, writeKey } from "./keyDigest.ts";
import { type Generation, type KeyMemory, type Sender, SENDERS } from "./keyMemory.ts";

/** Keys of one sender that arrived together, all of one generation. */
export interface KeyBlock {
  readonly from: Sender;
  readonly generation: Generation;
  /** `KEY_WORDS` for each key. */
  readonly words: Uint32Array<ArrayBuffer>;
}

const HEAD_BYTES = 24;

/** Writes key blocks one after another: number of the sender, number and start of the generation, count, words. */
export function writeKeyBlocks(blocks: readonly KeyBlock[]): Uint8Array<ArrayBuffer> {
  const length = blocks.reduce((sum, { words }) => sum + HEAD_BYTES + words.byteLength, 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { from, generation, words } of blocks) {
    view.setUint32(at, SENDERS.indexOf(from), true);
    view.setUint32(at + 4, generation.number, true);
    view.setFloat64(at + 8, generation.since, true);
    view.setUint32(at + 16, words.length, true);
    for (let index = 0; index < words.length; index += 1)
      view.setUint32(at + HEAD_BYTES + index * 4, words[index]!, true);
    at += HEAD_BYTES + words.byteLength;
  }
  return bytes;
}

/**
 * Reads key blocks, which share the memory of `bytes`. Throws a RangeError for a truncated block or an unknown sender.
 */
export function readKeyBlocks(bytes: Uint8Array<ArrayBuffer>): KeyBlock[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: KeyBlock[] = [];
  let at = 0;
  while (at < bytes.length) {
    const from = SENDERS[view.getUint32(at, true)];
    const length = view.getUint32(at + 16, true);
    if (!from || length % KEY_WORDS !== 0) throw new RangeError("A block of keys cannot be read.");
    const generation = { number: view.getUint32(at + 4, true), since: view.getFloat64(at + 8, true) };
    const words = readWords(view, at + HEAD_BYTES, length);
    blocks.push({ from, generation, words });
    at += HEAD_BYTES + words.byteLength;
  }
  return blocks;
}

/** If the processor has the byte order of the file, a million keys are read without a copy. */
function readWords(view: DataView<ArrayBuffer>, at: number, length: number): Uint32Array<ArrayBuffer> {
  if (at + length * 4 > view.byteLength) throw new RangeError("A block of keys is cut off.");
  const place = view.byteOffset + at;
  if (endianness() === "LE" && place % 4 === 0) return new Uint32Array(view.buffer, place, length);
  const words = new Uint32Array(length);
  for (let index = 0; index < length; index += 1) words[index] = view.getUint32(at + index * 4, true);
  return words;
}

/** Keys of a sender that are not durable yet: those of a group that gathers or is on its way. */
export interface WaitingKeys {
  /** Number of keys. */
  readonly count: number;
  /** The place of a key, or -1. */
  find(key: string): number;
  /** True if the key at a place has the same fingerprint. */
  isSame(place: number, fingerprint: string | undefined): boolean;
  add(key: string, words: Uint32Array): void;
  words(): Uint32Array<ArrayBuffer>;
}

const FIRST_KEYS = 64;

export function createWaitingKeys(): WaitingKeys {
  const places = new Map<string, number>();
  // Most groups have keys of one sender only.
  let words = new Uint32Array(0);
  const other = new Uint32Array(KEY_WORDS);

  return {
    get count() {
      return places.size;
    },
    find: (key) => places.get(key) ?? -1,
    isSame: (place, fingerprint) => {
      writeKey(other, 0, "", fingerprint);
      return words[place + 4] === other[4] && words[place + 5] === other[5];
    },
    add: (key, from) => {
      const place = places.size * KEY_WORDS;
      if (place === words.length) {
        const before = words;
        words = new Uint32Array(Math.max(FIRST_KEYS * KEY_WORDS, before.length * 2));
        words.set(before);
      }
      words.set(from, place);
      places.set(key, place);
    },
    words: () => words.subarray(0, places.size * KEY_WORDS),
  };
}

/** The keys of a group as bytes. Each sender's keys get their generation now. */
export function sealKeys(
  keys: Readonly<Record<Sender, WaitingKeys>>,
  memories: Readonly<Record<Sender, KeyMemory>>,
  at: number,
): Uint8Array<ArrayBuffer> {
  const senders = SENDERS.filter((from) => keys[from].count > 0);
  return writeKeyBlocks(
    senders.map((from) => ({
      from,
      generation: memories[from].turn(at, keys[from].count),
      words: keys[from].words(),
    })),
  );
}

/** Adds the keys of a durable group to the memory. */
export function rememberKeys(
  keys: Readonly<Record<Sender, WaitingKeys>>,
  memories: Readonly<Record<Sender, KeyMemory>>,
): void {
  for (const from of SENDERS) {
    const words = keys[from].words();
    for (let at = 0; at < words.length; at += KEY_WORDS) memories[from].add(words, at);
  }
}
