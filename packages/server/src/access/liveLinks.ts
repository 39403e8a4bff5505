import { createHmac, timingSafeEqual } from "node:crypto";
import { LINK_PREFIX, linkEndsAt, MAX_LINK_SECONDS } from "@rumkit/protocol";
import type { LinkKey, LinkKeys } from "./linkKeys.ts";

/** The verdict on the token of a link. Ends are Unix milliseconds. */
export type LinkVerdict =
  | { readonly kind: "opens"; readonly endsAt: number }
  | { readonly kind: "link_ended"; readonly endsAt: number }
  /** It was altered, its key is gone, or it is valid for longer than links are. */
  | { readonly kind: "bad_link" };

/**
 * Read-only links to the live page.
 *
 * A token is `rkl1.<end>.<MAC>`: the end in Unix seconds, and HMAC-SHA-256 in base64url over purpose and end. It names
 * neither algorithm nor key, so its sender cannot choose them.
 */
export interface LiveLinks {
  /** Makes the token of a link with the key of the secret; undefined for a secret that may make none. */
  create(secret: string | undefined, seconds: number): Promise<{ token: string; endsAt: number } | undefined>;
  verify(token: string): Promise<LinkVerdict>;
}

/** True for text that is meant as the token of a link, whether or not it is valid. */
export function isLink(token: string | undefined): token is string {
  return token?.startsWith(LINK_PREFIX) === true;
}

/** A token: the signed part, and 43 characters for the 32 bytes of its MAC. */
const TOKEN = /^(rkl1\.\d{10,11})\.([\w-]{43})$/;

/** Characters of the longest token. Longer text is refused without a MAC. */
const LONGEST = 60;

/** Milliseconds by which the clocks of two collectors with one secret may differ. */
const SKEW_MS = 300_000;

/** The only purpose of a link. Part of what is signed, so that another purpose needs another MAC. */
const PURPOSE = "read the live page";

/** @param now The clock: Unix milliseconds. */
export function createLiveLinks(keys: LinkKeys, now: () => number): LiveLinks {
  return {
    create: async (secret, seconds) => {
      const key = await keys.of(secret)?.();
      if (!key) return undefined;
      const end = Math.floor(now() / 1000) + seconds;
      const signed = `${LINK_PREFIX}${end}`;
      return { token: `${signed}.${macOf(key, signed)}`, endsAt: end * 1000 };
    },
    verify: async (token) => {
      const [, signed, mac] = (token.length <= LONGEST && TOKEN.exec(token)) || [];
      if (signed === undefined || mac === undefined) return { kind: "bad_link" };
      if (!(await isSigned(signed, mac, keys.all))) return { kind: "bad_link" };
      const endsAt = linkEndsAt(token)!;
      if (now() >= endsAt) return { kind: "link_ended", endsAt };
      // A collector whose clock was wrong has made it.
      if (endsAt > now() + MAX_LINK_SECONDS * 1000 + SKEW_MS) return { kind: "bad_link" };
      return { kind: "opens", endsAt };
    },
  };
}

/** Compares as text, because four texts of base64url are the same 32 bytes. Takes the same time for every text. */
async function isSigned(signed: string, mac: string, keys: readonly LinkKey[]): Promise<boolean> {
  const asked = Buffer.from(mac);
  let found = false;
  for (const read of keys) {
    // A key that cannot be read opens nothing.
    const key = await read().catch(() => undefined);
    if (key && timingSafeEqual(asked, Buffer.from(macOf(key, signed)))) found = true;
  }
  return found;
}

function macOf(key: Buffer, signed: string): string {
  return createHmac("sha256", key).update(`${PURPOSE}\n${signed}`).digest("base64url");
}
