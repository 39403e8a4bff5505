import type { JournalError } from "./journalError.ts";
import type { Increment, Series } from "../metrics/seriesStore.ts";
import type { SavedSeries } from "../metrics/restoreSeries.ts";

/** Something that is about to be counted, all of it or nothing. */
export interface JournalEntry {
  /** What makes it the same on every retry: a batch id, an order id. Without one it is never a duplicate. */
  readonly key?: string | undefined;
  /** Who sent it. What pages send may not push what the server knows out of memory. */
  readonly from: "page" | "server";
  /** A digest of the content: the same key with another content is a conflict, not a duplicate. */
  readonly fingerprint?: string | undefined;
  /** When the collector got it: milliseconds since 1970, by its own clock. */
  readonly at: number;
  readonly increments: readonly Increment[];
}

/** `appended`: new, to be counted now. `duplicate`: counted before. `conflict`: the key stands for something else. */
export type AppendOutcome = "appended" | "duplicate" | "conflict";

/** How a journal does at this moment. */
export interface JournalState {
  /** Entries that are accepted and not durable yet. */
  readonly pendingEntries: number;
  /** Milliseconds since the oldest of them came; 0 without any. */
  readonly waitingMs: number;
  /** Bytes that the journal takes on its disk. */
  readonly bytes: number;
  /** Bytes that a start would have to replay. */
  readonly logBytes: number;
  /** Bytes that its disk has left. */
  readonly freeBytes: number;
  /** Transactions since the start. */
  readonly commits: number;
  /** What the last of them took, in milliseconds. */
  readonly lastCommitMs: number;
  /** Why nothing can be kept now; undefined while everything is well. */
  readonly failing: JournalError | undefined;
}

/** A transaction that made entries durable, or could not. */
interface JournalCommit {
  readonly seconds: number;
  readonly entries: number;
  /** Why it failed. */
  readonly failed?: JournalError;
}

/** Keeps what was accepted, and decides what is new. Everything that is counted passes `append` first. */
export interface Journal {
  /** True where `append` resolves only when the entry outlives the process. */
  readonly durable: boolean;
  /**
   * What was counted before this start, replayed when the journal was opened. Empty for one that keeps nothing.
   * Read it once: a series is let go when it was read.
   */
  readonly saved: Iterable<SavedSeries>;
  /**
   * Resolves when the entry is kept; entries that come later resolve later. Rejects with a `JournalError` where it
   * cannot be kept: then nothing may be acknowledged, and the same key is new again.
   */
  append(entry: JournalEntry): Promise<AppendOutcome>;
  /**
   * A series ended, and a counter has everything that it had counted. Should it come again, it begins at 0. `into`
   * counts plain numbers, as `from` does.
   */
  fold(from: Series, into: Series): void;
  /**
   * A collector of this app begins to count with it. Throws a `JournalError` `other_app` where the journal counts for
   * another one. Left out by a journal that keeps nothing.
   */
  claim?(app: string): void;
  /** Resolves when everything is kept and nothing is open. */
  close(): Promise<void>;
  /** Left out by a journal that waits for nothing and cannot fail. */
  state?(): JournalState;
  /** Has `listener` called after each transaction. Left out by a journal that has none. */
  onCommit?(listener: (commit: JournalCommit) => void): void;
}
