/** Prometheus' default interval of scrapes: a minute. */
const DEFAULT_INTERVAL_MS = 60_000;

/**
 * Prometheus' default timeout in seconds, assumed for a scraper that does not send one. A timeout is never longer than
 * the interval. A shorter timeout means a shorter interval, or was set by hand; in both cases the interval is assumed to
 * be a multiple of it.
 */
const DEFAULT_TIMEOUT = 10;
const INTERVALS_IN_TIMEOUT = 4;

/** A scrape may be late by a tenth of the interval: the target's answer takes time, and so does the network. */
const LATE = 1.1;

/**
 * Milliseconds for which `_created` is exposed: scrapers that use it need it only once. Prometheus servers that store
 * it would otherwise have a second series for each counter forever.
 */
export const CREATED_MS = DEFAULT_INTERVAL_MS * LATE;

/**
 * Returns the milliseconds for which a new series is exposed as 0, so that `increase()` includes its first events.
 * That is one scrape interval, so that every scraper sees the 0 at least once, however many there are. Returns 0 for a
 * request without the header in which scrapers send their timeout, because its sender may never come again. Depends on
 * no earlier request.
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

/** The longest accepted timeout in seconds, so that no scraper holds a place for long. */
const MAX_SECONDS = 120;

/** Seconds before the scraper's timeout at which the answer ends. For a timeout below one second, half of it. */
const OFFSET_SECONDS = 0.5;

/** Returns the milliseconds that a scrape may take, by the header in which Prometheus sends its timeout. */
export function scrapeTimeout(header: string | undefined): number {
  const said = Number(header ?? DEFAULT_TIMEOUT);
  const seconds = Number.isFinite(said) && said > 0 ? Math.min(said, MAX_SECONDS) : DEFAULT_TIMEOUT;
  return Math.max(seconds - OFFSET_SECONDS, seconds / 2) * 1000;
}
