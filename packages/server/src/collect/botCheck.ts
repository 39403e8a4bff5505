import { isbot } from "isbot";

/** UTF-16 units of a User-Agent that are read: browsers do not send longer ones. */
const MAX_UNITS = 512;

/** User agents of a generation; two are kept. A day of visitors has a few hundred. */
const MAX_KNOWN = 1_000;

/** Recognizes a crawler by its `User-Agent`. The pattern has hundreds of names, so each text is tested once. */
export function createBotCheck(): (userAgent: string | undefined) => boolean {
  let young = new Map<string, boolean>();
  let old = new Map<string, boolean>();
  return (userAgent) => {
    if (userAgent === undefined) return false;
    const text = userAgent.slice(0, MAX_UNITS);
    const known = young.get(text);
    if (known !== undefined) return known;
    const isBot = old.get(text) ?? isbot(text);
    if (young.size >= MAX_KNOWN) {
      old = young;
      young = new Map();
    }
    young.set(text, isBot);
    return isBot;
  };
}
