import { open, truncate, unlink } from "node:fs/promises";

/** A file that is written at its end. */
export interface SpoolFile {
  write(bytes: Buffer): Promise<void>;
  /** Resolves when everything that was written is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The operations of the spool on its disk. Tests replace parts of it with a disk that fails. */
export interface SpoolFiles {
  /** Creates a file, whose name is on the disk when this resolves. */
  create(path: string, folder: string): Promise<SpoolFile>;
  /** Reads the bytes from `from` to before `to`; fewer if the file ends earlier. */
  read(path: string, from: number, to: number): Promise<Buffer>;
  /** Cuts a file off, and resolves when that is on the disk. */
  cut(path: string, bytes: number): Promise<void>;
  remove(path: string): Promise<void>;
}

/** The disk. Files can only be read by the user of the process: they hold what pages sent. */
export const DISK: SpoolFiles = {
  create: async (path, folder) => {
    const file = await open(path, "wx", 0o600);
    // Without this, a power cut could leave a synced file without a name.
    await syncFolder(folder);
    return {
      write: async (bytes) => {
        for (let written = 0; written < bytes.length;)
          written += (await file.write(bytes, written)).bytesWritten;
      },
      sync: () => file.datasync(),
      close: () => file.close(),
    };
  },
  read: async (path, from, to) => {
    const file = await open(path, "r");
    try {
      const bytes = Buffer.allocUnsafe(to - from);
      let length = 0;
      for (let last = -1; last !== 0 && length < bytes.length; length += last)
        last = (await file.read(bytes, length, bytes.length - length, from + length)).bytesRead;
      return bytes.subarray(0, length);
    } finally {
      await file.close();
    }
  },
  cut: async (path, bytes) => {
    await truncate(path, bytes);
    const file = await open(path, "r+");
    await file.sync().finally(() => file.close());
  },
  remove: (path) => unlink(path),
};

async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, "r");
  await opened.sync().finally(() => opened.close());
}
