/** The first pause, doubled with each failure up to a minute: what the page does, too. */
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** A day: whoever asks for more wants to be asked by a person. */
const LONGEST_ORDERED_MS = 86_400_000;

/**
 * Milliseconds until the next try, at random between 0 and the pause ("full jitter"), so that the clients of
 * a collector that comes back do not come all at once.
 *
 * @param failures how many tries failed so far, from 1.
 */
export function retryDelay(failures: number): number {
  return Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
}

/**
 * What a `Retry-After` header orders, in milliseconds: seconds or an HTTP date (RFC 9110, section 10.2.3).
 * Undefined where it is neither.
 */
export function orderedDelay(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const delay = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(delay) ? undefined : Math.min(Math.max(delay, 0), LONGEST_ORDERED_MS);
}
