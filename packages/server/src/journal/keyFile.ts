import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { isMissing } from "../base/systemError.ts";

/** Bytes of a key. */
const KEY_BYTES = 32;

/** Only the owner may read the file, and write it. */
const MODE = 0o600;

/**
 * Returns a function that returns the key in a file, and creates the file when it is first needed. It throws if the file can
 * be neither read nor written, or is not a key.
 */
export function createKeyFile(path: string): () => Buffer {
  let key: Buffer | undefined;
  return () => (key ??= read(path) ?? create(path));
}

function read(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    if (bytes.length === KEY_BYTES) return bytes;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  throw new Error(`[rumkit] ${path} is not a key of ${KEY_BYTES} bytes. Remove it: links made with it end.`);
}

function create(path: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  // Fails if another process was faster, whose key the next call reads.
  const file = openSync(path, "wx", MODE);
  try {
    writeSync(file, key);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return key;
}
