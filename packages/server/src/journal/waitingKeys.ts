import { writeKeyBlocks } from "./keyBlock.ts";
import { KEY_WORDS, writeKey } from "./keyDigest.ts";
import { type KeyMemory, type Sender, SENDERS } from "./keyMemory.ts";

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
