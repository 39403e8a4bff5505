import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { JournalError } from "./journal.ts";
import { realJournalPath } from "./journalPath.ts";
import { orJournalError } from "./sqliteErrors.ts";
import { inspectSqliteStore } from "./sqliteStore.ts";

/**
 * Throws the `JournalError` that opening the journal for this app (or any app, if undefined) would throw now. A journal
 * that another process has open passes. Changes nothing.
 */
export function checkJournal(name: string, app: string | undefined): void {
  const path = realJournalPath(name);
  try {
    inspectSqliteStore(path, app === undefined ? {} : { app });
  } catch (error) {
    if (!(error instanceof JournalError) || error.code !== "locked") throw error;
  }
  orJournalError(path, () => {
    if (statSync(path, { throwIfNoEntry: false })) accessSync(path, constants.W_OK);
    accessSync(dirname(path), constants.W_OK);
  });
}
