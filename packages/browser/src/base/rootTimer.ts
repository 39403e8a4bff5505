/**
 * `setTimeout` as it is now: what others put in its place later changes nothing. Where zone.js is loaded, the browser's
 * own: a timer in a zone of the app would keep it busy, and Angular waits until its zone is stable.
 */
export const rootTimer = (): typeof setTimeout =>
  // oxlint-disable-next-line no-underscore-dangle -- The name that zone.js gives it.
  (globalThis as { __zone_symbol__setTimeout?: typeof setTimeout }).__zone_symbol__setTimeout ?? setTimeout;
