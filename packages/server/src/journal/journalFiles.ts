import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { isMissing } from "../base/systemError.ts";
import { JournalError } from "./journal.ts";
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

/**
 * Records the last acknowledged group in a file beside the journal.
 *
 * SQLite treats a damaged or truncated log as torn by a power loss, and silently continues without its end. The mark is
 * written after each commit and not synced. Its group was on the disk before, so a file without that group has lost it.
 * A mark with a wrong checksum is ignored.
 */
export interface TailMark {
  write(seq: number): void;
  close(): void;
}

const BYTES = 12;

/**
 * The last group that was certainly on the disk; 0 if unknown. Throws the error of the file system if the mark exists
 * and cannot be read.
 */
export function readTailMark(path: string): number {
  let found;
  try {
    found = readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
  if (found.length < BYTES || found.readUInt32LE(8) !== crc32(found.subarray(0, 8))) return 0;
  return found.readDoubleLE(0);
}

/**
 * Throws a `JournalError` if the file lacks an acknowledged group, or is missing although its log exists. `lastSeq` is
 * the last group of the file; undefined if there is none.
 */
export function requireTail(path: string, acknowledged: number, lastSeq: number | undefined): void {
  if (lastSeq === undefined && (acknowledged > 0 || (isEmpty(path) && !isEmpty(`${path}-wal`)))) {
    throw missing(path, "was not found");
  }
  if (acknowledged > (lastSeq ?? 0)) throw lostTail(path, acknowledged, lastSeq ?? 0);
}

/** The error of a missing file. `how` describes what happened to it. */
function missing(path: string, how: string): JournalError {
  return new JournalError(
    "missing",
    `[rumkit] ${path} ${how}, and what it counted was acknowledged. Put it back with its -wal and -tail files, or move what is left of them away and start again to begin at 0.`,
  );
}

export function lostTail(path: string, expected: number, found: number): JournalError {
  return new JournalError(
    "lost_tail",
    `[rumkit] ${path} ends with group ${found}, and group ${expected} was acknowledged: its end is lost. Put back a copy, or delete ${path}-tail to continue without the lost part.`,
  );
}

export function createTailMark(path: string): TailMark {
  const file = openOrMake(path);
  const bytes = Buffer.alloc(BYTES);
  return {
    write: (seq) => {
      bytes.writeDoubleLE(seq, 0);
      bytes.writeUInt32LE(crc32(bytes.subarray(0, 8)), 8);
      try {
        writeSync(file, bytes, 0, BYTES, 0);
      } catch {
        // An old mark does no harm; the commit itself is on the disk.
      }
    },
    close: () => closeSync(file),
  };
}

/** Never creates a file in place of one that cannot be opened: that would empty it. */
function openOrMake(path: string): number {
  try {
    return openSync(path, "r+");
  } catch (error) {
    if (isMissing(error)) return openSync(path, "wx+");
    throw error;
  }
}

function isEmpty(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
}
