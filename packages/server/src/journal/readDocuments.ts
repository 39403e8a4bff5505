import { copyFileSync, constants, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isMissing } from "../base/systemError.ts";
import { JournalError } from "./journal.ts";
import { realJournalPath } from "./journalPath.ts";
import type { KeptDocument } from "./keptDocuments.ts";
import { createRows } from "./rows.ts";
import { orJournalError, requireApp, toJournalError } from "./sqliteErrors.ts";
import { inspectSqliteFile } from "./sqliteFile.ts";

/** Copies that are made until one is whole. A collector writes into the file itself about every ten seconds. */
const ATTEMPTS = 5;

/**
 * Reads all documents of a journal, also of one that a collector has open, and changes nothing. Throws a `JournalError` for
 * a journal that is missing, cannot be read, or belongs to another app.
 */
export function readDocuments(name: string, app: string): KeptDocument[] {
  const path = realJournalPath(name);
  const folder = orJournalError(path, () => mkdtempSync(join(tmpdir(), "rumkit-journal-")));
  const copy = join(folder, basename(path));
  try {
    for (let attempt = 1; !orJournalError(path, () => copyWhole(path, copy)); attempt += 1)
      if (attempt === ATTEMPTS)
        throw new JournalError("locked", `[rumkit] ${path} changes while it is copied. Try again.`);
    return readCopy(copy, app);
  } catch (error) {
    const { code, message, cause } = toJournalError(path, error);
    throw new JournalError(code, message.replaceAll(copy, path), cause);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Copies the file and its log. Returns false if the file has changed meanwhile. While it does not, its log only grows, and has
 * everything since then; the end of a group that is being written fails its checksum.
 */
function copyWhole(path: string, copy: string): boolean {
  const stateOf = (): string => {
    const { mtimeNs, size, ino } = statSync(path, { bigint: true });
    return [mtimeNs, size, ino].join();
  };
  const before = stateOf();
  copyFileSync(path, copy, constants.COPYFILE_FICLONE);
  try {
    copyFileSync(`${path}-wal`, `${copy}-wal`, constants.COPYFILE_FICLONE);
  } catch (error) {
    if (!isMissing(error)) throw error;
    rmSync(`${copy}-wal`, { force: true });
  }
  return stateOf() === before;
}

function readCopy(copy: string, app: string): KeptDocument[] {
  const documents: KeptDocument[] = [];
  inspectSqliteFile(copy, (file) => {
    const rows = createRows(file, copy);
    rows.readState();
    requireApp(copy, rows.app, app);
    rows.readDocuments((document) => void documents.push(document));
  });
  return documents;
}
