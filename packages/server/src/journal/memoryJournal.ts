import type { Journal } from "./journal.ts";
import { KEY_WORDS, writeKey } from "./keyDigest.ts";
import { createKeyMemory, type KeyMemoryOptions } from "./keyMemory.ts";

/** Limits for the remembered keys. */
export type MemoryJournalOptions = KeyMemoryOptions;

/**
 * Creates a journal that remembers keys in memory only: exact while the process lives (`durable: false`).
 *
 * Orders of server code are remembered separately from batches of pages: a flood of batches displaces old batches,
 * never an order.
 */
export function createMemoryJournal(options: MemoryJournalOptions = {}): Journal {
  const memories = { page: createKeyMemory(options), server: createKeyMemory(options) };
  const words = new Uint32Array(KEY_WORDS);
  return {
    durable: false,
    saved: [],
    append: async ({ key, from, fingerprint, at }) => {
      if (key === undefined) return "appended";
      const keys = memories[from];
      writeKey(words, 0, key, fingerprint);
      const outcome = keys.judge(words, 0);
      if (outcome !== "appended") return outcome;
      keys.turn(at, 1);
      keys.add(words, 0);
      return outcome;
    },
    fold: () => {},
    close: async () => {},
  };
}
