/** Scrapers that are known: a pair of Prometheus servers with a handful of jobs, and whoever looks by hand. */
const MAX_SCRAPERS = 16;

/** Characters of a scraper's description that tell it from others. */
const MAX_KEY_LENGTH = 512;

/**
 * When each scraper last saw everything, so that a series that it has not seen yet can be shown to it as 0
 * first, and the increase from there is seen too.
 */
export interface Scrapers {
  /** The start of the last scrape that this one read to its end; undefined for one that is not known. */
  lastSeen(scraper: string | undefined): number | undefined;
  /** It read to its end what was begun at `startedAt`, by `steadyNow`. Undefined is nobody in particular. */
  saw(scraper: string | undefined, startedAt: number): void;
}

/** A bounded table: the one that was longest away leaves, and is then like one that comes for the first time. */
export function createScrapers(): Scrapers {
  const seen = new Map<string, number>();
  return {
    lastSeen: (scraper) => (scraper === undefined ? undefined : seen.get(keyOf(scraper))),
    saw: (scraper, startedAt) => {
      if (scraper === undefined) return;
      const key = keyOf(scraper);
      // Never backwards, though scrapes may end in another order than they began: what was shown with its
      // value must not be 0 again.
      const latest = Math.max(startedAt, seen.get(key) ?? startedAt);
      seen.delete(key);
      seen.set(key, latest);
      const [oldest] = seen.keys();
      if (seen.size > MAX_SCRAPERS && oldest !== undefined) seen.delete(oldest);
    },
  };
}

function keyOf(scraper: string): string {
  return scraper.slice(0, MAX_KEY_LENGTH);
}
