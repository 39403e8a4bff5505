import { statSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { JournalError } from "./journalError.ts";
import { requireSqlite } from "./requireSqlite.ts";
import { giveSecondName } from "./secondName.ts";
import { corrupt, orJournalError } from "./sqliteErrors.ts";

/** The file that holds a journal: open, locked, of the schema that this version reads. */
export interface SqliteFile {
  prepare(sql: string): StatementSync;
  /** Runs `write` as one transaction that is on the disk when this returns. Throws a `JournalError`. */
  commit(write: () => void): void;
  /** Copies what is committed from the write-ahead log into the file and empties the log. */
  truncateLog(): void;
  /**
   * Copies what is committed from the write-ahead log into the file. The log keeps its size, and the next transaction
   * writes over its beginning: a sync of bytes that a file has already takes a fraction of one that makes it longer,
   * because the file system has nothing to note (`fdatasync` on ext4: 0.26 instead of 1.2 ms, by 64 KiB each).
   */
  restartLog(): void;
  /** Gives room that rows left behind back to the disk, in steps that need little of it. */
  shrink(): void;
  close(): void;
}

/** "rumk": tells a journal from any other SQLite file. */
const APPLICATION_ID = 0x72_75_6d_6b;
const SCHEMA_VERSION = 1;
/** 4 MiB: the log is emptied well before; a burst that made it larger gives the room back. */
const LOG_SIZE_LIMIT = 4_194_304;

/**
 * `log`: what was committed since, a row for each group. `series` and `totals`: what every series has counted up
 * to the group `as_of`. `keys`: ids that were counted, in blocks. `state`: one row, what `rows.ts` says of the rest.
 * Every row has a checksum of its own, because SQLite has none.
 */
const TABLES = ["log", "series", "totals", "keys", "state"];
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
 * Reads the file with its log and leaves every byte of both as it is. Returns undefined where there is no journal yet.
 *
 * Throws a `JournalError` that names the file: another process has it open, it is no journal, a newer version wrote it,
 * it is damaged, the disk refuses.
 */
export function inspectSqliteFile<T>(path: string, read: (file: SqliteFile) => T): T | undefined {
  requireSqlite(process.versions);
  return orJournalError(path, () => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found && !found.isFile()) {
      throw new JournalError("io_error", `[rumkit] ${path} is no file. Name a file for the journal.`);
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
      // First: SQLite leaves the log alone where the name is gone by which the file was opened.
      second.remove();
      database?.close();
    }
  });
}

/**
 * Opens the file, or makes it. To be inspected first: closing it empties its log. Throws a `JournalError` as
 * `inspectSqliteFile` does, damage apart.
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
/** 256 KiB: what a step of shrinking takes of the log at most. */
const PAGES_IN_STEP = 64;

function createFile(database: DatabaseSync, path: string): SqliteFile {
  return {
    prepare: (sql) => database.prepare(sql),
    commit: (write) =>
      orJournalError(path, () => {
        database.exec("BEGIN IMMEDIATE");
        try {
          write();
          database.exec("COMMIT");
        } catch (error) {
          // Some errors have ended the transaction already.
          if (database.isTransaction) database.exec("ROLLBACK");
          throw error;
        }
      }),
    truncateLog: () => orJournalError(path, () => database.exec(TRUNCATE)),
    restartLog: () => orJournalError(path, () => database.exec(RESTART)),
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
  // Checkpoints of the log come when the worker says so, never within the commit that somebody waits for.
  database.exec(`PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = ${LOG_SIZE_LIMIT}`);
  // Takes the lock, which stays until the file is closed.
  database.exec("BEGIN IMMEDIATE");
  if (isNew) {
    database.exec(SCHEMA);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
  }
  database.exec("COMMIT");
}

/** Exclusive, before the first access: one process at a time, and the log's index stays in our own memory. */
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
      `[rumkit] ${path} is a database of something else, or its head is damaged. Name another file for the journal.`,
    );
  }
  const version = readNumber(database, "PRAGMA user_version", "user_version");
  if (version === SCHEMA_VERSION) return;
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
  // A statement on a table that is not there fails with SQLITE_ERROR, as many other things do.
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  for (const name of TABLES) {
    if (!tables.some((table) => table["name"] === name))
      throw corrupt(path, `its table "${name}" is missing`);
  }
  const faults = database.prepare("PRAGMA quick_check(1)").all();
  if (faults[0]?.["quick_check"] === "ok") return;
  throw corrupt(path, Object.values(faults[0] ?? {}).join());
}

function readNumber(database: DatabaseSync, sql: string, column = "value"): number {
  return Number(database.prepare(sql).get()?.[column]);
}
