import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from "node:fs";

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
