/**
 * Returns the current `setTimeout`, so later replacements by other scripts have no effect. With zone.js, returns the
 * browser's native one: a timer inside the app's zone would keep the zone busy, and Angular waits until it is stable.
 */
export const rootTimer = (): typeof setTimeout =>
  // oxlint-disable-next-line no-underscore-dangle -- zone.js uses this name.
  (globalThis as { __zone_symbol__setTimeout?: typeof setTimeout }).__zone_symbol__setTimeout ?? setTimeout;
