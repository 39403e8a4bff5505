/** The page's numbers, each with its reason. In a file that imports nothing, so that bundlers put them in place. */

/** Idle for longer, the next event belongs to a new session: the usual length of a visit (PostHog, boomerang). */
export const SESSION_IDLE_MS = 30 * 60_000;

/** A tab that is never idle still gets a new session: Datadog and Faro end at 4 h too. */
export const SESSION_LONGEST_MS = 4 * 60 * 60_000;

/** From a start to the first event that is recorded, unless a paint or an exit comes before: storage is slow. */
export const DECIDE_AFTER_MS = 1_000;

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

/** Milliseconds: lengths are rounded to it, so that a page that stutters sends few distinct ones. */
export const LONG_TASK_STEP_MS = 10;

/** Frames and events that are remembered: an interaction is reported long after it, and the slowest is wanted. */
export const MAX_REMEMBERED_ENTRIES = 50;

/** Batches that may wait in storage for a next visit: 160 Ki units at most, of the 5 Mi that an origin has. */
export const MAX_STORED_BATCHES = 8;

/** A shift within a second of the last and five of the first belongs to their window (web.dev/articles/cls). */
export const SHIFT_GAP_MS = 1_000;
export const SHIFT_WINDOW_MS = 5_000;

/** The least that Event Timing allows: fast interactions count too. */
export const SHORTEST_EVENT_MS = 16;

/** Shown for interactions that were faster than that, as `web-vitals` does: half of it. */
export const FAST_EVENT_MS = 8;

/** Interactions of a view for each of the slowest that is passed over, and how many are kept (web.dev/articles/inp). */
export const INTERACTIONS_PER_OUTLIER = 50;
export const MAX_SLOWEST_INTERACTIONS = 10;

/** Page views that vitals may still come of, besides the first. */
export const MAX_MEASURED_VIEWS = 50;

/** Milliseconds from the last sign of life to a heartbeat: the collector takes a session for active for five minutes. */
export const HEARTBEAT_MS = 60_000;

/**
 * Milliseconds from an event to the request that holds it. Handing a batch over costs the page about a third
 * of a millisecond (Chromium 156), so a burst of events shares one.
 */
export const ARM_AFTER_MS = 100;

/** After a `submit`, an app has so long to mark what it refuses: validation answers at once, and rendering is quick. */
export const FORM_REFUSAL_MS = 1_000;

/** Three clicks in a second within 30 px are a rage click: Datadog and PostHog agree. */
export const RAGE_CLICKS = 3;
export const RAGE_MS = 1_000;
export const RAGE_PX = 30;

/** A click without any effect for so long is dead. */
export const DEAD_CLICK_MS = 2_000;

/** An error so soon after a click is the click's. */
export const ERROR_CLICK_MS = 1_000;
