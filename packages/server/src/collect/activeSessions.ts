/** Milliseconds after which a session that is not heard from is no longer active. */
const ACTIVE_MS = 5 * 60_000;

/** Sessions that are watched at once; past it the longest silent one is forgotten. */
const MAX_SESSIONS = 100_000;

/** Lost batches that one session can be the reason for: a page could number its batches as it likes. */
const MAX_LOST = 1_000;

/** Knows which sessions were heard from lately, and which of their batches never came. */
export interface ActiveSessions {
  /**
   * A batch of a session was counted; `seq` is its place in the session. Not to be told of duplicates. `rate` is the share
   * of all sessions that report; default 1.
   */
  see(session: string, seq: number, rate?: number): void;
  /** Forgets the silent ones and returns how many are active: those that do not report included, to a whole number. */
  count(): number;
}

/** `onLost` is called with the number of lost batches when a session that has any falls silent. */
export function createActiveSessions(now: () => number, onLost: (batches: number) => void): ActiveSessions {
  /**
   * The places of the sessions below. Insertion order is the order of the last sign of life, because every sign
   * moves a session to the end.
   */
  const seen = new Map<number, number>();
  const free: number[] = [];
  const { at, lowest, highest, received, weight } = createPlaces();
  let active = 0;

  const enter = (key: number, seq: number): number => {
    const place = free.pop() ?? seen.size;
    seen.set(key, place);
    lowest[place] = seq;
    highest[place] = seq;
    received[place] = 0;
    weight[place] = 0;
    return place;
  };

  const forget = (key: number, place: number): void => {
    seen.delete(key);
    free.push(place);
    // No error of rounding outlives the sessions.
    active = seen.size === 0 ? 0 : active - weight[place]!;
    const lost = countLost(lowest[place]!, highest[place]!, received[place]!);
    if (lost > 0) onLost(lost);
  };

  const forgetSilent = (): void => {
    const silentSince = now() - ACTIVE_MS;
    for (const [key, place] of seen) {
      if (at[place]! > silentSince && seen.size <= MAX_SESSIONS) return;
      forget(key, place);
    }
  };

  return {
    see: (id, seq, rate = 1) => {
      const key = keyOf(id);
      const before = seen.get(key);
      if (before !== undefined) {
        seen.delete(key);
        seen.set(key, before);
      }
      const place = before ?? enter(key, seq);
      at[place] = now();
      lowest[place] = Math.min(lowest[place]!, seq);
      highest[place] = Math.max(highest[place]!, seq);
      received[place]! += 1;
      active += 1 / rate - weight[place]!;
      weight[place] = 1 / rate;
      if (seen.size > MAX_SESSIONS) forgetSilent();
    },
    count: () => {
      forgetSilent();
      return Math.round(active);
    },
  };
}

/** What is known of the session at each place. Arrays of numbers take 28 bytes a session where objects take 100. */
function createPlaces() {
  return {
    at: new Float64Array(MAX_SESSIONS + 1),
    lowest: new Float64Array(MAX_SESSIONS + 1),
    highest: new Float64Array(MAX_SESSIONS + 1),
    received: new Uint32Array(MAX_SESSIONS + 1),
    /** How many sessions each stands for. */
    weight: new Float64Array(MAX_SESSIONS + 1),
  };
}

/**
 * 52 of the 128 random bits, as a number: of 100,000 sessions two are taken for one once in a million times,
 * and a key takes a third of the memory of the text.
 */
function keyOf(id: string): number {
  return Number.parseInt(id.slice(0, 13), 16);
}

/**
 * The gaps between the first and the last batch that came. What a session sent before the first is not taken
 * for lost: the collector may have started since, or have forgotten the session while it was silent.
 */
function countLost(lowest: number, highest: number, received: number): number {
  return Math.min(Math.max(highest + 1 - lowest - received, 0), MAX_LOST);
}
