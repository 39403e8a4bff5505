import { appendFile, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { crc32 } from "node:zlib";

/** Numbered rows of bytes that outlive the process. Only for data that is shown: counts are in the journal. */
export interface KeptRows {
  /** The rows of the process before this one. */
  readonly rows: ReadonlyMap<number, Uint8Array>;
  /**
   * Keeps rows in place of earlier ones with their numbers, and drops the rows numbered from 1 to below `oldest`. Never
   * throws: rows that cannot be written now are written with the next ones.
   */
  keep(rows: ReadonlyMap<number, Uint8Array>, oldest: number): void;
  /** Resolves when everything is written that can be. */
  close(): Promise<void>;
}

/**
 * Bytes that are appended to a file before it is written anew: fifteen hours of small rows, one each minute, or two of
 * the largest rows.
 */
const MAX_APPENDED = 4_194_304;

/** Maximum bytes of a file that is read. A larger one was not written by rumkit. */
const MAX_READ = 16_777_216;

/** Bytes before each row: its number, its length, and a checksum of both and the row. */
const HEAD = 12;

/**
 * Opens a file of rows, and creates it with the first row. A row that does not fit its checksum ends the file: a process
 * that was killed may have left half of one. The rows are not synced, so a power loss takes the last seconds of them.
 */
export async function openRowFile(path: string): Promise<KeptRows> {
  const found = await readRows(path);
  const rows = new Map(found.rows);
  let appended = 0;
  /** True if the file cannot be appended to: it is damaged, or a write has failed. */
  let isBroken = found.isDamaged;
  let writing = Promise.resolve();

  const write = async (changed: ReadonlyMap<number, Uint8Array>): Promise<void> => {
    if (isBroken || appended > MAX_APPENDED) {
      const next = `${path}.new`;
      await writeFile(next, encode(rows));
      await rename(next, path);
      appended = 0;
    } else {
      const bytes = encode(changed);
      await appendFile(path, bytes);
      appended += bytes.length;
    }
    isBroken = false;
  };
  return {
    rows: found.rows,
    keep: (changed, oldest) => {
      for (const [key, bytes] of changed) rows.set(key, bytes);
      for (const key of rows.keys()) if (key > 0 && key < oldest) rows.delete(key);
      writing = writing
        .then(() => write(changed))
        .catch(() => {
          isBroken = true;
        });
    },
    close: () => writing,
  };
}

interface FoundRows {
  readonly rows: ReadonlyMap<number, Uint8Array>;
  readonly isDamaged: boolean;
}

async function readRows(path: string): Promise<FoundRows> {
  await rm(`${path}.new`, { force: true }).catch(() => {});
  try {
    const { size } = await stat(path);
    return size > MAX_READ ? { rows: new Map(), isDamaged: true } : decode(await readFile(path));
  } catch {
    // The file does not exist yet, or cannot be read. In that case the first write fails as well, and nothing is kept.
    return { rows: new Map(), isDamaged: false };
  }
}

function encode(rows: ReadonlyMap<number, Uint8Array>): Buffer {
  return Buffer.concat(
    [...rows].flatMap(([key, bytes]) => {
      const head = Buffer.alloc(HEAD);
      head.writeUInt32LE(key, 0);
      head.writeUInt32LE(bytes.length, 4);
      head.writeUInt32LE(checksum(head, bytes), 8);
      return [head, bytes];
    }),
  );
}

function decode(file: Buffer): FoundRows {
  const rows = new Map<number, Uint8Array>();
  let at = 0;
  while (at + HEAD <= file.length) {
    const head = file.subarray(at, at + HEAD);
    const end = at + HEAD + head.readUInt32LE(4);
    const bytes = file.subarray(at + HEAD, end);
    if (end > file.length || checksum(head, bytes) !== head.readUInt32LE(8)) break;
    rows.set(head.readUInt32LE(0), Uint8Array.from(bytes));
    at = end;
  }
  return { rows, isDamaged: at < file.length };
}

function checksum(head: Buffer, bytes: Uint8Array): number {
  const ofHead = crc32(head.subarray(0, 8));
  return bytes.length === 0 ? ofHead : crc32(bytes, ofHead);
}
