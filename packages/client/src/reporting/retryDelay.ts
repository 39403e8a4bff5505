/** The first pause. It doubles with each failure up to a minute, as in the page. */
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** A day. A collector that asks for more needs a person's attention. */
const LONGEST_ORDERED_MS = 86_400_000;

/**
 * Milliseconds until the next try, at random between 0 and the pause ("full jitter"), so that clients do not all return
 * at once when a collector recovers.
 *
 * @param failures The number of failed tries so far, from 1.
 */
export function retryDelay(failures: number): number {
  return Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
}

/**
 * The pause that a `Retry-After` header asks for, in milliseconds. The header has seconds or an HTTP date (RFC 9110,
 * section 10.2.3); returns undefined if it has neither.
 */
export function orderedDelay(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const delay = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(delay) ? undefined : Math.min(Math.max(delay, 0), LONGEST_ORDERED_MS);
}
