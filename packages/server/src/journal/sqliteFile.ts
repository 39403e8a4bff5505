import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { JournalError, type JournalErrorCode } from "./journalError.ts";
import { requireSqlite } from "./requireSqlite.ts";

/** The file that holds a journal: open, locked, of the schema that this version reads. */
export interface SqliteFile {
  prepare(sql: string): StatementSync;
  /** Runs `write` as one transaction that is on the disk when this returns. Throws a `JournalError`. */
  commit(write: () => void): void;
  /** Copies what is committed from the write-ahead log into the file and empties the log. */
  truncateLog(): void;
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
 * Opens the file, or makes it. Throws a `JournalError` that names the file: another process has it open, it is no
 * journal, a newer version wrote it, it is damaged, the disk refuses.
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
  // Exclusive before the first access: one process at a time, and the log's index stays in our own memory.
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  const isNew = readNumber(database, "SELECT count(*) AS value FROM sqlite_schema") === 0;
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
  requireSound(database, path);
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
  const faults = database.prepare("PRAGMA quick_check(1)").all();
  if (faults[0]?.["quick_check"] === "ok") return;
  throw corrupt(path, Object.values(faults[0] ?? {}).join());
}

function readNumber(database: DatabaseSync, sql: string, column = "value"): number {
  return Number(database.prepare(sql).get()?.[column]);
}

/** The file is damaged: `what` says how it shows. */
export function corrupt(path: string, what: string, cause?: unknown): JournalError {
  return new JournalError(
    "corrupt",
    `[rumkit] ${path} is damaged: ${what}. Nothing was changed. Put back a copy of it with its -wal and -tail files, or move all of them away to begin at 0.`,
    cause,
  );
}

/** Turns what SQLite and the file system throw into a `JournalError`; one that is thrown passes. */
function orJournalError<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toJournalError(path, error);
  }
}

/** SQLITE_IOERR, SQLITE_CANTOPEN. */
const UNCLEAR = new Set([10, 14]);
/** SQLite's primary result codes, as far as they say what to do. */
const CODES: Readonly<Record<number, JournalErrorCode>> = {
  5: "locked",
  6: "locked",
  8: "read_only",
  11: "corrupt",
  13: "disk_full",
  26: "corrupt",
};

export function toJournalError(path: string, error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  const { errcode, code } = error as { errcode?: number; code?: string };
  const what = error instanceof Error ? error.message : String(error);
  const found = errcode === undefined ? ofSystem(code) : ofSqlite(path, errcode & 0xff);
  if (found === "corrupt") return corrupt(path, what, error);
  return new JournalError(found, `[rumkit] ${path}: ${what}. ${ADVICE[found] ?? ""}`.trim(), error);
}

function ofSqlite(path: string, primary: number): JournalErrorCode {
  return UNCLEAR.has(primary) ? whyNotWritten(path) : (CODES[primary] ?? "corrupt");
}

/** "Unable to open" and "disk I/O error" have many reasons; whether it may be written, the system knows. */
function whyNotWritten(path: string): JournalErrorCode {
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
    return "io_error";
  } catch (error) {
    return ofSystem((error as { code?: string }).code);
  }
}

function ofSystem(code: string | undefined): JournalErrorCode {
  if (code === "ENOSPC" || code === "EDQUOT") return "disk_full";
  return code === "EROFS" || code === "EACCES" ? "read_only" : "io_error";
}

const ADVICE: Readonly<Partial<Record<JournalErrorCode, string>>> = {
  locked: "Another process has this journal open. Stop it, or name another file.",
  read_only:
    "The journal has to write: make the file, its folder and its file system writable for this user.",
  disk_full: "Free some room on its disk; the journal goes on by itself.",
  io_error:
    "Look at the disk, the folder's existence and limits (ulimit -f); the journal tries again by itself.",
};
