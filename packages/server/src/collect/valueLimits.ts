/** The last instant that a `Date` can hold (ECMA-262, time values): beyond it `toISOString` throws. */
export const LAST_INSTANT = 8.64e15;

/** Values beyond it are no measurement of anything a page does: a petabyte, thirty thousand years. */
export const HIGHEST_MEASUREMENT = 1e12;

/** Dropped events that one batch can report; more are taken for so many, since the page has lost the rest anyway. */
export const MAX_DROPPED = 1_000_000;

/** Seconds. No request, task or load takes ten minutes: larger is a broken clock, as with the vitals. */
export const TEN_MINUTES = 600;

/** Seconds. A page view that is looked at for longer than a day was left open. */
export const ONE_DAY = 86_400;

/** More than any page transfers, and 256 times the 4 GiB heap that V8 allows. */
export const ONE_TEBIBYTE = 2 ** 40;

/** Steps of a funnel that the wire can name; the catalogue allows fewer. */
export const MAX_STEP = 100;

/**
 * One session in ten thousand reports. Each of its events stands for 1 / `rate` equal ones, so without a
 * lowest rate a single page could count for as many as it likes.
 */
export const LOWEST_RATE = 0.0001;

/** Of ids: 128 random bits. */
export const HEX_128 = /^[0-9a-f]{32}$/;
