/**
 * Milliseconds since 1970, with fractions. They never go backwards, even if the machine's clock is set back. Use this
 * clock to order events, not to display a time.
 */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}
