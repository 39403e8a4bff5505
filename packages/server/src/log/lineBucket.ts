/** The limit of lines. */
export interface LineRate {
  /** Lines that may come at once. */
  readonly burst: number;
  /** Lines in each second after that. */
  readonly perSecond: number;
}

/** 200 lines at once and 50 per second after that: more than a person can read. */
const DEFAULT_RATE: LineRate = { burst: 200, perSecond: 50 };

/** A token bucket for lines. Lines over the limit are counted and not written. */
export interface LineBucket {
  /** True if a line may be written. */
  take(): boolean;
  /** Lines that were not written since the last call. */
  takeSuppressed(): number;
}

/** `now`: the clock, in milliseconds. */
export function createLineBucket(
  now: () => number,
  { burst, perSecond }: LineRate = DEFAULT_RATE,
): LineBucket {
  let tokens = burst;
  let at = now();
  let suppressed = 0;
  return {
    take: () => {
      // A clock that was set back adds no tokens and removes none.
      tokens = Math.min(burst, tokens + (Math.max(0, now() - at) / 1000) * perSecond);
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
