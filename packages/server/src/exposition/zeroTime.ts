/** Prometheus' default interval of scrapes: a minute. */
const DEFAULT_INTERVAL_MS = 60_000;

/**
 * Seconds of Prometheus' default timeout. It is never longer than the interval, so a shorter one belongs to a shorter
 * interval or was set by hand; then the interval is a few times as long.
 */
const DEFAULT_TIMEOUT = 10;
const INTERVALS_IN_TIMEOUT = 4;

/** A scrape may come late by a tenth of the interval: the target's answer takes time, and so does the network. */
const LATE = 1.1;

/**
 * Milliseconds for which `_created` is shown: whoever reads it does so with the first scrape. For good it would be a
 * second series of each counter in every Prometheus that takes it for one.
 */
export const CREATED_MS = DEFAULT_INTERVAL_MS * LATE;

/**
 * Milliseconds for which a series that began after the collector is shown as 0, so that `increase()` sees its first
 * events. One interval: then each scraper has seen the 0 once, however many there are and whenever they come. 0 for a
 * request that does not say that it is a scraper's, by the header in which they tell their timeout: it may never come
 * again. The answer depends on nothing that was asked before.
 *
 * `intervalMs` is the longest interval of scrapes, where somebody has said it.
 */
export function zeroTime(timeoutHeader: string | undefined, intervalMs: number | undefined): number {
  if (timeoutHeader === undefined) return 0;
  if (intervalMs !== undefined) return intervalMs * LATE;
  const timeout = Number(timeoutHeader);
  const isShort = timeout > 0 && timeout < DEFAULT_TIMEOUT;
  return (isShort ? timeout * 1000 * INTERVALS_IN_TIMEOUT : DEFAULT_INTERVAL_MS) * LATE;
}
