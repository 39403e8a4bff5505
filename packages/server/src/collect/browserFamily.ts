import type { BrowserFamily } from "@rumkit/protocol";

/** Units of the header that are read: browsers send some 110. */
const MAX_UNITS = 512;

/** The `User-Agent` of each family also names the families below it. */
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
