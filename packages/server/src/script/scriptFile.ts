import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMissing } from "../base/systemError.ts";

/**
 * Reads the page's client as one file for `<script src>`, as it was last built. Empty before the first build.
 *
 * In `dist`, the build replaces this module with one that holds the text: a server that is bundled into one file
 * serves it, too.
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
