import { randomId } from "./randomId.ts";

/** Idle for longer, the next event belongs to a new session: the usual length of a visit (PostHog, boomerang). */
const IDLE_MS = 30 * 60_000;

/** A tab that is never idle still gets a new session: Datadog and Faro end at 4 h too. */
const LONGEST_MS = 4 * 60 * 60_000;

const STORAGE_KEY = "rumkit.session";

/** The id, when the session began, and when it was last seen: milliseconds since 1970. */
type State = [id: string, startedAt: number, seenAt: number];

export interface Session {
  /** The id: 32 hexadecimal digits. Empty before the first `begin`. */
  id(): string;
  /** Whether an event at this time belongs to a new session. If not, the session is seen. */
  isOver(now: number): boolean;
  begin(now: number): void;
  /** Stores the session for the next page of the tab. */
  save(): void;
}

/**
 * The session of a tab: an id in `sessionStorage`, in memory where storage is denied.
 *
 * A tab that was opened by the page, or duplicated, starts with a copy: it goes on in the same session.
 */
export function createSession(): Session {
  let state: State = ["", 0, 0];
  return {
    id: () => state[0],
    isOver(now) {
      if (!state[0]) state = restore();
      if (now - state[2] > IDLE_MS || now - state[1] > LONGEST_MS) return true;
      state[2] = now;
      return false;
    },
    begin(now) {
      state = [randomId(), now, now];
      // At once, so that a second client on the page goes on in the same session.
      save();
    },
    save,
  };

  function save(): void {
    try {
      sessionStorage.setItem(STORAGE_KEY, state.join());
    } catch {
      // Denied or full: the session lives as long as the page.
    }
  }
}

/** What the tab's last page stored; a session that is long over where there is none, or another's text. */
function restore(): State {
  let stored: RegExpExecArray | null | undefined;
  try {
    stored = /^([0-9a-f]{32}),(\d+),(\d+)$/.exec(sessionStorage.getItem(STORAGE_KEY) ?? "");
  } catch {
    // Denied: as if there were none.
  }
  return stored ? [stored[1]!, +stored[2]!, +stored[3]!] : ["", 0, 0];
}
