/** The first retry comes after at most a second, the others after at most twice the time before, up to five minutes. */
const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;
/** Random times may be 0, and a receiver that fails at once would be asked in a loop. */
const SHORTEST_MS = 100;
/** A longer Retry-After is a mistake, or the notice would be a dead letter before it ends. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * Milliseconds until the next attempt: exponential, with full jitter, so that receivers that came back are not all called in
 * the same second (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param attempts Attempts so far, at least 1.
 * @param random A number from 0 to below 1.
 */
export function backoffMs(attempts: number, random: () => number): number {
  const most = Math.min(FIRST_MS * 2 ** (attempts - 1), LONGEST_MS);
  return Math.max(SHORTEST_MS, Math.round(random() * most));
}

/** Milliseconds that a receiver is left alone after its Retry-After: at most an hour. */
export function pauseMs(afterMs: number): number {
  return Number.isFinite(afterMs)
    ? Math.min(Math.max(afterMs, 0), LONGEST_RETRY_AFTER_MS)
    : LONGEST_RETRY_AFTER_MS;
}
