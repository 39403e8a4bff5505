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
 * Pages of the collector's own host may, and those of the listed origins (exact: scheme, host and port).
 * Returns the origin that CORS headers have to name, undefined within one origin. Throws `origin_denied`.
 */
export function createOriginPolicy(
  allowed: readonly string[],
): (request: RequestOrigin) => string | undefined {
  const listed = new Set(allowed.map(normalizeOrigin));
  return ({ origin, host, fetchSite }) => {
    if (origin === undefined && fetchSite === "same-origin") return undefined;
    if (origin !== undefined && listed.has(origin)) return origin;
    if (origin !== undefined && host !== undefined && hostOf(origin) === host.toLowerCase()) return undefined;
    throw new CollectError(
      "origin_denied",
      origin === undefined
        ? "The request has no Origin header, so it comes from no page."
        : `Pages of ${origin} may not report here. Add the origin to allowedOrigins.`,
    );
  };
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

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}
