import { constants, copyFileSync, linkSync, rmSync } from "node:fs";
import { isMissing } from "../base/isMissing.ts";

/** A journal under another name, with its write-ahead log. */
export interface SecondName {
  readonly path: string;
  /** Takes the name away, and what SQLite made beside it. */
  remove(): void;
}

/** What SQLite may make beside a file. */
const BESIDE = ["", "-wal", "-shm", "-journal"];

/** What file systems answer that have no hard links, and the kernel for a file of another user. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"];

/**
 * Gives a journal a second name, under which it can be read and left as it is.
 *
 * SQLite has no way to read a file with its log and not to empty the log at the end: closing copies the log into the
 * file and deletes it, also where the file turned out to be damaged. It does neither where the name under which the
 * file was opened is gone by then (`databaseIsUnmoved` in its pager.c). Hard links are of the same file, so that locks
 * are seen by other processes, and take no room. Without hard links the files are copied.
 */
export function giveSecondName(path: string): SecondName {
  const name = `${path}-look`;
  const remove = (): void => {
    for (const end of BESIDE) rmSync(name + end, { force: true });
  };
  // A start that was killed may have left them.
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
