import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Creates a folder, and those above it that are missing. Node's own `recursive` never ends below `/proc`.
 *
 * Throws an Error with the path and the system's reason.
 */
export async function makeFolder(path: string): Promise<void> {
  const above = dirname(path);
  const reason = await tryFolder(path);
  if (reason === undefined) return;
  if (reason.code === "ENOENT" && above !== path) {
    await makeFolder(above);
    if ((await tryFolder(path)) === undefined) return;
  }
  throw new Error(`[rumkit] The folder ${path} cannot be created: ${reason.message}.`, { cause: reason });
}

/** Returns the reason why a folder cannot be created; undefined if it exists. */
async function tryFolder(path: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path);
    return undefined;
  } catch (error) {
    const reason = error as NodeJS.ErrnoException;
    // A file of that name is reported by the first access to something in it.
    return reason.code === "EEXIST" ? undefined : reason;
  }
}
