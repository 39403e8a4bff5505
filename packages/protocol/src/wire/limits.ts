/**
 * 64 KiB: the limit for bodies that a page has in flight by `sendBeacon` and `fetch` with keepalive (Fetch standard,
 * "inflight keepalive bytes"), so no page of ours can send a larger one on exit.
 */
export const MAX_BATCH_BYTES = 65_536;

/** Maximum events in a batch. Our client sends a batch at 30 events, so one of more than 200 has another origin. */
export const MAX_EVENTS = 200;

/**
 * The highest `count` of an event, which limits what one event can add to a counter. A page gathers events for five
 * seconds, and nothing happens a million times in five seconds.
 */
export const MAX_COUNT = 1_000_000;

/**
 * The most that one event may add to a sum, multiplied by its count and divided by its sampling rate: seconds, bytes,
 * minor units. A double still holds the sum of ninety such events exactly.
 */
export const MAX_ADDED = 1e14;

/** UTF-16 units of a free string (message, attribute, path). Longer text is cut. */
export const MAX_TEXT = 2_048;

/** UTF-16 units of an error's stack. */
export const MAX_STACK = 8_192;

/** UTF-16 units of a name and of a label value. */
export const MAX_NAME = 128;

/** Keys of a details object, at most `MAX_NAME` units long each. More are left out. */
export const MAX_DETAILS = 32;

/**
 * UTF-16 units of all values of one details object in a page; each value may have an equal share. With the keys and
 * the events of a batch (12 Ki units) a context stays below `MAX_BATCH_BYTES`, also at three bytes a unit.
 */
export const MAX_DETAILS_UNITS = 4_608;

/**
 * Maximum nesting depth of arrays and objects in a body. A batch needs four; eight leaves room for a later version.
 */
export const MAX_DEPTH = 8;

/**
 * Maximum keys of any object in a body. A batch and its events have at most thirteen and details thirty-two; the rest
 * is room for later versions.
 */
export const MAX_KEYS = 64;

/**
 * Maximum money of one conversion that server code reports, in minor units: 2^53 - 1, the largest integer that doubles
 * and JSON represent exactly. 90 trillion dollars, 9 quadrillion dong: no order in any currency of ISO 4217 comes near
 * it.
 */
export const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

/**
 * Maximum money of one conversion that a page reports, in minor units: 100 billion dollars or rupiah, 10 trillion yen
 * or dong. The smallest of these, 100 billion Iranian rials, are still above 50,000 dollars. Anyone can send a claim,
 * so its limit is lower than that of server code; with its count it stays below `MAX_ADDED`.
 */
export const MAX_CLAIM = 10_000_000_000_000;

/** Reports of one request to `/reports`: what Chromium queues for all of a profile's endpoints. */
export const MAX_REPORTS = 100;

/** 64 KiB: a hundred reports of 650 bytes. */
export const MAX_REPORTS_BYTES = 65_536;

/** Items of one request to `/ingest`: what a busy service gathers in a second. */
export const MAX_INGEST_ITEMS = 1_000;

/** 256 KiB: a thousand items of 256 bytes, which a name and four tags need. */
export const MAX_INGEST_BYTES = 262_144;

/**
 * The limit in both directions, positive and negative: a petabyte in bytes. It is below 2^53, so integers stay exact.
 */
export const MAX_INGEST_VALUE = 1e15;

/** The last instant that a `Date` can hold (ECMA-262, time values): beyond it `toISOString` throws. */
export const LAST_INSTANT = 8.64e15;

/** Largest measurement of a page. Nothing that a page measures is larger: a petabyte, thirty thousand years. */
export const HIGHEST_MEASUREMENT = 1e12;

/** Dropped events that one batch can report. More are read as this number, since the page has lost the rest anyway. */
export const MAX_DROPPED = 1_000_000;

/** Dropped values that one request to `/ingest` can report. More are read as this number. */
export const MAX_INGEST_DROPPED = 1_000_000_000;

/**
 * Seconds. No request, task or load takes ten minutes: a larger value comes from a broken clock, as with the vitals.
 */
export const TEN_MINUTES = 600;

/** Seconds. A page view that stays visible for longer than a day was left open. */
export const ONE_DAY = 86_400;

/** More than any page transfers, and 256 times the 4 GiB heap that V8 allows. */
export const ONE_TEBIBYTE = 2 ** 40;

/** Steps of a funnel that the wire can name; the catalog allows fewer. */
export const MAX_STEP = 100;

/**
 * The lowest sampling rate: one session in ten thousand reports. Each event stands for 1 / `rate` equal ones, so
 * without a lowest rate a single page could add any number.
 */
export const LOWEST_RATE = 0.0001;
