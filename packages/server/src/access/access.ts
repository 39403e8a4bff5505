import { CollectError } from "../http/collectError.ts";
import { createOriginPolicy, type OriginPolicy, type RequestOrigin } from "../http/originPolicy.ts";
import type { AccessOptions, WriteKey } from "./accessOptions.ts";
import { createHostPolicy } from "./hostPolicy.ts";
import type { Openable, Scope } from "./scope.ts";
import { createSecretSet } from "./secretSet.ts";

/**
 * Whether a token opens a scope: it does, it is a token and does not, or it is none; or nobody needs one, but by
 * another name of the collector than the request has.
 */
type TokenVerdict = "opens" | "bad_scope" | "bad_token" | "bad_host";

/** Decides on keys and tokens. */
export interface Access {
  /** Origins whose pages may report: those of every write key, and the collector's own list. */
  readonly origins: readonly string[];
  /** Throws a `CollectError`: `bad_key`, or `origin_denied` for a key of other origins. */
  checkWriteKey(key: string | undefined, origin: RequestOrigin): void;
  /** True for a host that is the collector's own without being listed as an origin: an address, loopback, or one of `hosts`. */
  isOwnHost(host: string): boolean;
  /** The name of the service whose secret key it is; undefined for one that nobody has. */
  checkSecretKey(secret: string | undefined): string | undefined;
  /** `host` is what the request names: it decides about what is open to everybody and about nothing else. */
  checkToken(scope: Scope, secret: string | undefined, host: string | undefined): TokenVerdict;
}

export interface AccessContext {
  /** The catalogue's app. */
  readonly app: string;
  /** Of a write key that names no origins. */
  readonly allowedOrigins: readonly string[];
}

const WRITE_KEY = /^[\w-]{16,128}$/;

/**
 * Throws a TypeError where nobody could report, and for a key or secret that cannot be one: at the start, so
 * that no collector runs which is not what its owner meant.
 */
export function createAccess(options: AccessOptions, context: AccessContext): Access {
  const { writeKeys = [], secretKeys = [], tokens = [], open = [], hosts } = options;
  // They are public, and compared like secrets all the same: how long a refusal takes tells nothing.
  const isOwnHost = createHostPolicy(hosts ?? []);
  const pages = createSecretSet(writeKeys.map((entry) => toPage(entry, context, isOwnHost)));
  const services = createSecretSet(secretKeys);
  const readers = createSecretSet(tokens);
  // After keys and tokens: a fault in one of them is what its owner looks for.
  if (writeKeys.length === 0 && !open.includes("collect")) {
    throw new TypeError(
      '[rumkit] access has no write key, so no page could report. Add one to writeKeys, or "collect" to open.',
    );
  }
  const isOpen = (part: Openable): boolean => open.includes(part);

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
      const reader = secret === undefined ? undefined : readers.find(secret);
      if (!reader) return isForAll ? "bad_host" : "bad_token";
      return reader.scopes.includes(scope) || reader.scopes.includes("admin") ? "opens" : "bad_scope";
    },
  };
}

/** What a write key says, ready to be asked. */
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
      : "The key is none of this app's. It may have been taken back.",
  );
}
