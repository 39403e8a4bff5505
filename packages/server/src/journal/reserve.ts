import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from "node:fs";

/**
 * Room on the disk that is kept for the moment when there is none: even deleting rows needs some first
 * (SQLite answered SQLITE_FULL to a DELETE on a full disk).
 */
export interface Reserve {
  /** Fills it where it is missing. Throws what the file system throws where there is no room for it. */
  fill(): void;
  release(): void;
}

export function createReserve(path: string, bytes: number): Reserve {
  return {
    fill: () => {
      if (statSync(path, { throwIfNoEntry: false })?.size === bytes) return;
      const file = openSync(path, "w");
      try {
        // Bytes, because a file with a hole takes no room.
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
