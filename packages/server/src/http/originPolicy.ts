import { rememberMatches } from "../base/rememberMatches.ts";
import { CollectError } from "./collectError.ts";
import { type AllowedOrigin, createOriginList } from "./originList.ts";

/** The header values of one request on which the policy decides. */
export interface RequestOrigin {
  /** `Origin`. */
  readonly origin: string | undefined;
  /** `Referer`, which replaces a missing `Origin`. */
  readonly referer?: string | undefined;
  /** The host and port that the request is for, as the client wrote them. */
  readonly host: string | undefined;
  /** The host as your proxy reports it, because a proxy may send another `Host`. */
  readonly forwardedHost?: string | undefined;
  /** `Sec-Fetch-Site`, which a page cannot set. */
  readonly fetchSite: string | undefined;
}

export interface OriginPolicyOptions {
  /**
   * The hosts by which the collector recognizes requests to itself. `"any"`: the host that the request names, which is right if
   * an app serves its pages and the collector together. Otherwise the hosts that the function accepts, and only for
   * pages whose origin the browser hides.
   */
  readonly own: "any" | ((host: string) => boolean);
  /** The name of the list to which an origin must be added, in messages. Default `allowedOrigins`. */
  readonly listName?: string;
}

/** Decides whether a page may report. */
export type OriginPolicy = (request: RequestOrigin) => AllowedOrigin | undefined;

/**
 * Decides whether a page may report. Checks `Origin` on the server, because CORS only prevents pages from reading
 * answers, not from sending.
 *
 * Listed origins may. Pages of the collector's own host may as well. Two headers show this:
 *
 * - `Sec-Fetch-Site: same-origin`. A page cannot set it, and browsers send it only over https and to loopback. A site
 *   whose name resolves to this machine (DNS rebinding) is reached over http, so its requests never have the header. It
 *   also works if a proxy passes another `Host` on, and if a `Referrer-Policy` makes the browser send `Origin: null`.
 * - An `Origin` whose host is the one that the request is for. A default port equals no port.
 *
 * Returns the origin that CORS headers must name, undefined for the same origin. Throws `origin_denied`.
 */
export function createOriginPolicy(
  allowed: readonly string[],
  { own, listName = "allowedOrigins" }: OriginPolicyOptions,
): OriginPolicy {
  const list = createOriginList(allowed);
  const isOwnHost = (host: string | undefined): boolean =>
    host !== undefined && own !== "any" && (own(host) || list.hasHost(host));
  return rememberLast((request) => {
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
  });
}

/** Returns the same policy with the last verdict kept, because most pages that report are of one origin. */
function rememberLast(policy: OriginPolicy): OriginPolicy {
  let last: RequestOrigin | undefined;
  let verdict: AllowedOrigin | undefined;
  return (request) => {
    if (last && isSame(request, last)) return verdict;
    verdict = policy(request);
    last = request;
    return verdict;
  };
}

function isSame(a: RequestOrigin, b: RequestOrigin): boolean {
  return (
    a.origin === b.origin &&
    a.host === b.host &&
    a.fetchSite === b.fetchSite &&
    a.referer === b.referer &&
    a.forwardedHost === b.forwardedHost
  );
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

/** A page can leave `Referer` out or shorten it, but cannot make it name another origin. */
function originOf(referer: string | undefined): string | undefined {
  return referer === undefined ? undefined : URL.parse(referer)?.origin;
}

function explain(origin: string | undefined, listName: string): string {
  if (origin === undefined) return "The request has no Origin header, so it does not come from a page.";
  if (origin === "null") {
    return (
      'The browser hides the page\'s origin ("null"), as it does for files, sandboxed frames and pages of another ' +
      `site with Referrer-Policy: no-referrer. Add null to ${listName} if such pages may report.`
    );
  }
  return `Pages of ${origin.slice(0, 200)} may not report here. Add the origin to ${listName}.`;
}
