import { isIPv4, isIPv6 } from "node:net";
import { CollectError } from "../http/collectError.ts";
import { createOriginPolicy, type OriginPolicy, type RequestOrigin } from "../http/originPolicy.ts";
import type { AccessOptions, Openable, Scope, WriteKey } from "./accessOptions.ts";
import { createSecretSet } from "./credentials.ts";

/**
 * The verdict on a token for a scope: it opens the scope (`opens`), it is a token without that scope (`bad_scope`),
 * it is not a token (`bad_token`), or no token is needed but the request names a host that is not the collector's
 * (`bad_host`).
 */
type TokenVerdict = "opens" | "bad_scope" | "bad_token" | "bad_host";

/** Checks keys and tokens. */
export interface Access {
  /** Origins whose pages may report: those of every write key, and the collector's own list. */
  readonly origins: readonly string[];
  /** Throws a `CollectError`: `bad_key`, or `origin_denied` for a key of other origins. */
  checkWriteKey(key: string | undefined, origin: RequestOrigin): void;
  /**
   * Returns true for a host that is the collector's own without being listed as an origin: an address, loopback, or
   * one of `hosts`.
   */
  isOwnHost(host: string): boolean;
  /** Returns the name of the service that has the secret key; undefined for an unknown key. */
  checkSecretKey(secret: string | undefined): string | undefined;
  /**
   * Decides whether a token opens a scope. `host` is the one that the request names: it matters only for scopes that
   * are open without a token.
   */
  checkToken(scope: Scope, secret: string | undefined, host: string | undefined): TokenVerdict;
  /** Returns the name of a token; undefined for an unknown one. */
  nameOf(secret: string | undefined): string | undefined;
  /** Returns true for a secret that opens a scope, whether or not the scope is open without one. */
  hasScope(scope: Scope, secret: string | undefined): boolean;
}

export interface AccessContext {
  /** The catalog's app. */
  readonly app: string;
  /** Used for a write key that names no origins. */
  readonly allowedOrigins: readonly string[];
}

const WRITE_KEY = /^[\w-]{16,128}$/;

/**
 * Throws a TypeError at startup if no page could report, and for an invalid key or secret, so that a collector never
 * runs with access that its owner did not intend.
 */
export function createAccess(options: AccessOptions, context: AccessContext): Access {
  const { writeKeys = [], secretKeys = [], tokens = [], open = [], hosts } = options;
  // Write keys are public, but compared like secrets: the time that a refusal takes reveals nothing.
  const isOwnHost = createHostPolicy(hosts ?? []);
  const pages = createSecretSet(writeKeys.map((entry) => toPage(entry, context, isOwnHost)));
  const services = createSecretSet(secretKeys);
  const readers = createSecretSet(tokens);
  // Checked after keys and tokens, because a fault in one of them is the more useful message.
  if (writeKeys.length === 0 && !open.includes("collect")) {
    throw new TypeError(
      '[rumkit] access has no write key, so no page could report. Add one to writeKeys, or "collect" to open.',
    );
  }
  const isOpen = (part: Openable): boolean => open.includes(part);
  const scopesOf = (secret: string | undefined): readonly Scope[] | undefined =>
    secret === undefined ? undefined : readers.find(secret)?.scopes;
  const includes = (scopes: readonly Scope[], scope: Scope): boolean =>
    scopes.includes(scope) || scopes.includes("admin") || (scope === "live" && scopes.includes("alerts"));

  return {
    origins: [...context.allowedOrigins, ...writeKeys.flatMap(({ origins = [] }) => origins)],
    isOwnHost,
    checkWriteKey: (key, origin) => {
      if (isOpen("collect")) return;
      const page = key === undefined ? undefined : pages.find(key);
      if (!page || page.app !== context.app) throw badKey(key);
      page.checkOrigin(origin);
    },
    checkSecretKey: (secret) => (secret === undefined ? undefined : services.find(secret)?.name),
    checkToken: (scope, secret, host) => {
      const isForAll = scope !== "admin" && isOpen(scope);
      if (isForAll && (!hosts || isOwnHost(host))) return "opens";
      const scopes = scopesOf(secret);
      if (!scopes) return isForAll ? "bad_host" : "bad_token";
      return includes(scopes, scope) ? "opens" : "bad_scope";
    },
    nameOf: (secret) => (secret === undefined ? undefined : readers.find(secret)?.name),
    hasScope: (scope, secret) => includes(scopesOf(secret) ?? [], scope),
  };
}

/** A write key, prepared for checks. */
interface Page {
  readonly name: string;
  readonly secret: string;
  readonly app: string;
  readonly checkOrigin: OriginPolicy;
}

function toPage(
  { name, key, origins, app }: WriteKey,
  context: AccessContext,
  own: (host: string) => boolean,
): Page {
  if (!WRITE_KEY.test(key)) {
    throw new TypeError(
      `[rumkit] The write key "${name}" is invalid: use 16–128 letters, digits, "-" or "_". "rumkit key" makes one.`,
    );
  }
  const checkOrigin = createOriginPolicy(origins ?? context.allowedOrigins, {
    own,
    ...(origins && { listName: `the origins of the write key "${name}"` }),
  });
  return { name, secret: key, app: app ?? context.app, checkOrigin };
}

function badKey(key: string | undefined): CollectError {
  return new CollectError(
    "bad_key",
    key === undefined
      ? "The request has no key. Send batches to /collect?key=… with a write key of this collector."
      : "This app does not have the key. It may have been revoked.",
  );
}

/** Returns the name of the service that has the secret; undefined for an unknown secret. */
export type CheckSecret = (secret: string | undefined) => string | undefined;

/** The options that hold secrets of services. */
export interface SecretOptions {
  readonly access?: AccessOptions;
  readonly ingestTokens?: readonly string[];
}

/**
 * Returns undefined if no service has a secret: then no service may report. Throws a TypeError for a secret that is
 * easy to guess.
 */
export function createSecretCheck(
  { access: { secretKeys = [] } = {}, ingestTokens = [] }: SecretOptions,
  access: Pick<Access, "checkSecretKey"> | undefined,
): CheckSecret | undefined {
  if (secretKeys.length + ingestTokens.length === 0) return undefined;
  const tokens = createSecretSet(
    ingestTokens.map((secret, index) => ({ name: `ingestTokens[${index}]`, secret })),
  );
  return (secret) =>
    access?.checkSecretKey(secret) ?? (secret === undefined ? undefined : tokens.find(secret)?.name);
}

/**
 * Names of the machine itself, and names that containers use for their host (Docker, Podman). No page of another site
 * can be served from one of these: `localhost` and its subdomains never leave the machine (RFC 6761, section 6.3), and
 * `.internal` cannot be registered (ICANN, 29 July 2024).
 */
const OWN_NAMES = ["localhost", "host.docker.internal", "host.containers.internal"];
const OWN_ENDING = ".localhost";

/** `Host` (RFC 9110, section 7.2): a name, an IPv4 address or an IPv6 one in brackets; then an optional port. */
const HOST = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{0,5})?$/;

const NAME = /^(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

/**
 * Decides which values of `Host` may read a route without a secret.
 *
 * This prevents DNS rebinding. A site can let its name resolve to this machine; the browser then treats the collector
 * as the page's own origin and lets the page read every answer. But such requests carry the site's name in `Host`. IP
 * addresses are safe, because no name was resolved. Requests without the header are safe, because no browser sends
 * them.
 *
 * Throws a TypeError for an invalid name.
 */
export function createHostPolicy(names: readonly string[]): (host: string | undefined) => boolean {
  const listed = new Set([...OWN_NAMES, ...names.map(checkName)]);
  return (host) => {
    if (host === undefined) return true;
    const [, inner, outer = ""] = HOST.exec(host) ?? [];
    if (inner !== undefined) return isIPv6(inner);
    const name = plainName(outer);
    return listed.has(name) || name.endsWith(OWN_ENDING) || isIPv4(name);
  };
}

/** Names are case-insensitive, and may end in the dot of the root. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function checkName(name: string): string {
  const plain = plainName(name);
  if (NAME.test(plain)) return plain;
  throw new TypeError(
    `[rumkit] "${name}" is not a host name. Write it without scheme, port and path: rum.example.`,
  );
}
