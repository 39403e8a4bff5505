/** Milliseconds without a batch after which a session is no longer active. */
const ACTIVE_MS = 5 * 60_000;

/** Sessions that are watched at once. Beyond it, the session with the longest silence is forgotten. */
const MAX_SESSIONS = 100_000;

/** Lost batches that one session can add: a page could number its batches arbitrarily. */
const MAX_LOST = 1_000;

/** The sessions that sent something lately, and the number of their batches that never arrived. */
export interface ActiveSessions {
  /**
   * Records a counted batch of a session; `seq` is its place in the session. Do not call it for duplicates. `rate` is the
   * share of all sessions that report; default 1.
   */
  see(session: string, seq: number, rate?: number): void;
  /** Forgets silent sessions and returns the number of active ones, scaled by their rates and rounded. */
  count(): number;
}

/** Calls `onLost` with the number of lost batches of a session that falls silent, if there are any. */
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

/** The data of the session at each place. Arrays of numbers take 28 bytes per session, objects 100. */
function createPlaces() {
  return {
    at: new Float64Array(MAX_SESSIONS + 1),
    lowest: new Float64Array(MAX_SESSIONS + 1),
    highest: new Float64Array(MAX_SESSIONS + 1),
    received: new Uint32Array(MAX_SESSIONS + 1),
    /** The number of sessions that each one stands for. */
    weight: new Float64Array(MAX_SESSIONS + 1),
  };
}

/**
 * 52 of the 128 random bits, as a number: among 100,000 sessions, two share a key once in a million times.
 * The number takes a third of the memory of the text.
 */
function keyOf(id: string): number {
  return Number.parseInt(id.slice(0, 13), 16);
}

/**
 * The gaps between the first and the last batch that came. Earlier batches of a session do not count
 * as lost: the collector may have started since, or have forgotten the session while it was silent.
 */
function countLost(lowest: number, highest: number, received: number): number {
  return Math.min(Math.max(highest + 1 - lowest - received, 0), MAX_LOST);
}
