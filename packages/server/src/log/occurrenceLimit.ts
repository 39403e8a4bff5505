/** Times that something is told in a minute before it is only counted. */
const TOLD = 5;
const MINUTE_MS = 60_000;

/** Things that are told apart in a minute. */
const MAX_KEYS = 500;

/** What was only counted, when a minute ends. */
interface Suppressed {
  readonly times: number;
  /** Those that happened most often, with their times. */
  readonly most: readonly (readonly [string, number])[];
}

/** Lets each thing be told five times a minute. */
export interface OccurrenceLimit {
  /** True where it is to be told. */
  admit(key: string, times: number): boolean;
  /** What was not told, once the minute is over; undefined before that, and where all was told. */
  takeMinute(): Suppressed | undefined;
  /** The same, whether the minute is over or not. */
  take(): Suppressed | undefined;
}

/** Keys that a line about suppressed ones names. */
const NAMED = 10;

export function createOccurrenceLimit(now: () => number): OccurrenceLimit {
  const seen = new Map<string, number>();
  const untold = new Map<string, number>();
  let total = 0;
  let since = now();

  const take = (): Suppressed | undefined => {
    const most = [...untold].toSorted(([, a], [, b]) => b - a).slice(0, NAMED);
    const suppressed = total > 0 ? { times: total, most } : undefined;
    seen.clear();
    untold.clear();
    total = 0;
    since = now();
    return suppressed;
  };
  return {
    admit: (key, times) => {
      const told = seen.get(key) ?? (seen.size < MAX_KEYS ? 0 : TOLD);
      if (told < TOLD) {
        seen.set(key, told + 1);
        return true;
      }
      total += times;
      if (seen.has(key)) untold.set(key, (untold.get(key) ?? 0) + times);
      return false;
    },
    takeMinute: () => {
      // A clock that was set back begins a new minute, too.
      const elapsed = now() - since;
      return elapsed >= MINUTE_MS || elapsed < 0 ? take() : undefined;
    },
    take,
  };
}
