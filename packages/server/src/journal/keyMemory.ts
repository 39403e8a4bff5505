import type { AppendOutcome, JournalEntry } from "./journal.ts";
import { createKeyTable, type KeyTable, type KeyTableImage } from "./keyTable.ts";

/** The sender of a key. Each sender has a separate memory. */
export type Sender = JournalEntry["from"];

export const SENDERS = ["page", "server"] as const satisfies readonly Sender[];

export interface KeyMemoryOptions {
  /**
   * Milliseconds for which a key is remembered. Default 72 h: three times as long as a page retries. Shorter if more
   * than `maxKeys` arrive in that time.
   */
  readonly retentionMs?: number;
  /**
   * Maximum keys of one generation, separately for pages and for server code; two generations are kept. Default
   * 500,000: 35 MB for a million batches.
   */
  readonly maxKeys?: number;
}

/** A generation of keys: its number, and its start in milliseconds since 1970. */
export interface Generation {
  readonly number: number;
  readonly since: number;
}

/** The saved keys of a sender. */
export interface KeyMemoryImage extends Generation {
  readonly young: KeyTableImage;
  readonly old: KeyTableImage;
}

/**
 * Remembers the keys that were counted.
 *
 * It holds two generations. When the younger one is full or old enough, the older one is forgotten as a whole. So a key
 * is remembered for one to two spans, and memory is bounded, whatever pages send.
 */
export interface KeyMemory {
  /** Looks up the key at `at` of `words`, as `writeKey` wrote it. Returns `appended` for a new key. */
  judge(words: Uint32Array, at: number): AppendOutcome;
  /** Begins a new generation if the current one is too old, or has no room for `coming` more keys. */
  turn(at: number, coming: number): Generation;
  /** Remembers a key that is new. */
  add(words: Uint32Array, at: number): void;
}

export function createKeyMemory(
  { retentionMs = 72 * 3_600_000, maxKeys = 500_000 }: KeyMemoryOptions,
  image?: KeyMemoryImage,
): KeyMemory {
  let young: KeyTable = createKeyTable(image?.young);
  let old: KeyTable = createKeyTable(image?.old);
  let number = image?.number ?? 0;
  // A sender without keys has no start.
  let since = image && Number.isFinite(image.since) ? image.since : undefined;
  /** The latest time so far. Time that a clock repeats after it was set back does not count twice. */
  let latest = since ?? Number.NEGATIVE_INFINITY;

  return {
    judge: (words, at) => {
      const inYoung = young.get(words, at);
      const known = inYoung < 0 ? old.get(words, at) : inYoung;
      if (known < 0) return "appended";
      return known === words[at + 4]! + words[at + 5]! * 2 ** 32 ? "duplicate" : "conflict";
    },
    turn: (at, coming) => {
      // A clock that jumps back and forth would age a generation with each jump. A clock that is set back prolongs it.
      latest = Math.max(latest, at);
      since ??= latest;
      const isFull = young.size > 0 && young.size + coming > maxKeys;
      if (isFull || latest - since >= retentionMs) {
        old = young;
        young = createKeyTable();
        number += 1;
        since = latest;
      }
      return { number, since };
    },
    // New in both generations, so it needs no search.
    add: (words, at) => young.add(words, at),
  };
}
