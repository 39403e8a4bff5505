import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { FileSizes } from "./threadMessages.ts";

/** What belongs to a journal, by the end of its name. */
const PARTS = ["", "-wal", "-tail", "-reserve"];

/**
 * Measures a journal on its disk. Never throws: what cannot be read now is what it was before, 0 at first. An error of
 * the system would else be shown as a disk without room. The journal itself says by its next commit what is wrong.
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

/** Bytes of the write-ahead log; 0 where they cannot be read, so that it is emptied later. */
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
