import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { isMissing } from "../base/systemError.ts";
import { createDocumentSender } from "./documentSender.ts";
import { createGroupCommit } from "./groupCommit.ts";
import type { Journal } from "./journal.ts";
import { noteClosed } from "./journalUse.ts";
import { realJournalPath } from "./journalPath.ts";
import { startJournalThread, type ThreadOptions } from "./journalThreadHandle.ts";
import { createKeyMemory, type KeyMemoryOptions } from "./keyMemory.ts";
import { openRowFile } from "./rowFile.ts";
import { createSeriesIds } from "./seriesIds.ts";
import { requireApp, requireSqlite } from "./sqliteErrors.ts";
import { readSaved } from "./total.ts";

export interface SqliteJournalOptions extends KeyMemoryOptions {
  /**
   * The file, on a local disk; created if it is missing. Beside it are `-wal` (the write-ahead log), `-tail` (the
   * number of the last acknowledged group), `-reserve` (space for a full disk), `-history` (the charts of the live page) and `-linkkey` (the key of read-only links to it, if
   * one was made; mode 0600).
   */
  readonly path: string;
  /**
   * The app of the journal, as the catalog names it: a journal of another app is refused before anything is opened.
   * Default: the first collector that counts with it decides, and `createCollector` throws for another app.
   */
  readonly app?: string | undefined;
  /** Maximum entries that wait for the disk; further ones are refused at once. Default 20,000. */
  readonly maxPending?: number;
  /** Milliseconds between two checkpoints while entries arrive. Default 10,000. */
  readonly checkpointMs?: number;
  /** Bytes of the log that trigger a checkpoint sooner. Default 8 MiB, so that a start has little to replay. */
  readonly checkpointBytes?: number;
  /** Bytes that are reserved for cleaning up when the disk is full, at least 64 KiB. Default 4 MiB. */
  readonly reserveBytes?: number;
}

/**
 * Opens a journal that survives the process: an acknowledged entry is synced to the disk, and counted once, even after
 * `kill -9` and power loss.
 *
 * Rejects with a `JournalError`, which names the file and explains what to do, if the file is open in another process,
 * damaged, not a journal, or of another version or app, or if the disk fails. A refused file is not changed.
 *
 * @example
 * const journal = await openSqliteJournal({ path: "/var/lib/shop/metrics.journal" });
 * const collector = createCollector({ catalog, journal });
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<Journal> {
  requireSqlite(process.versions);
  const { maxPending = 20_000 } = options;
  const path = realJournalPath(options.path);
  const thread = await startJournalThread(threadOptions(path, options));
  const { saved, keys, app, documents: found, ...series } = thread.opened;
  const group = createGroupCommit({
    thread,
    ids: createSeriesIds(series),
    memories: {
      page: createKeyMemory(options, keys.page),
      server: createKeyMemory(options, keys.server),
    },
    maxPending,
  });
  const { close: closeDocuments, ...documents } = createDocumentSender(thread, found);
  // After the journal is open: its lock keeps other processes away from this file, too.
  const history = await openRowFile(`${path}-history`);
  const journal: Journal = {
    durable: true,
    saved: readSaved(saved),
    claim: (name) => {
      requireApp(path, app, name);
      if (app !== name) thread.post({ type: "claim", app: name });
    },
    ...group,
    history,
    documents,
    linkKey: createKeyFile(`${path}-linkkey`),
    close: async () => {
      noteClosed(journal);
      await closeDocuments();
      await group.close();
      await history.close();
    },
  };
  return journal;
}

function threadOptions(path: string, options: SqliteJournalOptions): ThreadOptions {
  const { app, checkpointMs = 10_000, checkpointBytes = 8_388_608, reserveBytes = 4_194_304 } = options;
  return { path, app, checkpointMs, checkpointBytes, reserveBytes };
}

/** Bytes of a key. */
const KEY_BYTES = 32;

/** Only the owner may read the file, and write it. */
const MODE = 0o600;

/**
 * Returns a function that returns the key in a file, and creates the file when it is first needed. It throws if the file can
 * be neither read nor written, or is not a key.
 */
function createKeyFile(path: string): () => Buffer {
  let key: Buffer | undefined;
  return () => (key ??= read(path) ?? create(path));
}

function read(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    if (bytes.length === KEY_BYTES) return bytes;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  throw new Error(`[rumkit] ${path} is not a key of ${KEY_BYTES} bytes. Remove it: links made with it end.`);
}

function create(path: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  // Fails if another process was faster, whose key the next call reads.
  const file = openSync(path, "wx", MODE);
  try {
    writeSync(file, key);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return key;
}
