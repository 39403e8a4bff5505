import { closeSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { isMissing } from "../base/systemError.ts";
import { JournalError } from "./journal.ts";

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
export function missing(path: string, how: string): JournalError {
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
