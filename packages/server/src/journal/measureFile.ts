import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { FileSizes } from "./threadMessages.ts";

/** What belongs to a journal, by the end of its name. */
const PARTS = ["", "-wal", "-tail", "-reserve"];

/** Measures a journal on its disk. Never throws: what cannot be read is 0. */
export function measureFile(path: string, logBytes: number): FileSizes & { walBytes: number } {
  const sizes = PARTS.map((part) => statSync(path + part, { throwIfNoEntry: false })?.size ?? 0);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { bytes, logBytes, walBytes: sizes[1] ?? 0, freeBytes: freeBytes(path) };
}

function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch {
    return 0;
  }
}
