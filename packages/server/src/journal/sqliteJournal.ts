import { createGroupCommit } from "./groupCommit.ts";
import type { Journal } from "./journal.ts";
import { startJournalThread } from "./journalThreadHandle.ts";
import { createKeyMemory, type KeyMemoryOptions } from "./keyMemory.ts";
import { requireSqlite } from "./requireSqlite.ts";
import { realJournalPath } from "./realJournalPath.ts";
import { readSaved } from "./savedSeries.ts";
import { createSeriesIds } from "./seriesIds.ts";
import { requireApp } from "./requireApp.ts";

export interface SqliteJournalOptions extends KeyMemoryOptions {
  /**
   * The file, on a local disk; it is made where it is not there. Beside it are `-wal` (what is not in the file yet),
   * `-tail` (which group was acknowledged last) and `-reserve` (room for the moment when the disk is full).
   */
  readonly path: string;
  /**
   * The app that the journal has to count for, as the catalog names it: a journal of another app is refused before
   * anything is opened. Default: the first collector that counts with it decides, and `createCollector` throws for another.
   */
  readonly app?: string | undefined;
  /** Entries that may wait for the disk; more are refused at once. Default 20 000. */
  readonly maxPending?: number;
  /** Milliseconds between two checkpoints while entries come. Default 10 000. */
  readonly checkpointMs?: number;
  /** Bytes of the log that begin one sooner. Default 8 MiB, so that a start has little to replay. */
  readonly checkpointBytes?: number;
  /** Bytes of the disk that are kept for cleaning up when it is full, 64 KiB at least. Default 4 MiB. */
  readonly reserveBytes?: number;
}

/**
 * Opens a journal that outlives the process: what it acknowledged is synced to the disk, and counted once also after
 * `kill -9` and power loss.
 *
 * Rejects with a `JournalError` that names the file and says what to do: it is open in another process, damaged, no
 * journal, of another version or app, or the disk refuses. What is refused is left as it is, every byte of it.
 *
 * @example
 * const journal = await openSqliteJournal({ path: "/var/lib/shop/metrics.journal" });
 * const collector = createCollector({ catalog, journal });
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<Journal> {
  requireSqlite(process.versions);
  const { maxPending = 20_000 } = options;
  const { checkpointMs = 10_000, checkpointBytes = 8_388_608, reserveBytes = 4_194_304 } = options;
  const path = realJournalPath(options.path);
  const thread = await startJournalThread({
    path,
    app: options.app,
    checkpointMs,
    checkpointBytes,
    reserveBytes,
  });
  const { saved, keys, app, ...series } = thread.opened;
  const group = createGroupCommit({
    thread,
    ids: createSeriesIds(series),
    memories: {
      page: createKeyMemory(options, keys.page),
      server: createKeyMemory(options, keys.server),
    },
    maxPending,
  });
  return {
    durable: true,
    saved: readSaved(saved),
    claim: (name) => {
      requireApp(path, app, name);
      if (app !== name) thread.post({ type: "claim", app: name });
    },
    ...group,
  };
}
