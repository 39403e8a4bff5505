import { closeSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { isMissing } from "../base/isMissing.ts";
import { JournalError } from "./journalError.ts";

/**
 * Remembers beside the file which group was acknowledged last.
 *
 * SQLite takes a damaged or cut log for one that a power loss tore, and silently goes on without its end. The
 * mark is written after each commit and not synced: whatever it says was on the disk before, so a file that lacks
 * that group has lost it. One that does not fit its checksum says nothing.
 */
export interface TailMark {
  write(seq: number): void;
  close(): void;
}

const BYTES = 12;

/**
 * The last group that is known to have been on the disk; 0 where nothing is known. Throws what the file system throws
 * where the mark is there and cannot be read.
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
 * Throws a `JournalError` where the file ends before what is known to have been on the disk, or is not there although
 * its log is. `lastSeq` is the last group of the file; undefined where there is none.
 */
export function requireTail(path: string, acknowledged: number, lastSeq: number | undefined): void {
  if (lastSeq === undefined && (acknowledged > 0 || (isEmpty(path) && !isEmpty(`${path}-wal`)))) {
    throw missing(path, "was not found");
  }
  if (acknowledged > (lastSeq ?? 0)) throw lostTail(path, acknowledged, lastSeq ?? 0);
}

/** The file is not where it should be: `how` says how it shows. */
export function missing(path: string, how: string): JournalError {
  return new JournalError(
    "missing",
    `[rumkit] ${path} ${how}, and what it counted was acknowledged. Put it back with its -wal and -tail files, or move what is left of them away and start again to begin at 0.`,
  );
}

export function lostTail(path: string, expected: number, found: number): JournalError {
  return new JournalError(
    "lost_tail",
    `[rumkit] ${path} ends with group ${found}, and group ${expected} was acknowledged: its end is lost. Put back a copy, or delete ${path}-tail to go on with what is there.`,
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
        // An old mark is as good as none; the commit itself is on the disk.
      }
    },
    close: () => closeSync(file),
  };
}

/** Never makes a file in the place of one that cannot be opened: that would empty it. */
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
