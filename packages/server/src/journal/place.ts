import { type Stats, statSync } from "node:fs";
import type { JournalError } from "./journalError.ts";
import { missing } from "./tailMark.ts";

/** Where the files of an open journal are. */
export interface Place {
  /** The error of a journal whose file or log was deleted, moved or replaced; undefined while both are in their place. */
  gone(): JournalError | undefined;
}

/**
 * Remembers which files are open. A process goes on writing into a file that was deleted, without an error, until it
 * ends: all of that would be lost.
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

/** Undefined where it is not there. A folder that cannot be looked at says nothing about the file. */
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
