import { SENDER_DIGITS, senderText } from "@rumkit/protocol";

/** The start of the keys under which `@rumkit/browser` keeps the session of a tab. */
const STORAGE_KEY = "rumkit.session";

const SESSION = /^[0-9a-f]{32}$/;

/**
 * Returns the sessions of pages of this tab and origin, as in the demo's split view. Without any, or if storage is
 * denied, the list is empty. They are compared in this page only, and are never sent.
 */
export function readOwnSessions(): string[] {
  try {
    return Object.entries(sessionStorage).flatMap(([key, value]) =>
      key.startsWith(STORAGE_KEY) ? sessionOf(String(value)) : [],
    );
  } catch {
    return [];
  }
}

/** The value is of any script of the origin, so it may be anything. */
function sessionOf(stored: string): string[] {
  try {
    const { id } = Object(JSON.parse(stored)) as { id?: unknown };
    return typeof id === "string" && SESSION.test(id) ? [id] : [];
  } catch {
    return [];
  }
}

/** Returns the digest that events of the session have at that time. Undefined where the browser has no `crypto.subtle`. */
export async function senderOf(session: string, at: number): Promise<string | undefined> {
  // Browsers have it only in secure contexts: HTTPS, and loopback addresses.
  const digest = await globalThis.crypto.subtle?.digest(
    "SHA-256",
    new TextEncoder().encode(senderText(session, at)),
  );
  if (!digest) return undefined;
  const digits = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.slice(0, SENDER_DIGITS);
}
