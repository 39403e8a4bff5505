import type { AppendOutcome, Journal } from "./journal.ts";

export interface MemoryJournalOptions {
  /**
   * How long a key is remembered, in milliseconds. Default 72 h: three times what a page retries. Shorter
   * where more than `maxKeys` come in that time.
   */
  retentionMs?: number;
  /** Keys of one generation, of pages and of server code each; two generations are kept. Default 250 000: 39 MB of heap. */
  maxKeys?: number;
}

/**
 * Remembers keys in memory only: exact while the process lives, and it says so (`durable: false`).
 *
 * Orders of server code are remembered apart from batches of pages: a flood of batches forgets old batches,
 * never an order.
 */
export function createMemoryJournal(options: MemoryJournalOptions = {}): Journal {
  const keys = { page: createKeyMemory(options), server: createKeyMemory(options) };
  return {
    durable: false,
    saved: [],
    append: async ({ key, from, fingerprint, at }) =>
      key === undefined ? "appended" : keys[from].remember(key, fingerprint, at),
    fold: () => {},
    close: async () => {},
  };
}

/** Knows which keys came before. */
interface KeyMemory {
  remember(key: string, fingerprint: string | undefined, at: number): AppendOutcome;
}

/**
 * Two generations: when the younger is full or old enough, the older is forgotten whole. So a key lives
 * between one and two spans, and memory has an end whatever pages send.
 */
function createKeyMemory({
  retentionMs = 72 * 3_600_000,
  maxKeys = 250_000,
}: MemoryJournalOptions): KeyMemory {
  let young = new Map<string, string | undefined>();
  let old = new Map<string, string | undefined>();
  let youngSince = 0;

  const turnGeneration = (at: number): void => {
    if (young.size < maxKeys && at - youngSince < retentionMs) return;
    old = young;
    young = new Map();
    youngSince = at;
  };

  return {
    remember: (key, fingerprint, at) => {
      const known = young.has(key) ? young : old.has(key) ? old : undefined;
      if (known) return known.get(key) === fingerprint ? "duplicate" : "conflict";
      turnGeneration(at);
      young.set(key, fingerprint);
      return "appended";
    },
  };
}
