/** Maximum wait that a service may ask for: after 24 hours a notice is given up. */
const MAX_WAIT_MS = 86_400_000;

/**
 * Reads `Retry-After`: seconds, or a date of HTTP (RFC 9110, section 10.2.3). Returns milliseconds from now, at most 24
 * hours; undefined if the header is missing or invalid.
 */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  // Some services send fractions of a second.
  if (/^\d{1,12}(?:\.\d{1,9})?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1_000), MAX_WAIT_MS);
  // `Date.parse` takes "-1" and "5 apples", too.
  if (!/^[A-Z][a-z]{2,8},? \d/.test(text) && !/^[A-Z][a-z]{2} [A-Z][a-z]{2} /.test(text)) return undefined;
  const at = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now), MAX_WAIT_MS);
}
