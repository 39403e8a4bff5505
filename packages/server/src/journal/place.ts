import { type Stats, statSync } from "node:fs";
import type { JournalError } from "./journalError.ts";
import { missing } from "./tailMark.ts";

/** The files of an open journal. */
export interface Place {
  /** Returns an error if the file or its log was deleted, moved or replaced; undefined while both are in place. */
  gone(): JournalError | undefined;
}

/**
 * Remembers which files are open. A process continues to write into a deleted file without an error until it ends, and
 * all of that would be lost.
 */
export function createPlace(path: string): Place {
  const opened = ["", "-wal"].map((part) => [part, find(path + part)] as const);
  return {
    gone: () => {
      for (const [part, before] of opened) {
        const now = find(path + part);
        if (before && before !== "unknown" && now !== "unknown" && !isSame(before, now)) {
          return missing(path + part, "was deleted, moved or replaced while it was open");
        }
      }
      return undefined;
    },
  };
}

/** Undefined for a missing file; "unknown" if its folder cannot be read. */
function find(path: string): Stats | "unknown" | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return "unknown";
  }
}

function isSame(before: Stats, now: Stats | undefined): boolean {
  return now !== undefined && now.ino === before.ino && now.dev === before.dev;
}
