import { stringify } from "./stringify.ts";

/** What is stored as JSON. */
export interface Session {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** When it began, and when it was last seen: milliseconds since 1970. */
  readonly began: number;
  seen: number;
  /** Batches so far. */
  seq: number;
  /** What sources remember, each under its own name. */
  [memory: string]: unknown;
}

/**
 * Each collector and write key has its own: a collector knows by their numbers which batches of a session never came,
 * and a key is of one app.
 */
const keyOf = (url: string): string => "rumkit.session" + url;

/**
 * What the tab's last page stored in `sessionStorage`; nothing where storage is denied.
 *
 * A tab that was opened by the page, or duplicated, starts with a copy: it goes on in the same session.
 */
export const restoreSession = (url: string): Session | undefined => {
  try {
    // An exception is slow: not in every new tab.
    return JSON.parse(sessionStorage[keyOf(url)] || null);
  } catch {
    return undefined;
  }
};

/** Stores the session for the next page of the tab, or forgets what is stored. Where storage is denied or full, it lives as long as the page. */
export const storeSession = (url: string, session: Session | undefined): void => {
  try {
    if (session) sessionStorage[keyOf(url)] = stringify(session);
    else delete sessionStorage[keyOf(url)];
  } catch {
    // As said above.
  }
};
