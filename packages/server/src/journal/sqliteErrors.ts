import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { JournalError, type JournalErrorCode } from "./journal.ts";

/** The error of a damaged file. `what` describes the damage. */
export function corrupt(path: string, what: string, cause?: unknown): JournalError {
  return new JournalError(
    "corrupt",
    `[rumkit] ${path} is damaged: ${what}. Put back a copy of it with its -wal and -tail files, or move all of them away to begin at 0.`,
    cause,
  );
}

/** As `corrupt`, for an error that was thrown while reading. Lack of memory is not damage to the file. */
export function unreadable(path: string, what: string, error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  return isOutOfMemory(error) ? toJournalError(path, error) : corrupt(path, what, error);
}

/** Runs `work`, and converts errors of SQLite and of the file system into a `JournalError`. */
export function orJournalError<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toJournalError(path, error);
  }
}

/**
 * The meaning of SQLite's primary result codes for a journal (https://sqlite.org/rescode.html). Only the codes that
 * SQLite itself documents as damage are `corrupt`, because the advice for damage costs the counts. Other errors are
 * tried again.
 */
const CODES: Readonly<Record<number, JournalErrorCode>> = {
  // SQLITE_PERM, SQLITE_READONLY.
  3: "read_only",
  8: "read_only",
  // SQLITE_BUSY, SQLITE_LOCKED.
  5: "locked",
  6: "locked",
  // SQLITE_CORRUPT, SQLITE_NOTADB.
  11: "corrupt",
  26: "corrupt",
  // SQLITE_FULL.
  13: "disk_full",
};
/** SQLITE_IOERR and SQLITE_CANTOPEN, which have many causes. */
const UNCLEAR = new Set([10, 14]);
const SQLITE_NOMEM = 7;

export function toJournalError(path: string, error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  const { errcode, code } = error as { errcode?: number; code?: string };
  const what = error instanceof Error ? error.message : String(error);
  const found = errcode === undefined ? ofSystem(code) : ofSqlite(path, errcode & 0xff);
  if (found === "corrupt") return corrupt(path, what, error);
  const advice = isOutOfMemory(error) ? MORE_MEMORY : (ADVICE[found] ?? "");
  return new JournalError(found, `[rumkit] ${path}: ${what}. ${advice}`.trim(), error);
}

function ofSqlite(path: string, primary: number): JournalErrorCode {
  return UNCLEAR.has(primary) ? whyNotWritten(path) : (CODES[primary] ?? "io_error");
}

/** True for lack of memory in SQLite, in the system, or in V8, which has no code: "Array buffer allocation failed". */
function isOutOfMemory(error: unknown): boolean {
  const { errcode, code } = error as { errcode?: number; code?: string };
  if (errcode !== undefined) return (errcode & 0xff) === SQLITE_NOMEM;
  return code === "ENOMEM" || (error instanceof RangeError && error.message.includes("allocation failed"));
}

/** Asks the system whether the file may be written. */
function whyNotWritten(path: string): JournalErrorCode {
  try {
    accessSync(statSync(path, { throwIfNoEntry: false }) ? path : dirname(path), constants.W_OK);
    return "io_error";
  } catch (error) {
    return ofSystem((error as { code?: string }).code);
  }
}

function ofSystem(code: string | undefined): JournalErrorCode {
  if (code === "ENOSPC" || code === "EDQUOT") return "disk_full";
  return code === "EROFS" || code === "EACCES" || code === "EPERM" ? "read_only" : "io_error";
}

const MORE_MEMORY = "The file is not damaged: give the process more memory.";

const ADVICE: Readonly<Partial<Record<JournalErrorCode, string>>> = {
  locked:
    "Another process has this journal open. Stop it, or name another file. Several processes of one app share a collector: serveWorkers.",
  read_only:
    "The journal must be able to write: make the file, its folder and its file system writable for this user.",
  disk_full: "Free some space on its disk; the journal continues automatically.",
  io_error:
    "Check the disk, that the folder exists, and limits (ulimit -f); the journal tries again automatically.",
};

/** The release that fixed a race between a write and a checkpoint that could damage a file in WAL mode. */
const OLDEST_SQLITE = "3.51.3";

/**
 * Throws a `JournalError` if this Node.js has no SQLite, or one that is too old. Does not import SQLite, because an old
 * Node.js fails at that import with a message that does not help.
 */
export function requireSqlite(versions: {
  readonly node: string;
  readonly sqlite?: string | undefined;
}): void {
  const { node, sqlite = "0" } = versions;
  if (sqlite.localeCompare(OLDEST_SQLITE, "en", { numeric: true }) >= 0) return;
  const found = sqlite === "0" ? "none" : sqlite;
  throw new JournalError(
    "sqlite_too_old",
    `[rumkit] The journal needs SQLite ${OLDEST_SQLITE}; Node.js ${node} brings ${found}. Install Node.js 22.23 or newer.`,
  );
}

/** Throws if a journal belongs to another app than `wanted`. Either may be unknown. */
export function requireApp(path: string, found: string | undefined, wanted: string | undefined): void {
  if (found === undefined || wanted === undefined || found === wanted) return;
  throw new JournalError(
    "other_app",
    `[rumkit] ${path} is the journal of the app "${found}", and this collector counts "${wanted}". Name another file, so that each app has a journal.`,
  );
}
