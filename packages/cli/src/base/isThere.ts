import { statSync } from "node:fs";

/**
 * True where something is at a path, false where nothing is. Node's `existsSync` is also false where the system could
 * not tell, as without a permission or with too many open files.
 *
 * Throws an Error that names the path and the system's reason where it cannot tell.
 */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    throw new Error(`[rumkit] ${path} cannot be read: ${(cause as Error).message}.`, { cause });
  }
}
