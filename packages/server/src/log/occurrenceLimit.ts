/** Occurrences of one key that are reported per minute. Further ones are only counted. */
const REPORTED = 5;
const MINUTE_MS = 60_000;

/** Maximum number of different keys per minute. */
const MAX_KEYS = 500;

/** The occurrences of a minute that were only counted. */
interface Suppressed {
  readonly times: number;
  /** The most frequent keys, with their number of occurrences. */
  readonly most: readonly (readonly [string, number])[];
}

/** Lets each key be reported five times per minute. */
export interface OccurrenceLimit {
  /** True if the occurrence must be reported. */
  admit(key: string, times: number): boolean;
  /** The suppressed occurrences once the minute is over; undefined before that, and if there were none. */
  takeMinute(): Suppressed | undefined;
  /** The same, even if the minute is not over. */
  take(): Suppressed | undefined;
}

/** Maximum number of keys that are named in a line about suppressed occurrences. */
const NAMED = 10;

export function createOccurrenceLimit(now: () => number): OccurrenceLimit {
  const seen = new Map<string, number>();
  const suppressedTimes = new Map<string, number>();
  let total = 0;
  let since = now();

  const take = (): Suppressed | undefined => {
    const most = [...suppressedTimes].toSorted(([, a], [, b]) => b - a).slice(0, NAMED);
    const suppressed = total > 0 ? { times: total, most } : undefined;
    seen.clear();
    suppressedTimes.clear();
    total = 0;
    since = now();
    return suppressed;
  };
  return {
    admit: (key, times) => {
      const reported = seen.get(key) ?? (seen.size < MAX_KEYS ? 0 : REPORTED);
      if (reported < REPORTED) {
        seen.set(key, reported + 1);
        return true;
      }
      total += times;
      if (seen.has(key)) suppressedTimes.set(key, (suppressedTimes.get(key) ?? 0) + times);
      return false;
    },
    takeMinute: () => {
      // A clock that was set back also begins a new minute.
      const elapsed = now() - since;
      return elapsed >= MINUTE_MS || elapsed < 0 ? take() : undefined;
    },
    take,
  };
}
