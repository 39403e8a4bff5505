/**
 * The patterns of EasyPrivacy that apply to every site and can match a path that ends in `/collect`, with or without a
 * write key or a further path. uBlock Origin enables EasyPrivacy by default. The patterns are from the list of 31
 * October 2025 in Debian's `webext-ublock-origin-chromium`; a test compares them.
 */
export const BLOCKED_PATTERNS = [
  "/Hits/collect/*",
  "/analytics/collect?",
  "/api/collect|",
  "/api/metrics/collect",
  "/counter/collect?",
  "/egcs/v2/collect",
  "/log/collect/*",
  "/r/collect?",
  "/stats-collect",
  "/stats/api/collect",
  "/stats/collect/*",
  "/stats/collect?",
  "/watchdog/hits/collect",
] as const;

/**
 * Returns the pattern by which blockers stop pages from sending to this address, undefined if none does. `|` at the
 * end of a pattern is the end of the address, `*` is any text; case does not matter.
 */
export function findBlockingPattern(pathAndQuery: string): string | undefined {
  const address = `${pathAndQuery.toLowerCase()}|`;
  return BLOCKED_PATTERNS.find((pattern) => address.includes(pattern.toLowerCase().replace(/\*$/, "")));
}

/** Returns a function that warns once if blockers stop pages from sending to the path of the collector. */
export function createPathWarning(warn: (message: string) => void): (pathAndQuery: string) => void {
  let hasWarned = false;
  let last: string | undefined;
  return (pathAndQuery) => {
    // All pages of a site send to the same URL, so one check is enough.
    if (hasWarned || pathAndQuery === last) return;
    last = pathAndQuery;
    const pattern = findBlockingPattern(pathAndQuery);
    if (pattern === undefined) return;
    hasWarned = true;
    const path = pathAndQuery.split("?", 1)[0]!;
    warn(
      `Users with a blocker are not counted: EasyPrivacy blocks ${path} on every site, by "${pattern}". Mount the collector at a path that is not listed, such as /rum, and give the page its \`url\`.`,
    );
  };
}
