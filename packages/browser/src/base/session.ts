import { stringify } from "./stringify.ts";

/** The session of a tab, stored as JSON. */
export interface Session {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** Times of the start and of the last event, in milliseconds since 1970. */
  readonly began: number;
  seen: number;
  /** Number of batches so far. */
  seq: number;
  /** Values that sources remember, each under a separate name. */
  [memory: string]: unknown;
}

/**
 * Start of the storage key; the collector's URL follows. Each URL with its write key has a separate session: the
 * collector finds lost batches by their numbers, and a write key belongs to one app.
 */
const KEY = "rumkit.session";

/**
 * Reads the session that the previous page of the tab stored in `sessionStorage`. Returns undefined if storage is
 * denied.
 *
 * A duplicated tab, or one that the page opened, starts with a copy and continues the same session.
 */
export const restoreSession = (url: string): Session | undefined => {
  try {
    // `null`, because parsing undefined would throw in every new tab, and exceptions are slow.
    return JSON.parse(sessionStorage[KEY + url] || null);
  } catch {
    return undefined;
  }
};

/**
 * Stores the session for the next page of the tab. Undefined deletes it. If storage is denied or full, the session
 * lasts as long as the page.
 */
export const storeSession = (url: string, session?: Session): void => {
  try {
    if (session) sessionStorage[KEY + url] = stringify(session);
    else delete sessionStorage[KEY + url];
  } catch {
    // Storage is denied or full.
  }
};
