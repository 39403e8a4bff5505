import type { AppendOutcome, JournalEntry } from "./journal.ts";
import { createKeyTable, type KeyTable, type KeyTableImage } from "./keyTable.ts";

/** Who sent a key. Each has a memory of its own. */
export type Sender = JournalEntry["from"];

export const SENDERS = ["page", "server"] as const satisfies readonly Sender[];

export interface KeyMemoryOptions {
  /**
   * How long a key is remembered, in milliseconds. Default 72 h: three times what a page retries. Shorter
   * where more than `maxKeys` come in that time.
   */
  readonly retentionMs?: number;
  /**
   * Keys of one generation, of pages and of server code each; two generations are kept. Default 500 000: 35 MB
   * for a million batches, once they came.
   */
  readonly maxKeys?: number;
}

/** A generation of keys: its number, and when it began, in milliseconds since 1970. */
export interface Generation {
  readonly number: number;
  readonly since: number;
}

/** The keys of a sender as they were kept. */
export interface KeyMemoryImage extends Generation {
  readonly young: KeyTableImage;
  readonly old: KeyTableImage;
}

/**
 * Knows which keys came before.
 *
 * Two generations: when the younger is full or old enough, the older is forgotten whole. So a key lives
 * between one and two spans, and memory has an end whatever pages send.
 */
export interface KeyMemory {
  /** What the key at `at` of `words` is, as `writeKey` wrote it; `appended` where it is new. */
  judge(words: Uint32Array, at: number): AppendOutcome;
  /** Begins a generation where the present one is too old, or cannot take `coming` keys more. */
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
  // Of a sender without a key there is none.
  let since = image && Number.isFinite(image.since) ? image.since : undefined;
  /** The latest that the clock has said: time that it says a second time is none. */
  let latest = since ?? Number.NEGATIVE_INFINITY;

  return {
    judge: (words, at) => {
      const inYoung = young.get(words, at);
      const known = inYoung < 0 ? old.get(words, at) : inYoung;
      if (known < 0) return "appended";
      return known === words[at + 4]! + words[at + 5]! * 2 ** 32 ? "duplicate" : "conflict";
    },
    turn: (at, coming) => {
      // A clock that jumps to and fro would age a generation with each jump; set back, it makes one live longer.
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
    add: (words, at) => young.set(words, at),
  };
}
