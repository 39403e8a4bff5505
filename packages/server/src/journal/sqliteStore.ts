import { type Checkpoint, createCheckpoint } from "./checkpoint.ts";
import { type KeyBlock, readKeyBlocks } from "./keyBlock.ts";
import { createKeyRows, type KeyRows } from "./keyRows.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { createRows, type LogRow, type Rows } from "./rows.ts";
import { JournalError } from "./journal.ts";
import type { DocumentChange, KeptDocument } from "./keptDocuments.ts";
import { requireApp, toJournalError, unreadable } from "./sqliteErrors.ts";
import { inspectSqliteFile, openSqliteFile, type SqliteFile } from "./sqliteFile.ts";
import { readTailMark, requireTail } from "./journalFiles.ts";

/** A journal's file, with its totals in memory. */
export interface SqliteStore {
  readonly ledger: Ledger;
  /** The last group in the file. */
  readonly lastSeq: number;
  /** Size of the groups that totals and keys do not contain yet, in bytes. */
  readonly logBytes: number;
  /**
   * Keeps a group, which is on the disk when this returns. Throws a `JournalError`; the store must not be used after
   * that.
   */
  commitGroup(records: Uint8Array, keys: Uint8Array): void;
  /** Counts the group that was committed last. Separate from the commit, so that no entry waits for it. */
  countGroup(records: Uint8Array, keys: Uint8Array<ArrayBuffer>): void;
  /** Keeps changes of documents, all or none, which are on the disk when this returns. Throws as `commitGroup`. */
  commitDocuments(changes: readonly DocumentChange[]): void;
  /** Begins to write totals and keys up to the last group, if there are any to write. */
  beginCheckpoint(): void;
  /** Does one step of a checkpoint. Returns false if there is nothing to do. Throws as `commitGroup`. */
  stepCheckpoint(): boolean;
  /**
   * Does whole checkpoints until the log is empty, and shrinks the file. It empties the log after each step, to need
   * the least disk space.
   */
  coverLog(): void;
  truncateLog(): void;
  /**
   * If the log has more than so many bytes, copies it into the file and restarts it with the same size. Throws as
   * `commitGroup`.
   */
  shortenLog(most: number): void;
  /** The app of the journal when it was opened; undefined if no collector has claimed it. */
  readonly app: string | undefined;
  /** Stores the app. Throws as `commitGroup`. */
  claim(app: string): void;
  /** Tests whether the disk accepts a write. */
  probe(): void;
  close(): void;
}

/** Conditions for opening a journal. */
export interface StoreWanted {
  /** The last acknowledged group. Default: the one in the mark beside the file. */
  readonly acknowledged?: number | undefined;
  /** The app of the journal. Default: any. */
  readonly app?: string | undefined;
}

/** Receives data that is needed only when a journal is opened. */
export interface StoreReader {
  series(id: number, definition: Uint8Array): void;
  /** The reader takes over blocks of the length of a row. */
  keys(block: KeyBlock): void;
  document?(document: KeptDocument): void;
}

/**
 * Opens the file and reads all of it. Throws a `JournalError` if anything in it does not fit, without having changed
 * it.
 *
 * Deletes groups after `acknowledged`, if it is given: their senders got a refusal, and a retry must count once.
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

/** Codes after which an operator must decide about the files. */
const ABOUT_FILES = new Set([
  "corrupt",
  "lost_tail",
  "missing",
  "not_a_journal",
  "newer_schema",
  "older_schema",
  "other_app",
]);

/** Throws if the journal cannot be opened as it is. Changes nothing. */
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
  rows.readDocuments((document) => reader.document?.(document));
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
    ...createOtherWrites(file, rows),
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
      coverLog(file, checkpoint, lastSeq);
      logBytes = 0;
      file.shrink();
    },
    truncateLog: file.truncateLog,
    shortenLog: (most) => {
      if (file.uncopiedBytes() > most) file.restartLog();
    },
    close: file.close,
  };
}

/** Writes apart from the groups. Each writes the row that names the app, which shows whether the journal can be written. */
function createOtherWrites(
  file: SqliteFile,
  rows: Rows,
): Pick<SqliteStore, "app" | "claim" | "commitDocuments" | "probe"> {
  const writeState = (): void => rows.writeState(rows.coveredTo);
  return {
    app: rows.app,
    claim: (app) => {
      rows.app = app;
      file.commit(writeState);
    },
    commitDocuments: (changes) =>
      file.commit(() => {
        rows.writeDocuments(changes);
        writeState();
      }),
    probe: () => file.commit(writeState),
  };
}

function coverLog(file: SqliteFile, checkpoint: Checkpoint, lastSeq: number): void {
  file.truncateLog();
  // A checkpoint may be under way, which covers less than the log contains now.
  do {
    while (checkpoint.step(lastSeq)) file.truncateLog();
  } while (checkpoint.begin(lastSeq));
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
    // Copied, because the key rows keep the original until their row is written.
    for (const block of blocks) reader.keys({ ...block, words: block.words.slice() });
  } catch (error) {
    throw unreadable(path, `group ${seq} cannot be read`, error);
  }
}
