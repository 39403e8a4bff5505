import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { isMissing } from "../base/systemError.ts";
import { toJournalError } from "./sqliteErrors.ts";

/**
 * Resolves the symbolic links in the path of a journal, because its other files are beside the real file. Throws a
 * `JournalError` for links that cannot be resolved.
 */
export function realJournalPath(name: string): string {
  const path = resolve(name);
  try {
    return realpathSync(path);
  } catch (error) {
    if (isMissing(error)) return path;
    throw toJournalError(path, error);
  }
}
