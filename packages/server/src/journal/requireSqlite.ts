import { JournalError } from "./journalError.ts";

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
