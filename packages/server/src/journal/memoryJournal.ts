import type { AppendOutcome, Journal, JournalEntry } from "./journal.ts";
import { noteClosed } from "./journalUse.ts";
import { createMemoryDocuments } from "./documentSizes.ts";
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
  const appendNow: AppendNow = ({ key, from, fingerprint, at }) => {
    if (key === undefined) return "appended";
    const keys = memories[from];
    writeKey(words, 0, key, fingerprint);
    const outcome = keys.judge(words, 0);
    if (outcome === "appended") {
      keys.turn(at, 1);
      keys.add(words, 0);
    }
    return outcome;
  };
  const append: Journal["append"] = async (entry) => appendNow(entry);
  appendingNow.set(append, appendNow);
  const documents = createMemoryDocuments();
  const journal: Journal = {
    durable: false,
    saved: [],
    documents,
    append,
    fold: () => {},
    close: async () => noteClosed(journal),
  };
  return journal;
}

/** Appends an entry without a promise. */
type AppendNow = (entry: JournalEntry) => AppendOutcome;

const appendingNow = new WeakMap<Journal["append"], AppendNow>();

/**
 * Returns `append` of a journal in memory without its promise; undefined for other journals. Found by the function, so
 * that a journal around one in memory, with another `append`, is asked through that one.
 */
export function findAppendNow({ append }: Pick<Journal, "append">): AppendNow | undefined {
  return appendingNow.get(append);
}
