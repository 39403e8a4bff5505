import { rememberMatches } from "../rememberMatches.ts";
import { CollectError } from "./collectError.ts";

/** What the policy decides on: header values of one request. */
export interface RequestOrigin {
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** `Sec-Fetch-Site`, which a page cannot set. */
  readonly fetchSite: string | undefined;
}

/**
 * Decides whether a page may report here, by `Origin` itself and not only by what CORS lets it read.
 *
 * Those of the listed origins may (exact: scheme, host and port), and with `ownHost` pages of the host that
 * the request itself names, which is right where an app serves its pages and the collector together.
 * Returns the origin that CORS headers have to name, undefined within one origin. Throws `origin_denied`.
 */
export function createOriginPolicy(
  allowed: readonly string[],
  { ownHost }: { readonly ownHost: boolean },
): (request: RequestOrigin) => string | undefined {
  const listed = new Set(allowed.map(normalizeOrigin));
  return ({ origin, host, fetchSite }) => {
    if (origin !== undefined && listed.has(origin)) return origin;
    if (ownHost && isOwnHost({ origin, host, fetchSite })) return undefined;
    throw new CollectError(
      "origin_denied",
      origin === undefined
        ? "The request has no Origin header, so it comes from no page."
        : `Pages of ${origin} may not report here. Add the origin to allowedOrigins.`,
    );
  };
}

function isOwnHost({ origin, host, fetchSite }: RequestOrigin): boolean {
  if (origin === undefined) return fetchSite === "same-origin";
  return host !== undefined && hostOf(origin) === host.toLowerCase();
}

function normalizeOrigin(origin: string): string {
  const url = URL.parse(origin);
  if (!url || url.origin === "null" || url.origin !== origin.replace(/\/$/, "")) {
    throw new TypeError(
      `[rumkit] allowedOrigins has "${origin}". Write scheme, host and port: https://shop.example.`,
    );
  }
  return url.origin;
}

const hostOf = rememberMatches((origin) => URL.parse(origin)?.host);
