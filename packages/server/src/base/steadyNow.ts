/**
 * Milliseconds since 1970 that never go backwards, whatever is done to the machine's clock; with fractions.
 * What was there before and what came later is decided by it, not what time it is.
 */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}
