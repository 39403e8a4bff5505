import type { AppendOutcome, Journal, JournalEntry } from "./journal.ts";

export interface MemoryJournalOptions {
  /** How long a key is remembered at least, in milliseconds. Default 72 h: three times what a page retries. */
  retentionMs?: number;
  /** Keys of one generation; two are kept. Default 250 000, about 40 MB. */
  maxKeys?: number;
}

/**
 * Remembers keys in memory only: exact while the process lives, and it says so (`durable: false`).
 *
 * Two generations: when the younger is full or old enough, the older is forgotten whole. So a key lives
 * between one and two spans, and memory has an end whatever pages send.
 */
export function createMemoryJournal(options: MemoryJournalOptions = {}): Journal {
  const { retentionMs = 72 * 3_600_000, maxKeys = 250_000 } = options;
  let young = new Map<string, string | undefined>();
  let old = new Map<string, string | undefined>();
  let youngSince = 0;

  const turnGeneration = (at: number): void => {
    if (young.size < maxKeys && at - youngSince < retentionMs) return;
    old = young;
    young = new Map();
    youngSince = at;
  };

  const append = ({ key, fingerprint, at }: JournalEntry): AppendOutcome => {
    if (key === undefined) return "appended";
    const known = young.has(key) ? young : old.has(key) ? old : undefined;
    if (known) return known.get(key) === fingerprint ? "duplicate" : "conflict";
    turnGeneration(at);
    young.set(key, fingerprint);
    return "appended";
  };

  return { durable: false, append: async (entry) => append(entry), close: async () => {} };
}
