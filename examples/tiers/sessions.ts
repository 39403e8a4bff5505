import { randomUUID } from "node:crypto";

/** Sessions of people who logged in; each account has one at most. */
export interface Sessions {
  readonly open: (username: string) => string;
  /** Ends a session. Returns false if it is unknown. */
  readonly close: (session: string) => boolean;
  readonly count: () => number;
}

/** Sessions that are kept; the oldest makes room. */
const MAX_SESSIONS = 1_000;

export function createSessions(): Sessions {
  const byUser = new Map<string, string>();
  return {
    open: (username) => {
      const session = randomUUID();
      // It moves to the end of the order.
      byUser.delete(username);
      byUser.set(username, session);
      const [oldest] = byUser.keys();
      if (byUser.size > MAX_SESSIONS && oldest !== undefined) byUser.delete(oldest);
      return session;
    },
    close: (session) => {
      const found = [...byUser].find(([, each]) => each === session);
      return found !== undefined && byUser.delete(found[0]);
    },
    count: () => byUser.size,
  };
}
