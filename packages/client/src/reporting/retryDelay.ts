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
 * The pause that a response asks for by `Retry-After`, in milliseconds: seconds or an HTTP date (RFC 9110, section
 * 10.2.3). A date is compared with the response's own `Date`, because the clock of this machine may be wrong. Returns
 * undefined if the header is missing or has neither.
 */
export function orderedDelay(headers: Headers): number | undefined {
  const header = headers.get("retry-after") ?? "";
  const delay = /^\d+(\.\d+)?$/.test(header)
    ? Number(header) * 1_000
    : readDate(header) - (readDate(headers.get("date") ?? "") || Date.now());
  return Number.isNaN(delay) ? undefined : Math.min(Math.max(delay, 0), LONGEST_ORDERED_MS);
}

/** Every form of an HTTP date begins with the day of the week. `Date.parse` alone reads "-5" as May 2001. */
function readDate(text: string): number {
  return /^(mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : Number.NaN;
}
