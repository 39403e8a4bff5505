import { constants, copyFileSync, linkSync, realpathSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { isMissing } from "../base/systemError.ts";
import { toJournalError } from "./sqliteErrors.ts";

/** A journal under another name, with its write-ahead log. */
export interface SecondName {
  readonly path: string;
  /** Removes the name, and the files that SQLite created beside it. */
  remove(): void;
}

/** Suffixes of a file and of the files that SQLite may create beside it. */
const BESIDE = ["", "-wal", "-shm", "-journal"];

/** Errors of file systems without hard links, and of the kernel for a file of another user. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"];

/**
 * Gives a journal a second name, under which it can be read without a change.
 *
 * SQLite cannot read a file with its log and leave the log alone: closing copies the log into the file and deletes it,
 * even if the file turned out to be damaged. It does neither if the name under which the file was opened is gone by
 * then (`databaseIsUnmoved` in its pager.c). Hard links take no space, and share the file, so that other processes see
 * its locks. Without hard links, the files are copied.
 */
export function giveSecondName(path: string): SecondName {
  const name = `${path}-look`;
  const remove = (): void => {
    for (const end of BESIDE) rmSync(name + end, { force: true });
  };
  // A killed start may have left them behind.
  remove();
  try {
    linkOrCopy(path, name);
    try {
      linkOrCopy(`${path}-wal`, `${name}-wal`);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  } catch (error) {
    remove();
    throw error;
  }
  return { path: name, remove };
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!NO_LINKS.includes(String((error as { code?: unknown }).code))) throw error;
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
}

/**
 * Resolves the symbolic links in the path of a journal, because its other files are beside the real file. Throws a
 * `JournalError` for links that cannot be resolved.
 */
export function realJournalPath(name: string): string {
  const path = resolve(name);
  try {
    return realpathSync(path);
  } catch (error) {
    if (isMissing(error)) return path;
    throw toJournalError(path, error);
  }
}
