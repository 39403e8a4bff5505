import { hash, timingSafeEqual } from "node:crypto";
import type { SecretKey } from "./accessOptions.ts";

/** Minimum characters of a secret: shorter ones are often words, which can be guessed. */
const SHORTEST_SECRET = 16;

/** Maximum characters of a secret. Longer ones are refused without computing a digest. */
const LONGEST_SECRET = 256;

/** Finds the owner of a secret. */
export interface SecretSet<S extends SecretKey> {
  readonly size: number;
  /** Returns the entry that the secret belongs to, undefined for an unknown secret. */
  find(secret: string): S | undefined;
}

/**
 * Creates a set that keeps only digests. A secret is compared with each of them in constant time, so the time of a
 * refusal does not reveal how close a guess was.
 *
 * Throws a TypeError for an invalid entry, and for a name that two entries share.
 */
export function createSecretSet<S extends SecretKey>(entries: readonly S[]): SecretSet<S> {
  const known = entries.map((entry) => ({ entry, digest: digestOf(entry) }));
  const twice = entries.find(({ name }, index) => entries.findIndex((other) => other.name === name) < index);
  if (twice)
    throw new TypeError(`[rumkit] Two secrets are named "${twice.name}". Give each a different name.`);
  return {
    size: known.length,
    find: (secret) => {
      if (secret.length > LONGEST_SECRET) return undefined;
      const asked = sha256(secret);
      let found: S | undefined;
      for (const { entry, digest } of known) if (timingSafeEqual(asked, digest)) found = entry;
      return found;
    },
  };
}

function digestOf({ name, secret, sha256: digest }: SecretKey): Buffer {
  if ((secret === undefined) === (digest === undefined)) {
    throw new TypeError(`[rumkit] The secret "${name}" must have either secret or sha256.`);
  }
  if (digest !== undefined) {
    if (/^[0-9a-f]{64}$/i.test(digest)) return Buffer.from(digest, "hex");
    throw new TypeError(
      `[rumkit] sha256 of "${name}" is not a digest. Write 64 hex digits; "rumkit key" makes one.`,
    );
  }
  if (secret!.length < SHORTEST_SECRET || secret!.length > LONGEST_SECRET) {
    throw new TypeError(
      `[rumkit] The secret "${name}" has ${secret!.length} characters. ` +
        `Take ${SHORTEST_SECRET} to ${LONGEST_SECRET}; "rumkit key" makes one.`,
    );
  }
  return sha256(secret!);
}

function sha256(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

/** Returns the secret of `Authorization: Bearer …` (RFC 6750), undefined for any other value. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? "")?.[1];
}

/**
 * Returns the write key of a request line, `/collect?key=…`. A key has only characters that URLs do not escape, so
 * nothing is decoded.
 */
export function writeKeyOf(url: string): string | undefined {
  return /[?&]key=([^&]*)/.exec(url)?.[1];
}
