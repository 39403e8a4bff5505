import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { FileSizes } from "./threadMessages.ts";

/** What belongs to a journal, by the end of its name. */
const PARTS = ["", "-wal", "-tail", "-reserve"];

/** Measures a journal on its disk. Never throws: what cannot be read is 0. */
export function measureFile(path: string, logBytes: number): FileSizes {
  const bytes = PARTS.reduce((sum, part) => sum + bytesOf(path + part), 0);
  return { bytes, logBytes, freeBytes: freeBytes(path) };
}

/** Bytes of the write-ahead log. */
export function walBytes(path: string): number {
  return bytesOf(`${path}-wal`);
}

function bytesOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    // A measure for people: the journal itself says by its next commit what is wrong.
    return 0;
  }
}

function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch {
    return 0;
  }
}
