/** Milliseconds after which a session that is not heard from is no longer active. */
const ACTIVE_MS = 5 * 60_000;

/** Sessions that are watched at once; past it the longest silent one is forgotten. */
const MAX_SESSIONS = 100_000;

/** Lost batches that one session can be the reason for: a page could number its batches as it likes. */
const MAX_LOST = 1_000;

/** Knows which sessions were heard from lately, and which of their batches never came. */
export interface ActiveSessions {
  /** A batch of a session was counted; `seq` is its place in the session. Not to be told of duplicates. */
  see(session: string, seq: number): void;
  /** Forgets the silent ones and returns how many are active. */
  count(): number;
}

interface SeenSession {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly lowest: number;
  readonly highest: number;
  readonly received: number;
}

/** `onLost` is called with the number of lost batches when a session that has any falls silent. */
export function createActiveSessions(now: () => number, onLost: (batches: number) => void): ActiveSessions {
  /** Insertion order is the order of the last sign of life, because every sign moves a session to the end. */
  const seen = new Map<string, SeenSession>();

  const forget = (id: string, session: SeenSession): void => {
    seen.delete(id);
    const lost = countLost(session);
    if (lost > 0) onLost(lost);
  };

  const forgetSilent = (): void => {
    const silentSince = now() - ACTIVE_MS;
    for (const [id, session] of seen) {
      if (session.at > silentSince && seen.size <= MAX_SESSIONS) return;
      forget(id, session);
    }
  };

  return {
    see: (id, seq) => {
      const before = seen.get(id);
      seen.delete(id);
      seen.set(id, {
        at: now(),
        lowest: Math.min(before?.lowest ?? seq, seq),
        highest: Math.max(before?.highest ?? seq, seq),
        received: (before?.received ?? 0) + 1,
      });
      if (seen.size > MAX_SESSIONS) forgetSilent();
    },
    count: () => {
      forgetSilent();
      return seen.size;
    },
  };
}

/**
 * The gaps between the first and the last batch that came. What a session sent before the first is not taken
 * for lost: the collector may have started since, or have forgotten the session while it was silent.
 */
function countLost({ lowest, highest, received }: SeenSession): number {
  return Math.min(Math.max(highest + 1 - lowest - received, 0), MAX_LOST);
}
