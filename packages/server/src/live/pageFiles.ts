import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isMissing } from "../base/systemError.ts";

/** Reads the text files of a folder. Returns them by their relative path, with `/` on every system, as in URLs. */
export function readFolder(folder: string, prefix = ""): [path: string, text: string][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const path = join(folder, entry.name);
    return entry.isDirectory()
      ? readFolder(path, `${prefix}${entry.name}/`)
      : [[`${prefix}${entry.name}`, readFileSync(path, "utf8")]];
  });
}

/**
 * Reads the files of the live page as it was last built, by their path: `assets/index-….js`. Empty before the first
 * build.
 *
 * In `dist`, the build replaces this module with one that holds the files as text: a bundler copies modules but not
 * folders, so a server that is bundled into one file has the page, too.
 */
export const pageFiles: ReadonlyMap<string, string> = readPage();

function readPage(): ReadonlyMap<string, string> {
  try {
    return new Map(readFolder(join(import.meta.dirname, "../../dist/page")));
  } catch (error) {
    if (!isMissing(error)) throw error;
    return new Map();
  }
}
