import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { requireSqlite } from "../journal/sqliteErrors.ts";
import { SpoolError } from "./spoolError.ts";

/** The lock of a folder. The system ends it with the process, however that ends. */
export interface SpoolLock {
  release(): void;
}

/**
 * Locks a folder for this process. Node.js has no file locks, but its SQLite has: an empty database that is locked.
 *
 * Throws a `SpoolError` `locked` if another process has the lock.
 */
export function lockFolder(folder: string): SpoolLock {
  requireSqlite(process.versions);
  // Not imported: collectors with other roles also run on a Node.js without SQLite.
  const { DatabaseSync: Database } = process.getBuiltinModule("node:sqlite");
  let database: DatabaseSync | undefined;
  try {
    database = new Database(join(folder, "lock"));
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    throw lockError(folder, error);
  }
  return { release: () => database.close() };
}

/** SQLITE_BUSY, SQLITE_LOCKED. */
const LOCKED: ReadonlySet<number> = new Set([5, 6]);

function lockError(folder: string, error: unknown): SpoolError {
  const { errcode = 0 } = error as { readonly errcode?: number };
  if (LOCKED.has(errcode & 0xff))
    return new SpoolError(
      "locked",
      `[rumkit] The spool ${folder} is in use by another process. Stop it, or give each edge a separate folder.`,
      error,
    );
  const reason = error instanceof Error ? error.message : String(error);
  return new SpoolError(
    "not_a_spool",
    `[rumkit] The spool ${folder} cannot be locked: ${reason}. Name a folder on a local disk that this user may write to.`,
    error,
  );
}
