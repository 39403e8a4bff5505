/** The page's numbers, each with its reason. In a file that imports nothing, so that bundlers put them in place. */

/** Idle for longer, the next event belongs to a new session: the usual length of a visit (PostHog, boomerang). */
export const SESSION_IDLE_MS = 30 * 60_000;

/** A tab that is never idle still gets a new session: Datadog and Faro end at 4 h too. */
export const SESSION_LONGEST_MS = 4 * 60 * 60_000;

/** Events that wait for a start or for consent. What comes then is dropped. */
export const MAX_GATHERED_EVENTS = 10_000;

/** Distinct events in a batch: what fits 12 KiB at a usual 200 to 400 bytes an event. */
export const MAX_BATCH_EVENTS = 30;

/**
 * UTF-16 units of a batch's events. Five such batches fit the 64 KiB that a page may have in flight on exit
 * (Fetch standard), with room for the page's own; and one of them fits even at three bytes a unit.
 */
export const MAX_BATCH_UNITS = 12 * 1024;

/** From the first event of a batch to its sending: a visit stays at few requests, and little is at risk. */
export const FLUSH_AFTER_MS = 5_000;

/** A conversion is worth a request of its own. */
export const FLUSH_CONVERSION_AFTER_MS = 1_000;

/** Batches that wait in memory for a collector that does not answer. What comes then is dropped. */
export const MAX_WAITING_BATCHES = 20;

/**
 * The wait for a collector that does not answer doubles from here, so that a page that is blocked makes about
 * twenty tries in a day. With full jitter: the whole of it is random.
 */
export const FIRST_RETRY_MS = 1_000;

/**
 * A batch is given up after a day: the collector remembers its id for three. Retry-After is obeyed so long;
 * beyond, setTimeout would overflow and fire at once.
 */
export const LONGEST_RETRY_MS = 24 * 60 * 60_000;

/** Kinds of errors of a page view that are told apart: a loop with changing text may not crowd out the rest. */
export const MAX_ERROR_KINDS = 50;

/** Errors of one kind that are described; more are only counted. */
export const MAX_DESCRIBED_ERRORS = 5;
