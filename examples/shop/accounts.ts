import { randomBytes, randomUUID, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { jsonFields } from "./jsonFields.ts";

interface Account {
  readonly id: string;
  readonly email: string;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

interface StoredAccount extends Account {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export interface Accounts {
  /** Creates an account; undefined where the address is taken. */
  register: (credentials: Credentials) => Promise<Account | undefined>;
  /** The account that the credentials open; undefined where they open none. */
  logIn: (credentials: Credentials) => Promise<Account | undefined>;
}

/** Accounts are kept in memory, so their number has to end: the oldest makes room. */
const MAX_ACCOUNTS = 1_000;

/** Bytes of the derived key: what `timingSafeEqual` compares. 64 is what Node's documentation of scrypt uses. */
const HASH_BYTES = 64;

const deriveKey = promisify<string, Buffer, number, Buffer>(scrypt);

/** Accounts in memory: enough for an example, gone with the process. */
export function createAccounts(): Accounts {
  const accounts = new Map<string, StoredAccount>();

  return {
    async register({ email, password }) {
      const salt = randomBytes(16);
      const hash = await deriveKey(password, salt, HASH_BYTES);
      if (accounts.has(email)) return undefined;
      const account = { id: randomUUID(), email };
      accounts.set(email, { ...account, salt, hash });
      const oldest = accounts.keys().next();
      if (accounts.size > MAX_ACCOUNTS && !oldest.done) accounts.delete(oldest.value);
      return account;
    },
    async logIn({ email, password }) {
      const account = accounts.get(email);
      // An unknown address costs as much time as a wrong password: neither tells which of the two it was.
      const hash = await deriveKey(password, account?.salt ?? Buffer.alloc(16), HASH_BYTES);
      if (!account || !timingSafeEqual(hash, account.hash)) return undefined;
      return { id: account.id, email };
    },
  };
}

/** Reads the body of register and login. Returns what is wrong with it, as a sentence. */
export function readCredentials(body: unknown): Credentials | string {
  const { email, password } = jsonFields(body);
  // RFC 5321 §4.5.3.1.3 limits a path to 256 octets. Whether the address exists, only a letter to it tells.
  if (typeof email !== "string" || !/^[^\s@]+@[^\s@]+$/.test(email) || email.length > 254) {
    return "email must be an address.";
  }
  // 8: the least that NIST SP 800-63B §5.1.1.1 allows. 256: a longer text only costs time to hash.
  if (typeof password !== "string" || password.length < 8 || password.length > 256) {
    return "password has to have 8 to 256 characters.";
  }
  return { email: email.toLowerCase(), password };
}
