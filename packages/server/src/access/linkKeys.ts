import { hkdfSync, randomBytes, scrypt } from "node:crypto";
import type { AccessOptions, AccessToken } from "./accessOptions.ts";
import { createSecretSet } from "./secretSet.ts";

/** Returns a key of links. Rejects if it cannot be read or derived. */
export type LinkKey = () => Promise<Buffer>;

/** The keys of links: one for each token that may read the live page, and one for readers that need no token. */
export interface LinkKeys {
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
  const makers = tokens.filter(({ scopes }) => scopes.includes("live") || scopes.includes("admin"));
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
