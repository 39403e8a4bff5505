import { createCheckpoint } from "./checkpoint.ts";
import { type KeyBlock, readKeyBlocks } from "./keyBlock.ts";
import { createKeyRows, type KeyRows } from "./keyRows.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { createRows, type LogRow, type Rows } from "./rows.ts";
import { JournalError } from "./journalError.ts";
import { toJournalError, unreadable } from "./sqliteErrors.ts";
import { inspectSqliteFile, openSqliteFile, type SqliteFile } from "./sqliteFile.ts";
import { requireApp } from "./requireApp.ts";
import { readTailMark, requireTail } from "./tailMark.ts";

/** A journal's file with everything that it says in memory: totals, and what of them has no row yet. */
export interface SqliteStore {
  readonly ledger: Ledger;
  /** The last group that is in the file. */
  readonly lastSeq: number;
  /** Bytes of groups that totals and keys do not cover yet. */
  readonly logBytes: number;
  /** Keeps a group: on the disk when this returns. Throws a `JournalError`; then this store may not be used again. */
  commitGroup(records: Uint8Array, keys: Uint8Array): void;
  /** Counts the group that was committed last. Apart, so that nobody waits for it. */
  countGroup(records: Uint8Array, keys: Uint8Array<ArrayBuffer>): void;
  /** Begins to write totals and keys up to the last group, where there is anything to write. */
  beginCheckpoint(): void;
  /** Does a small part of a checkpoint. False when there is nothing to do. Throws as `commitGroup`. */
  stepCheckpoint(): boolean;
  /**
   * Does whole checkpoints until nothing is left in the log, which it empties after each step, and makes the file as
   * small as it can be: for the least room.
   */
  coverLog(): void;
  truncateLog(): void;
  /** Copies the log into the file and begins it anew, as long as it is. Throws as `commitGroup`. */
  restartLog(): void;
  /** The app that the journal counts for, as it was found; undefined where no collector has said. */
  readonly app: string | undefined;
  /** Writes down the app. Throws as `commitGroup`. */
  claim(app: string): void;
  /** Writes something, to see whether the disk takes it. */
  probe(): void;
  close(): void;
}

/** What a journal has to fit to be opened. */
export interface StoreWanted {
  /** The last group that was acknowledged. Default what the mark beside the file says. */
  readonly acknowledged?: number | undefined;
  /** The app that it counts for. Default any. */
  readonly app?: string | undefined;
}

/** What is only asked for when a journal is opened. */
export interface StoreReader {
  series(id: number, definition: Uint8Array): void;
  /** A block that is as long as a row belongs to the reader from then on. */
  keys(block: KeyBlock): void;
}

/**
 * Opens the file and reads all of it. Throws a `JournalError` where anything in it does not fit; nothing was changed
 * then.
 *
 * Where `acknowledged` is given, a later group was refused to whoever sent it; it is deleted, so that a retry counts once.
 */
export function openSqliteStore(path: string, reader: StoreReader, wanted: StoreWanted = {}): SqliteStore {
  inspectSqliteStore(path, wanted);
  const { acknowledged } = wanted;
  const file = openSqliteFile(path);
  try {
    const rows = createRows(file, path);
    rows.readState();
    if (acknowledged !== undefined)
      file.commit(() => rows.dropGroups(acknowledged + 1, Number.MAX_SAFE_INTEGER));
    return loadStore(file, rows, path, reader);
  } catch (error) {
    file.close();
    throw error;
  }
}

const IGNORE: StoreReader = { series: () => {}, keys: () => {} };

/** Codes of refusals after which an operator decides about the files. */
const ABOUT_FILES = new Set([
  "corrupt",
  "lost_tail",
  "missing",
  "not_a_journal",
  "newer_schema",
  "older_schema",
  "other_app",
]);

/** Throws where the journal cannot be taken as it is. Changes nothing. */
export function inspectSqliteStore(path: string, { acknowledged, app }: StoreWanted): void {
  try {
    const lastSeq = inspectSqliteFile(path, (file) => {
      const rows = createRows(file, path);
      rows.readState();
      requireApp(path, rows.app, app);
      return loadStore(file, rows, path, IGNORE).lastSeq;
    });
    requireTail(path, acknowledged ?? readTailMark(`${path}-tail`), lastSeq);
  } catch (error) {
    const { code, message, cause } = toJournalError(path, error);
    throw new JournalError(code, ABOUT_FILES.has(code) ? `${message} Nothing was changed.` : message, cause);
  }
}

/** The content of a journal's file. */
interface Loaded extends Pick<SqliteStore, "ledger" | "lastSeq" | "logBytes"> {
  readonly keys: KeyRows;
}

function loadStore(file: SqliteFile, rows: Rows, path: string, reader: StoreReader): SqliteStore {
  return createStore(file, rows, readStore(rows, path, reader));
}

function readStore(rows: Rows, path: string, reader: StoreReader): Loaded {
  const ledger = createLedger();
  rows.readSeries((id, definition, checksum) => {
    reader.series(id, definition);
    ledger.define(id, Buffer.from(definition).toString()).definitionChecksum = checksum;
  });
  rows.readTotals(ledger.totals);
  const found = rows.readKeys();
  for (const { block } of found) reader.keys(block);
  const keys = createKeyRows(found);
  let lastSeq = rows.coveredTo;
  let logBytes = 0;
  for (const row of rows.readLog()) {
    replay(row, ledger, keys, reader, path);
    lastSeq = row.seq;
    logBytes += row.records.length + row.keys.length;
  }
  for (const [id, definition] of ledger.definitions) reader.series(id, Buffer.from(definition));
  return { ledger, keys, lastSeq, logBytes };
}

function createStore(file: SqliteFile, rows: Rows, loaded: Loaded): SqliteStore {
  const { ledger, keys } = loaded;
  let { lastSeq, logBytes } = loaded;
  const checkpoint = createCheckpoint({ file, rows, ledger, keys });

  return {
    ledger,
    get lastSeq() {
      return lastSeq;
    },
    get logBytes() {
      return logBytes;
    },
    commitGroup: (records, keyBytes) => {
      file.commit(() => rows.appendGroup(lastSeq + 1, records, keyBytes));
      lastSeq += 1;
      logBytes += records.length + keyBytes.length;
    },
    countGroup: (records, keyBytes) => {
      ledger.apply(lastSeq, records);
      keys.add(lastSeq, readKeyBlocks(keyBytes));
    },
    beginCheckpoint: () => {
      if (checkpoint.begin(lastSeq)) logBytes = 0;
    },
    stepCheckpoint: () => checkpoint.step(lastSeq),
    coverLog: () => {
      file.truncateLog();
      // One may be under way, which covers less than the log has by now.
      do {
        while (checkpoint.step(lastSeq)) file.truncateLog();
      } while (checkpoint.begin(lastSeq));
      logBytes = 0;
      file.shrink();
    },
    truncateLog: file.truncateLog,
    restartLog: file.restartLog,
    app: rows.app,
    claim: (app) => {
      rows.app = app;
      file.commit(() => rows.writeState(rows.coveredTo));
    },
    probe: () => file.commit(() => rows.writeState(rows.coveredTo)),
    close: file.close,
  };
}

function replay(
  { seq, records, keys }: LogRow,
  ledger: Ledger,
  keyRows: KeyRows,
  reader: StoreReader,
  path: string,
): void {
  try {
    ledger.apply(seq, records);
    const blocks = readKeyBlocks(keys);
    keyRows.add(seq, blocks);
    // What waits for its row here stays here.
    for (const block of blocks) reader.keys({ ...block, words: block.words.slice() });
  } catch (error) {
    throw unreadable(path, `group ${seq} cannot be read`, error);
  }
}
