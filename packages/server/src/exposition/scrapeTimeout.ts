/** The timeout in seconds if a scraper does not send one: Prometheus' default. */
const DEFAULT_SECONDS = 10;

/** The longest accepted timeout in seconds, so that no scraper holds a place for long. */
const MAX_SECONDS = 120;

/** Seconds before the scraper's timeout at which the answer ends. For a timeout below one second, half of it. */
const OFFSET_SECONDS = 0.5;

/** Returns the milliseconds that a scrape may take, by the header in which Prometheus sends its timeout. */
export function scrapeTimeout(header: string | undefined): number {
  const said = Number(header ?? DEFAULT_SECONDS);
  const seconds = Number.isFinite(said) && said > 0 ? Math.min(said, MAX_SECONDS) : DEFAULT_SECONDS;
  return Math.max(seconds - OFFSET_SECONDS, seconds / 2) * 1000;
}
