import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMissing } from "../base/systemError.ts";

/**
 * Reads the page's client as one file for `<script src>`, as it was last built. Empty before the first build.
 *
 * In `dist`, the build replaces this module with one that contains the text, so that a server that is bundled into one
 * file can serve it.
 */
export const scriptFile: string = readScript();

function readScript(): string {
  try {
    return readFileSync(join(import.meta.dirname, "../../dist/script/rum.js"), "utf8");
  } catch (error) {
    if (!isMissing(error)) throw error;
    return "";
  }
}
