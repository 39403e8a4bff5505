import type { Sample } from "../metrics/sample.ts";

/** Something that is about to be counted, all of it or nothing. */
export interface JournalEntry {
  /** What makes it the same on every retry: a batch id, an order id. Without one it is never a duplicate. */
  readonly key?: string;
  /** Who sent it. What pages send may not push what the server knows out of memory. */
  readonly from: "page" | "server";
  /** A digest of the content: the same key with another content is a conflict, not a duplicate. */
  readonly fingerprint?: string;
  /** When the collector got it: milliseconds since 1970, by its own clock. */
  readonly at: number;
  readonly samples: readonly Sample[];
}

/** `appended`: new, to be counted now. `duplicate`: counted before. `conflict`: the key stands for something else. */
export type AppendOutcome = "appended" | "duplicate" | "conflict";

/** Keeps what was accepted, and decides what is new. Everything that is counted passes `append` first. */
export interface Journal {
  /** True where `append` resolves only when the entry outlives the process. */
  readonly durable: boolean;
  /** Resolves when the entry is kept. Rejects where it cannot be: then nothing may be acknowledged. */
  append(entry: JournalEntry): Promise<AppendOutcome>;
  /** Resolves when everything is kept and nothing is open. */
  close(): Promise<void>;
}
