import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { JournalError } from "./journalError.ts";

/**
 * Remembers beside the file which group was acknowledged last.
 *
 * SQLite takes a damaged or cut log for one that a power loss tore, and silently goes on without its end. The
 * mark is written after each commit and not synced: whatever it says was on the disk before, so a file that lacks
 * that group has lost it. Where it cannot be read it says nothing.
 */
export interface TailMark {
  /** The last group that is known to have been on the disk; 0 where nothing is known. */
  read(): number;
  write(seq: number): void;
  close(): void;
}

const BYTES = 12;

/** Throws a `JournalError` where the file ends before what is known to have been on the disk. */
export function requireTail(path: string, mark: Pick<TailMark, "read">, lastSeq: number): void {
  const expected = mark.read();
  if (expected > lastSeq) throw lostTail(path, expected, lastSeq);
}

export function lostTail(path: string, expected: number, found: number): JournalError {
  return new JournalError(
    "lost_tail",
    `[rumkit] ${path} ends with group ${found}, and group ${expected} was acknowledged: its end is lost. Put back a copy, or delete ${path}-tail to go on with what is there.`,
  );
}

export function createTailMark(path: string): TailMark {
  const isNew = !existsSync(path);
  const file = openSync(path, isNew ? "w+" : "r+");
  const bytes = Buffer.alloc(BYTES);
  return {
    read: () => {
      const found = readFileSync(path);
      if (found.length < BYTES || found.readUInt32LE(8) !== crc32(found.subarray(0, 8))) return 0;
      return found.readDoubleLE(0);
    },
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
