import { statSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { JournalError } from "./journal.ts";
import { giveSecondName } from "./journalPath.ts";
import { corrupt, orJournalError, requireSqlite } from "./sqliteErrors.ts";

/** The open file of a journal: locked, and with the schema of this version. */
export interface SqliteFile {
  prepare(sql: string): StatementSync;
  /** Runs `write` as one transaction, which is on the disk when this returns. Throws a `JournalError`. */
  commit(write: () => void): void;
  /** Copies the write-ahead log into the file and empties the log. */
  truncateLog(): void;
  /**
   * Copies the write-ahead log into the file. The log keeps its size, and the next transaction overwrites its
   * beginning: syncing existing bytes takes a fraction of syncing a file that grows, because the file system has no
   * metadata to write (`fdatasync` on ext4: 0.26 instead of 1.2 ms, for 64 KiB each).
   */
  restartLog(): void;
  /** Bytes of the write-ahead log that no `restartLog` or `truncateLog` has copied into the file yet. */
  uncopiedBytes(): number;
  /** Returns the space of deleted rows to the disk, in steps that need little space. */
  shrink(): void;
  close(): void;
}

/** "rumk": identifies a journal among SQLite files. */
const APPLICATION_ID = 0x72_75_6d_6b;
/** 2 added documents. A file of version 1 is read, and changed to 2 when it is opened. */
const SCHEMA_VERSION = 2;
const OLDEST_VERSION = 1;
/** 4 MiB: the log is emptied well before that. After a burst, a larger log shrinks to this size. */
const LOG_SIZE_LIMIT = 4_194_304;

/**
 * `log`: a row for each group since the last checkpoint. `series` and `totals`: the total of every series up to the
 * group `as_of`. `keys`: the counted keys, in blocks. `documents`: texts by section and key. `state`: one row with the tallies of `rows.ts`. Every row has a
 * checksum, because SQLite has none.
 */
const TABLES = ["log", "series", "totals", "keys", "state"];
/** Without a separate index, whose damage no checksum of a row would show. */
const DOCUMENTS = `
  CREATE TABLE documents (
    section TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, checksum INTEGER NOT NULL,
    PRIMARY KEY (section, key)
  ) WITHOUT ROWID;
`;
const SCHEMA = `
  CREATE TABLE log (seq INTEGER PRIMARY KEY, records BLOB NOT NULL, keys BLOB NOT NULL, checksum INTEGER NOT NULL);
  CREATE TABLE series (id INTEGER PRIMARY KEY, definition BLOB NOT NULL, checksum INTEGER NOT NULL);
  CREATE TABLE totals (
    id INTEGER PRIMARY KEY, as_of INTEGER NOT NULL, total BLOB NOT NULL, checksum INTEGER NOT NULL
  );
  CREATE TABLE keys (id INTEGER PRIMARY KEY, block BLOB NOT NULL, checksum INTEGER NOT NULL);
  CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL, checksum INTEGER NOT NULL);
`;

/**
 * Reads the file with its log without changing a byte of either. Returns undefined if there is no journal yet.
 *
 * Throws a `JournalError` that names the file if another process has it open, it is not a journal, a newer version
 * wrote it, it is damaged, or the disk fails.
 */
export function inspectSqliteFile<T>(path: string, read: (file: SqliteFile) => T): T | undefined {
  requireSqlite(process.versions);
  return orJournalError(path, () => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found && !found.isFile()) {
      throw new JournalError("io_error", `[rumkit] ${path} is not a file. Name a file for the journal.`);
    }
    if (!found || found.size === 0) return undefined;
    const second = giveSecondName(path);
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(second.path);
      lock(database);
      if (isEmpty(database)) return undefined;
      requireJournal(database, path);
      requireSound(database, path);
      return read(createFile(database, path));
    } finally {
      // Before closing: SQLite leaves the log alone if the name is gone under which the file was opened.
      second.remove();
      database?.close();
    }
  });
}

/**
 * Opens or creates the file. Inspect it first, because closing it empties its log. Throws a `JournalError` as
 * `inspectSqliteFile` does, except for damage.
 */
export function openSqliteFile(path: string): SqliteFile {
  requireSqlite(process.versions);
  const database = orJournalError(path, () => new DatabaseSync(path));
  try {
    orJournalError(path, () => prepareDatabase(database, path));
  } catch (error) {
    database.close();
    throw error;
  }
  return createFile(database, path);
}

const TRUNCATE = "PRAGMA wal_checkpoint(TRUNCATE)";
const RESTART = "PRAGMA wal_checkpoint(RESTART)";
/** Copies nothing, and returns the numbers of frames in the log and in the file. Since SQLite 3.51. */
const MEASURE = "PRAGMA wal_checkpoint(NOOP)";
/** A page of the file with its header in the log. */
const FRAME_BYTES = 4_096 + 24;
/** 256 KiB: the maximum size that a step of shrinking takes in the log. */
const PAGES_IN_STEP = 64;

function createFile(database: DatabaseSync, path: string): SqliteFile {
  const measure = database.prepare(MEASURE);
  return {
    prepare: (sql) => database.prepare(sql),
    commit: (write) =>
      orJournalError(path, () => {
        database.exec("BEGIN IMMEDIATE");
        try {
          write();
          database.exec("COMMIT");
        } catch (error) {
          // Some errors end the transaction themselves.
          if (database.isTransaction) database.exec("ROLLBACK");
          throw error;
        }
      }),
    truncateLog: () => orJournalError(path, () => database.exec(TRUNCATE)),
    restartLog: () => orJournalError(path, () => database.exec(RESTART)),
    uncopiedBytes: () =>
      orJournalError(path, () => {
        const { log, checkpointed } = measure.get() as { log: number; checkpointed: number };
        return (log - checkpointed) * FRAME_BYTES;
      }),
    shrink: () =>
      orJournalError(path, () => {
        while (readNumber(database, "PRAGMA freelist_count", "freelist_count") > 0) {
          database.exec(`PRAGMA incremental_vacuum(${PAGES_IN_STEP})`);
          database.exec(TRUNCATE);
        }
      }),
    close: () => database.close(),
  };
}

function prepareDatabase(database: DatabaseSync, path: string): void {
  lock(database);
  const isNew = isEmpty(database);
  if (isNew) database.exec("PRAGMA auto_vacuum = INCREMENTAL");
  else requireJournal(database, path);
  requireMode(database, path, "journal_mode = WAL", "wal");
  requireMode(database, path, "synchronous = FULL", undefined);
  requireMode(database, path, "synchronous", 2);
  // The worker decides when to checkpoint the log, never within a commit for which entries wait.
  database.exec(`PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = ${LOG_SIZE_LIMIT}`);
  // Takes the lock, which is held until the file is closed.
  database.exec("BEGIN IMMEDIATE");
  if (isNew) database.exec(SCHEMA + `PRAGMA application_id = ${APPLICATION_ID}`);
  if (isNew || versionOf(database) < SCHEMA_VERSION) {
    database.exec(`${DOCUMENTS} PRAGMA user_version = ${SCHEMA_VERSION}`);
  }
  database.exec("COMMIT");
}

/** Locks exclusively, before the first access: one process at a time, and the index of the log stays in its memory. */
function lock(database: DatabaseSync): void {
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
}

function isEmpty(database: DatabaseSync): boolean {
  return readNumber(database, "SELECT count(*) AS value FROM sqlite_schema") === 0;
}

function requireJournal(database: DatabaseSync, path: string): void {
  if (readNumber(database, "PRAGMA application_id", "application_id") !== APPLICATION_ID) {
    throw new JournalError(
      "not_a_journal",
      `[rumkit] ${path} is a database of another program, or its header is damaged. Name another file for the journal.`,
    );
  }
  const version = versionOf(database);
  if (version >= OLDEST_VERSION && version <= SCHEMA_VERSION) return;
  const isNewer = version > SCHEMA_VERSION;
  throw new JournalError(
    isNewer ? "newer_schema" : "older_schema",
    `[rumkit] ${path} was written by ${isNewer ? "a newer" : "an older"} version of rumkit: its schema is ${version}, this version reads ${SCHEMA_VERSION}. Run the version that wrote it, or name another file.`,
  );
}

function requireMode(
  database: DatabaseSync,
  path: string,
  pragma: string,
  wanted: string | number | undefined,
): void {
  const row = database.prepare(`PRAGMA ${pragma}`).get() ?? {};
  const [value] = Object.values(row);
  if (value === wanted) return;
  throw new JournalError(
    "io_error",
    `[rumkit] ${path}: PRAGMA ${pragma} gave ${String(value)}, not ${wanted}. Use a local disk.`,
  );
}

function requireSound(database: DatabaseSync, path: string): void {
  // A statement on a missing table fails with SQLITE_ERROR, which has many other causes.
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const wanted = versionOf(database) < SCHEMA_VERSION ? TABLES : [...TABLES, "documents"];
  for (const name of wanted) {
    if (!tables.some((table) => table["name"] === name))
      throw corrupt(path, `its table "${name}" is missing`);
  }
  const faults = database.prepare("PRAGMA quick_check(1)").all();
  if (faults[0]?.["quick_check"] === "ok") return;
  throw corrupt(path, Object.values(faults[0] ?? {}).join());
}

function versionOf(database: DatabaseSync): number {
  return readNumber(database, "PRAGMA user_version", "user_version");
}

function readNumber(database: DatabaseSync, sql: string, column = "value"): number {
  return Number(database.prepare(sql).get()?.[column]);
}
