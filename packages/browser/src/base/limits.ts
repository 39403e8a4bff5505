/** Limits and times of the page's client, each with its reason. This file imports nothing, so bundlers inline them. */

/** After this long without an event, the next one starts a new session: the usual idle time (PostHog, boomerang). */
export const SESSION_IDLE_MS = 30 * 60_000;

/** Longest session: a tab that is never idle gets a new one then. Datadog and Faro also end sessions after 4 h. */
export const SESSION_LONGEST_MS = 4 * 60 * 60_000;

/** Delay between a start and the first recorded event, unless a paint or an exit comes earlier: storage is slow. */
export const DECIDE_AFTER_MS = 1_000;

/** Most events that wait for a start or for consent. Later ones are dropped. */
export const MAX_GATHERED_EVENTS = 10_000;

/** Most distinct events in a batch: as many as fit 12 KiB at the usual 200 to 400 bytes per event. */
export const MAX_BATCH_EVENTS = 30;

/**
 * Most UTF-16 units of a batch's events. Five such batches fit the 64 KiB that a page may have in flight on exit
 * (Fetch standard) and leave room for the page's own requests. One batch fits even at three bytes per unit.
 */
export const MAX_BATCH_UNITS = 12 * 1024;

/** Delay between the first event of a batch and its sending: a visit makes few requests and risks few events. */
export const FLUSH_AFTER_MS = 5_000;

/** Delay between a conversion and its sending: a conversion is worth a separate request. */
export const FLUSH_CONVERSION_AFTER_MS = 1_000;

/** Most batches that wait in memory for a collector that does not answer. Later ones are dropped. */
export const MAX_WAITING_BATCHES = 20;

/**
 * First delay before a retry. Each further delay is twice as long, so a blocked page makes about twenty attempts
 * per day. Uses full jitter: the delay is random between zero and that value.
 */
export const FIRST_RETRY_MS = 1_000;

/**
 * Batches expire after a day; the collector remembers their ids for three days. Also the longest Retry-After that is
 * honored: setTimeout overflows beyond 24.8 days and would fire immediately.
 */
export const LONGEST_RETRY_MS = 24 * 60 * 60_000;

/** Most kinds of errors distinguished per page view: a loop with changing text must not crowd out the rest. */
export const MAX_ERROR_KINDS = 50;

/** Most errors of one kind that carry a message and a stack. Further ones are only counted. */
export const MAX_DESCRIBED_ERRORS = 5;

/** Milliseconds. Durations are rounded to multiples of it, so a page that stutters sends few distinct values. */
export const LONG_TASK_STEP_MS = 10;

/** Most frames and events kept for finding causes: INP is reported long after the interaction. */
export const MAX_REMEMBERED_ENTRIES = 50;

/** Most batches in storage for the next visit: at most 160 Ki units of the 5 Mi that an origin has. */
export const MAX_STORED_BATCHES = 8;

/** A layout shift joins a window within 1 s of its last shift and 5 s of its first (web.dev/articles/cls). */
export const SHIFT_GAP_MS = 1_000;
export const SHIFT_WINDOW_MS = 5_000;

/** The lowest duration threshold of Event Timing, because fast interactions count as well. */
export const SHORTEST_EVENT_MS = 16;

/** INP of interactions below that threshold: half of it, as in `web-vitals`. */
export const FAST_EVENT_MS = 8;

/** INP skips one of the slowest interactions per 50 interactions of a view, and keeps ten (web.dev/articles/inp). */
export const INTERACTIONS_PER_OUTLIER = 50;
export const MAX_SLOWEST_INTERACTIONS = 10;

/** Most page views, after the first, that can still receive vitals. */
export const MAX_MEASURED_VIEWS = 50;

/** Milliseconds between the last event and a heartbeat. The collector treats a session as active for five minutes. */
export const HEARTBEAT_MS = 60_000;

/**
 * Most times that a batch is held in a deferred request at the end of the script that recorded an event. Each takes about
 * a third of a millisecond (Chromium 156): less than 2 ms in the five seconds of a batch. Later events share requests.
 */
export const MAX_PROMPT_HOLDS = 5;

/** Milliseconds between a later event and the deferred request that holds it. */
export const ARM_AFTER_MS = 100;

/** Time that an app has after a `submit` to mark invalid fields: validation is immediate and rendering is quick. */
export const FORM_REFUSAL_MS = 1_000;

/** Three clicks within 1 s and 30 px are a rage click, as in Datadog and PostHog. */
export const RAGE_CLICKS = 3;
export const RAGE_MS = 1_000;
export const RAGE_PX = 30;

/** A click without any effect for this long is a dead click. */
export const DEAD_CLICK_MS = 2_000;

/** An error this soon after a click is attributed to the click. */
export const ERROR_CLICK_MS = 1_000;
