import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { isMissing } from "../base/isMissing.ts";
import { toJournalError } from "./sqliteErrors.ts";

/**
 * Where a journal is, behind symbolic links: what is beside it is beside the file itself. Throws a `JournalError` for
 * links that cannot be followed.
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
