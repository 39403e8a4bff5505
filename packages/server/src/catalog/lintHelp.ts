import { toSentence } from "./adviseCatalog.ts";

/** Returns the faults of a help text. */
export function lintHelp(path: string, help: string): string[] {
  return toSentence(help) === help ? [] : [`${path} must be a sentence with a full stop.`];
}
