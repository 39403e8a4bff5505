import type { Records } from "../brokers/broker.ts";

/** The record that changes when a reader of frames needs the totals of all aggregators. */
const TOTALS_WANTED = "frames.wanted";

/** Attempts: each one fails only if another reader asked at the same moment, which serves this one as well. */
const ATTEMPTS = 3;

/** Milliseconds after a question within which running aggregators send totals: three times their pace. */
const TOTALS_MS = 3_000;

/** Asks all aggregators for their totals. They send them within about a second. */
export interface TotalsQuestion {
  /** Rejects with a `BrokerError`. The first one counts, however often a reader starts. */
  readonly ask: () => Promise<void>;
  /** Rejects with a `BrokerError`. Asking begins anew, even if it fails. */
  readonly askAgain: () => Promise<void>;
  /** True once all running aggregators had the time to answer. */
  readonly isOver: () => boolean;
}

/** @param name The name of this process. */
export function createTotalsQuestion(records: Records, name: string): TotalsQuestion {
  let askedAt = Number.POSITIVE_INFINITY;
  return {
    ask: async () => {
      await changeRecord(records, name);
      askedAt = Math.min(askedAt, performance.now());
    },
    askAgain: () => {
      askedAt = performance.now();
      return changeRecord(records, name);
    },
    isOver: () => performance.now() - askedAt > TOTALS_MS,
  };
}

async function changeRecord(records: Records, name: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const revision = (await records.read(TOTALS_WANTED))?.revision ?? 0;
    const text = JSON.stringify({ name, at: Date.now() });
    if ((await records.write(TOTALS_WANTED, text, revision)) !== undefined) return;
  }
}

/** Milliseconds between two looks at the record: readers wait for totals only when they start. */
const LOOK_MS = 1_000;

/** Watches the record by which readers ask for totals. */
export function createWantedWatch(records: Records) {
  let seen: number | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    /** Resolves to true if a reader asked since the last call. Never rejects. */
    changed: async (): Promise<boolean> => {
      if (performance.now() - lookedAt < LOOK_MS) return false;
      lookedAt = performance.now();
      try {
        const revision = (await records.read(TOTALS_WANTED))?.revision ?? 0;
        const hasChanged = seen !== undefined && revision !== seen;
        seen = revision;
        return hasChanged;
      } catch {
        // Without the log no frame can be published either.
        return false;
      }
    },
  };
}
