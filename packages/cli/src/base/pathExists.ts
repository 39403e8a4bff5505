import { statSync } from "node:fs";

/**
 * Returns true if a path exists, false if it does not. Node's `existsSync` also returns false if the system cannot
 * decide, for example without a permission or with too many open files.
 *
 * Throws an Error with the path and the system's reason in that case.
 */
export function pathExists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    throw new Error(`[rumkit] ${path} cannot be read: ${(cause as Error).message}.`, { cause });
  }
}
