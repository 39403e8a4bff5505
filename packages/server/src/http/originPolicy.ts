import { rememberMatches } from "../base/rememberMatches.ts";
import { CollectError } from "./collectError.ts";
import { type AllowedOrigin, createOriginList } from "./originList.ts";

/** What the policy decides on: header values of one request. */
export interface RequestOrigin {
  /** `Origin`. */
  readonly origin: string | undefined;
  /** `Referer`, which stands in for an `Origin` that is missing. */
  readonly referer?: string | undefined;
  /** The host and port that the request is for, as the client wrote them. */
  readonly host: string | undefined;
  /** The same as a proxy of yours wrote it, which may send another host on. */
  readonly forwardedHost?: string | undefined;
  /** `Sec-Fetch-Site`, which a page cannot set. */
  readonly fetchSite: string | undefined;
}

export interface OriginPolicyOptions {
  /**
   * Which hosts that a request is for are the collector's own. `"any"`: the one that it names, which is right
   * where an app serves its pages and the collector together. Else those that the function knows, and only for
   * pages whose origin the browser hides.
   */
  readonly own: "any" | ((host: string) => boolean);
  /** What an origin has to be added to, in messages. Default `allowedOrigins`. */
  readonly listName?: string;
}

/** Decides whether a page may report. */
export type OriginPolicy = (request: RequestOrigin) => AllowedOrigin | undefined;

/**
 * Decides whether a page may report here, by `Origin` itself and not only by what CORS lets it read.
 *
 * Listed origins may. Pages of the collector's own host may as well, which two things tell:
 *
 * - `Sec-Fetch-Site: same-origin`. A page cannot set it, and browsers send it over https and to loopback only. A name
 *   that suddenly leads to this machine (DNS rebinding) is reached over http, so it never has it. It says so where
 *   a proxy sends another `Host` on, and where a `Referrer-Policy` makes the browser say `Origin: null`.
 * - An `Origin` whose host is the one that the request is for. Default ports are equal to none.
 *
 * Returns the origin that CORS headers have to name, undefined within one origin. Throws `origin_denied`.
 */
export function createOriginPolicy(
  allowed: readonly string[],
  { own, listName = "allowedOrigins" }: OriginPolicyOptions,
): OriginPolicy {
  const list = createOriginList(allowed);
  const isOwnHost = (host: string | undefined): boolean =>
    host !== undefined && own !== "any" && (own(host) || list.hasHost(host));
  return (request) => {
    const origin = request.origin ?? originOf(request.referer);
    const listed = origin === undefined ? undefined : list.find(origin);
    if (listed) return listed;
    const isSameOrigin = request.fetchSite === "same-origin";
    if (own === "any") {
      if (isSameOrigin || (origin !== undefined && isOfHost(origin, request))) return undefined;
    } else if (isSameOrigin && (origin === undefined || origin === "null")) {
      if (isOwnHost(request.host) || isOwnHost(request.forwardedHost)) return undefined;
    }
    throw new CollectError("origin_denied", explain(origin, listName));
  };
}

function isOfHost(origin: string, { host, forwardedHost }: RequestOrigin): boolean {
  const asked = hostOf(origin);
  if (asked === undefined) return false;
  const port = origin.startsWith("https:") ? ":443" : ":80";
  return [host, forwardedHost].some((named) => {
    const lower = named?.toLowerCase();
    return lower === asked || lower === `${asked}${port}`;
  });
}

/** Host and port of a web page's origin, without a default port. */
const hostOf = rememberMatches((origin: string) => {
  const url = /^https?:/i.test(origin) ? URL.parse(origin) : null;
  return url?.host;
});

/** A page can leave `Referer` out or shorten it, and never name another origin by it. */
function originOf(referer: string | undefined): string | undefined {
  return referer === undefined ? undefined : URL.parse(referer)?.origin;
}

function explain(origin: string | undefined, listName: string): string {
  if (origin === undefined) return "The request has no Origin header, so it comes from no page.";
  if (origin === "null") {
    return (
      'The browser hides the page\'s origin ("null"), as it does for files, sandboxed frames and pages of another ' +
      `site with Referrer-Policy: no-referrer. Add null to ${listName} if such pages may report.`
    );
  }
  return `Pages of ${origin.slice(0, 200)} may not report here. Add the origin to ${listName}.`;
}
