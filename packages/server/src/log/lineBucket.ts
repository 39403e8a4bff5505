/** Lines that may come at once, and in each second after that: a person reads neither. */
const BURST = 200;
const PER_SECOND = 50;

/** A token bucket for lines: what exceeds it is counted and not written. */
export interface LineBucket {
  /** True where a line may be written. */
  take(): boolean;
  /** Lines that were not written since the last call. */
  takeSuppressed(): number;
}

/** `now`: the clock, in milliseconds. */
export function createLineBucket(now: () => number): LineBucket {
  let tokens = BURST;
  let at = now();
  let suppressed = 0;
  return {
    take: () => {
      // A clock that was set back gives nothing, and takes nothing.
      tokens = Math.min(BURST, tokens + (Math.max(0, now() - at) / 1000) * PER_SECOND);
      at = now();
      if (tokens < 1) {
        suppressed += 1;
        return false;
      }
      tokens -= 1;
      return true;
    },
    takeSuppressed: () => {
      const taken = suppressed;
      suppressed = 0;
      return taken;
    },
  };
}
