/** Milliseconds after which a session that is not heard from is no longer active. */
const ACTIVE_MS = 5 * 60_000;

/** Sessions that are watched at once; past it the longest silent one is forgotten. */
const MAX_SESSIONS = 100_000;

/** Knows which sessions were heard from lately. */
export interface ActiveSessions {
  see(session: string): void;
  /** Forgets the silent ones and returns how many are active. */
  count(): number;
}

export function createActiveSessions(now: () => number): ActiveSessions {
  /** Insertion order is the order of the last sign of life, because every sign moves a session to the end. */
  const lastSeen = new Map<string, number>();

  const forgetSilent = (): void => {
    const silentSince = now() - ACTIVE_MS;
    for (const [session, at] of lastSeen) {
      if (at > silentSince && lastSeen.size <= MAX_SESSIONS) return;
      lastSeen.delete(session);
    }
  };

  return {
    see: (session) => {
      lastSeen.delete(session);
      lastSeen.set(session, now());
      if (lastSeen.size > MAX_SESSIONS) forgetSilent();
    },
    count: () => {
      forgetSilent();
      return lastSeen.size;
    },
  };
}
