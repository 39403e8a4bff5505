/** Prometheus' default interval of scrapes: a minute. */
const DEFAULT_INTERVAL_MS = 60_000;

/**
 * Seconds of Prometheus' default timeout. It is never longer than the interval, so a shorter one belongs to a shorter
 * interval or was set by hand; then the interval is a few times as long.
 */
const DEFAULT_TIMEOUT = 10;
const INTERVALS_IN_TIMEOUT = 4;

/** A scrape may be late by a tenth of the interval: the target's answer takes time, and so does the network. */
const LATE = 1.1;

/**
 * Milliseconds for which `_created` is shown: a scraper that uses it reads it with the first scrape. Shown forever,
 * it would be a second series of each counter in every Prometheus that reads it as one.
 */
export const CREATED_MS = DEFAULT_INTERVAL_MS * LATE;

/**
 * Returns the milliseconds for which a series that began after the collector is shown as 0, so that `increase()` sees
 * its first events. One interval: then each scraper has seen the 0 once, for any number of scrapers and any times of
 * their scrapes. 0 for a request that does not identify itself as a scraper's by the header with its timeout: its
 * sender may never come again. The answer does not depend on earlier requests.
 *
 * `intervalMs` is the longest interval of scrapes, if it was set.
 */
export function zeroTime(timeoutHeader: string | undefined, intervalMs: number | undefined): number {
  if (timeoutHeader === undefined) return 0;
  if (intervalMs !== undefined) return intervalMs * LATE;
  const timeout = Number(timeoutHeader);
  const isShort = timeout > 0 && timeout < DEFAULT_TIMEOUT;
  return (isShort ? timeout * 1000 * INTERVALS_IN_TIMEOUT : DEFAULT_INTERVAL_MS) * LATE;
}
