const STORAGE_KEY = "rumkit.session";

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
 * What the tab's last page stored in `sessionStorage`; nothing where storage is denied.
 *
 * A tab that was opened by the page, or duplicated, starts with a copy: it goes on in the same session.
 */
export function restoreSession(): Session | undefined {
  try {
    // An exception is slow: not in every new tab.
    return JSON.parse(sessionStorage[STORAGE_KEY] ?? null);
  } catch {
    return undefined;
  }
}

/** Stores the session for the next page of the tab, or forgets what is stored. Where storage is denied or full, it lives as long as the page. */
export function storeSession(session: Session | undefined): void {
  try {
    if (session) sessionStorage[STORAGE_KEY] = JSON.stringify(session);
    else delete sessionStorage[STORAGE_KEY];
  } catch {
    // As said above.
  }
}
