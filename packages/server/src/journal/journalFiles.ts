import { closeSync, fsyncSync, openSync, rmSync, statfsSync, type Stats, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { JournalError } from "./journal.ts";
import { missing } from "./tailMark.ts";
import type { FileSizes } from "./journalThreadHandle.ts";

/** Suffixes of the files of a journal. */
const PARTS = ["", "-wal", "-tail", "-reserve"];

/**
 * Measures a journal on its disk. Never throws: if a value cannot be read, the previous one is returned, 0 at first.
 * Otherwise a system error would look like a full disk. The next commit of the journal reports the error.
 */
export function createMeasure(path: string): (logBytes: number) => FileSizes {
  let bytes = 0;
  let freeBytes = 0;
  return (logBytes) => {
    bytes = orBefore(bytes, () => PARTS.reduce((sum, part) => sum + bytesOf(path + part), 0));
    freeBytes = orBefore(freeBytes, () => {
      const { bavail, bsize } = statfsSync(dirname(path));
      return bavail * bsize;
    });
    return { bytes, logBytes, freeBytes };
  };
}

/** Size of the write-ahead log in bytes; 0 if it cannot be read, so that the log is emptied later. */
export function walBytes(path: string): number {
  return orBefore(0, () => bytesOf(`${path}-wal`));
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function orBefore(before: number, read: () => number): number {
  try {
    return read();
  } catch {
    return before;
  }
}

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

/**
 * Disk space to release when the disk is full: even deleting rows needs some (SQLite answers a DELETE on a full disk with
 * SQLITE_FULL).
 */
export interface Reserve {
  /** Creates the file if it is missing. Throws the error of the file system if the disk lacks room. */
  fill(): void;
  release(): void;
}

export function createReserve(path: string, bytes: number): Reserve {
  return {
    fill: () => {
      if (statSync(path, { throwIfNoEntry: false })?.size === bytes) return;
      const file = openSync(path, "w");
      try {
        // Written in full, because a sparse file takes no space.
        writeAll(file, Buffer.alloc(bytes));
        fsyncSync(file);
      } catch (error) {
        rmSync(path, { force: true });
        throw error;
      } finally {
        closeSync(file);
      }
    },
    release: () => rmSync(path, { force: true }),
  };
}

function writeAll(file: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}
