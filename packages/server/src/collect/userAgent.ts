import type { BrowserFamily, Device } from "@rumkit/protocol";
import { isbot } from "isbot";

/** UTF-16 units of a `User-Agent` that are read: browsers send some 110. */
const MAX_UNITS = 512;

/** Ordered, because the `User-Agent` of each family also names families that follow. */
const MARKS: readonly (readonly [string, BrowserFamily])[] = [
  ["SamsungBrowser", "samsung"],
  ["Edg", "edge"],
  ["Firefox", "firefox"],
  ["FxiOS", "firefox"],
  ["Chrom", "chrome"],
  ["CriOS", "chrome"],
  ["Safari", "safari"],
];

/** The family of the browser that sent a request, by its `User-Agent`, which is not kept. */
export function browserFamily(userAgent: string | undefined): BrowserFamily {
  const shown = userAgent?.slice(0, MAX_UNITS);
  return MARKS.find(([mark]) => shown?.includes(mark))?.[1] ?? "other";
}

/** The kind of device that sent a request, by its `User-Agent`. An iPad that claims to be a Macintosh is a desktop. */
export function deviceKind(userAgent: string | undefined): Device {
  const shown = userAgent?.slice(0, MAX_UNITS) ?? "";
  // An Android tablet omits "Mobile".
  if (/iPad|Tablet|Android(?!.*Mobile)/.test(shown)) return "tablet";
  return shown.includes("Mobi") ? "mobile" : "desktop";
}

/** User agents in a generation of the cache, which has two. The visitors of a day send a few hundred. */
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
