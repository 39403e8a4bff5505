import { createHmac, hkdfSync, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { LINK_PREFIX, linkEndsAt, MAX_LINK_SECONDS } from "@rumkit/protocol";
import type { AccessOptions, AccessToken } from "./accessOptions.ts";
import { createSecretSet } from "./credentials.ts";
import type { EndedLinks } from "./endedLinks.ts";

/** The verdict on the token of a link. Ends are Unix milliseconds. */
export type LinkVerdict =
  | { readonly kind: "opens"; readonly endsAt: number }
  | { readonly kind: "link_ended"; readonly endsAt: number }
  /** A person ended it before its time. */
  | { readonly kind: "link_revoked" }
  /** It was altered, its key is gone, or it is valid for longer than links are. */
  | { readonly kind: "bad_link" };

/**
 * Read-only links to the live page.
 *
 * A token is `rkl1.<end>.<id>.<MAC>`: the end in Unix seconds, 8 random bytes, and HMAC-SHA-256 over purpose, end and id; the
 * last two in base64url. It names neither algorithm nor key, so its sender cannot choose them. Links of earlier versions
 * have no id.
 */
export interface LiveLinks {
  /** Makes the token of a link with the key of the secret; undefined for a secret that may make none. */
  create(secret: string | undefined, seconds: number): Promise<{ token: string; endsAt: number } | undefined>;
  verify(token: string): Promise<LinkVerdict>;
  /** Ends a link before its time. `unknown`: it opens nothing anyway. See `EndedLinks`. */
  end(token: string): Promise<Awaited<ReturnType<EndedLinks["add"]>> | "unknown">;
  /** True for the token of a link that a person ended. */
  isEnded(token: string): boolean;
}

/** True for text that is meant as the token of a link, whether or not it is valid. */
export function isLink(token: string | undefined): token is string {
  return token?.startsWith(LINK_PREFIX) === true;
}

/** Random bytes of an id: two links of one second differ. */
const ID_BYTES = 8;

/** A token: the signed part, and 43 characters for the 32 bytes of its MAC. */
const TOKEN = /^(rkl1\.\d{10,11}(?:\.[\w-]{11})?)\.([\w-]{43})$/;

/** Characters of the longest token. Longer text is refused without a MAC. */
const LONGEST = 72;

/** Milliseconds by which the clocks of two collectors with one secret may differ. */
const SKEW_MS = 300_000;

/** The only purpose of a link. Part of what is signed, so that another purpose needs another MAC. */
const PURPOSE = "read the live page";

/** @param now The clock: Unix milliseconds. */
export function createLiveLinks(keys: LinkKeys, ended: EndedLinks, now: () => number): LiveLinks {
  const verify: LiveLinks["verify"] = async (token) => {
    const [, signed, mac] = (token.length <= LONGEST && TOKEN.exec(token)) || [];
    if (signed === undefined || mac === undefined) return { kind: "bad_link" };
    if (!(await isSigned(signed, mac, keys.all))) return { kind: "bad_link" };
    const endsAt = linkEndsAt(token)!;
    if (now() >= endsAt) return { kind: "link_ended", endsAt };
    // A collector whose clock was wrong has made it.
    if (endsAt > now() + MAX_LINK_SECONDS * 1000 + SKEW_MS) return { kind: "bad_link" };
    return ended.has(token) ? { kind: "link_revoked" } : { kind: "opens", endsAt };
  };
  return {
    create: async (secret, seconds) => {
      const key = await keys.of(secret)?.();
      if (!key) return undefined;
      const end = Math.floor(now() / 1000) + seconds;
      const signed = `${LINK_PREFIX}${end}.${randomBytes(ID_BYTES).toString("base64url")}`;
      return { token: `${signed}.${macOf(key, signed)}`, endsAt: end * 1000 };
    },
    verify,
    end: async (token) => {
      const verdict = await verify(token);
      if (verdict.kind === "link_revoked") return "done";
      return verdict.kind === "opens" ? ended.add(token, verdict.endsAt) : "unknown";
    },
    isEnded: (token) => isLink(token) && ended.has(token),
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

/** Returns a key of links. Rejects if it cannot be read or derived. */
type LinkKey = () => Promise<Buffer>;

/** The keys of links: one for each token that may read the live page, and one for readers that need no token. */
interface LinkKeys {
  readonly all: readonly LinkKey[];
  /** Returns the key of the token that a request has; undefined for a request that may make no links. */
  of(secret: string | undefined): LinkKey | undefined;
}

export interface LinkKeysContext {
  /** The app's name. Collectors of two apps that share a secret have different keys. */
  readonly app: string;
  /** 32 random bytes that outlive the process. Default: they end with the process. */
  readonly kept: (() => Buffer) | undefined;
}

/** Bytes of a key: those of a SHA-256 (RFC 2104, section 3). */
const KEY_BYTES = 32;

/**
 * Cost of guessing a secret by a link: the parameters of OWASP's Password Storage Cheat Sheet for 16 MiB. A secret may be
 * a phrase of a person, and each holder of a link could try phrases without asking the collector.
 */
const SCRYPT = { N: 2 ** 14, r: 8, p: 5 };

/**
 * Creates the keys of links. Each belongs to one token, so a link ends with the token by which it was made.
 *
 * The key of a secret is derived from it: a link outlives a restart and is valid at every collector with that secret. Of a
 * token with a digest alone the secret is unknown, and the digest may be in a file that others read, so its key is derived
 * from both the digest and the kept bytes.
 */
export function createLinkKeys(
  { tokens = [], open = [] }: AccessOptions,
  { app, kept = ownBytes() }: LinkKeysContext,
): LinkKeys {
  const makers = tokens.filter(({ scopes }) => scopes.some((scope) => scope !== "metrics"));
  const known = createSecretSet(makers);
  const keys = new Map(makers.map((token) => [token, once(keyOf(token, app, kept))]));
  const ofAll = open.includes("live") ? once(keptKey("", app, kept)) : undefined;
  return {
    all: [...keys.values(), ...(ofAll ? [ofAll] : [])],
    of: (secret) => {
      const token = secret === undefined ? undefined : known.find(secret);
      return (token && keys.get(token)) ?? ofAll;
    },
  };
}

function keyOf({ secret, sha256 = "" }: AccessToken, app: string, kept: () => Buffer): LinkKey {
  if (secret === undefined) return keptKey(sha256.toLowerCase(), app, kept);
  return () =>
    new Promise((resolve, reject) => {
      scrypt(secret, purposeOf(app), KEY_BYTES, SCRYPT, (error, key) =>
        error ? reject(error) : resolve(key),
      );
    });
}

/** @param bound The text to which the key is bound, apart from the app. */
function keptKey(bound: string, app: string, kept: () => Buffer): LinkKey {
  return async () => Buffer.from(hkdfSync("sha256", kept(), bound, purposeOf(app), KEY_BYTES));
}

function purposeOf(app: string): string {
  return `rumkit live link\n${app}`;
}

function ownBytes(): () => Buffer {
  const bytes = randomBytes(KEY_BYTES);
  return () => bytes;
}

/** Keeps a key once it is there. After a failure the next call tries again. */
function once(key: LinkKey): LinkKey {
  let found: Promise<Buffer> | undefined;
  return () =>
    (found ??= key().catch((error: unknown) => {
      found = undefined;
      throw error;
    }));
}
