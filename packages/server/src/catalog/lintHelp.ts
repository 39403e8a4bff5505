import { toSentence } from "./adviseCatalog.ts";

/** Says what is wrong with the text that explains a metric. */
export function lintHelp(path: string, help: string): string[] {
  return toSentence(help) === help ? [] : [`${path} has to be a sentence with a full stop.`];
}
