import type { SavedSeries } from "../metrics/restoreSeries.ts";
import type { Increment, Series } from "../metrics/seriesStore.ts";
import type { KeptDocuments } from "./keptDocuments.ts";
import type { KeptRows } from "./rowFile.ts";

/**
 * The reason why a journal cannot keep anything, or cannot be opened. Stable: programs may match on it.
 *
 * `disk_full`, `read_only`, `io_error`: the disk fails. `locked`: another process has the file open, or another collector
 * has the journal. `corrupt`: the file is damaged. `not_a_journal`, `newer_schema`, `older_schema`, `sqlite_too_old`: the
 * file or SQLite does not fit. `lost_tail`: the file lacks acknowledged entries after a fault. `missing`: the file itself is
 * gone. `other_app`: the journal belongs to another app. `behind`: too many entries wait for the disk. `closed`: the journal
 * was closed. `documents_full`: too many bytes of documents. `thread_ended`: the thread that writes has ended.
 */
export type JournalErrorCode =
  | "disk_full"
  | "read_only"
  | "io_error"
  | "locked"
  | "corrupt"
  | "not_a_journal"
  | "newer_schema"
  | "older_schema"
  | "sqlite_too_old"
  | "lost_tail"
  | "missing"
  | "other_app"
  | "behind"
  | "closed"
  | "documents_full"
  | "thread_ended";

/** The message names the file, the reason, and what to do. */
export class JournalError extends Error {
  readonly code: JournalErrorCode;

  constructor(code: JournalErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "JournalError";
    this.code = code;
  }
}

/** Samples that are about to be counted, all or none. */
export interface JournalEntry {
  /** Identifies the entry on every retry: a batch id, an order id. An entry without a key is never a duplicate. */
  readonly key?: string | undefined;
  /** The sender. Keys of pages must not displace keys of the server from memory. */
  readonly from: "page" | "server";
  /** A digest of the content: the same key with different content is a conflict, not a duplicate. */
  readonly fingerprint?: string | undefined;
  /** Time of arrival in milliseconds since 1970, by the collector's clock. */
  readonly at: number;
  readonly increments: readonly Increment[];
}

/** `appended`: new, to be counted now. `duplicate`: counted before. `conflict`: the key belongs to other content. */
export type AppendOutcome = "appended" | "duplicate" | "conflict";

/** The state of a journal at this moment. */
export interface JournalState {
  /** Accepted entries that are not durable yet. */
  readonly pendingEntries: number;
  /** Milliseconds since the oldest of them arrived; 0 if there are none. */
  readonly waitingMs: number;
  /** Size of the journal on its disk, in bytes. */
  readonly bytes: number;
  /** Size of the log that a start would replay, in bytes. */
  readonly logBytes: number;
  /** Free space on its disk, in bytes. */
  readonly freeBytes: number;
  /** Number of transactions since the start. */
  readonly commits: number;
  /** Duration of the last transaction, in milliseconds. */
  readonly lastCommitMs: number;
  /** Why the journal cannot keep anything now; undefined while all is well. */
  readonly failing: JournalError | undefined;
}

/** A transaction that made entries durable, or failed. */
interface JournalCommit {
  readonly seconds: number;
  readonly entries: number;
  /** The reason of a failure. */
  readonly failed?: JournalError;
}

/** Keeps accepted entries and recognizes duplicates. Everything that is counted passes `append` first. */
export interface Journal {
  /** True if an appended entry survives the end of the process. */
  readonly durable: boolean;
  /**
   * The values from before this start, replayed when the journal was opened. Empty for a journal in memory.
   * Read it once: the journal releases each series after it was read.
   */
  readonly saved: Iterable<SavedSeries>;
  /**
   * Resolves when the entry is kept, in the order of the calls. Rejects with a `JournalError` if the entry cannot be
   * kept: the caller must not acknowledge it, and the same key is new again.
   */
  append(entry: JournalEntry): Promise<AppendOutcome>;
  /**
   * True if the key was kept before, or is about to be: `append` would add nothing. A journal in memory omits it.
   */
  knows?(entry: Pick<JournalEntry, "key" | "from">): boolean;
  /**
   * Records that a series has ended and a counter took over its value. If the series comes again, it begins at 0.
   * `into` counts plain numbers, as `from` does.
   */
  fold(from: Series, into: Series): void;
  /**
   * Claims the journal for a collector of this app. Throws a `JournalError` `other_app` if the journal belongs to
   * another app. A journal in memory omits it.
   */
  claim?(app: string): void;
  /** Rows of what the live page shows of the last days. A journal in memory omits it. */
  readonly history?: KeptRows;
  /** Texts for the state of alerts and notices. Those of a journal in memory end with the process, as `durable` says. */
  readonly documents?: KeptDocuments;
  /**
   * Returns 32 random bytes that are the same after a restart, for the keys of read-only links to the live page. Throws if
   * they can be neither read nor kept. A journal in memory omits it: such links end with the process.
   */
  linkKey?(): Buffer;
  /** Resolves when everything is kept and every file is closed. */
  close(): Promise<void>;
  /** A journal in memory omits it. */
  state?(): JournalState;
  /** Calls `listener` after each transaction. A journal in memory omits it. */
  onCommit?(listener: (commit: JournalCommit) => void): void;
}
