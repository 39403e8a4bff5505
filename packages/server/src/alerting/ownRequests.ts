import type { Context, Handler } from "hono";
import { CollectError } from "../http/collectError.ts";
import { createForwardedHost, type ProxyOptions } from "../http/clientAddress.ts";
import { createRequestOrigin } from "../http/corsOrigin.ts";
import { fromHono } from "../http/honoRequest.ts";
import { createOriginPolicy } from "../http/originPolicy.ts";

/**
 * Returns a guard of handlers that change something. Browsers send a POST of any site without asking the collector, and
 * a collector without tokens on this machine would obey it. Such a request has `Origin`; a request of a tool has none.
 */
export function createOwnRequests(options: ProxyOptions): (handler: Handler) => Handler {
  const originOf = createRequestOrigin({ forwardedHostOf: createForwardedHost(options) });
  const checkOrigin = createOriginPolicy([], { own: "any" });
  return (handler) =>
    function ownRequest(c, next) {
      c.header("cache-control", "no-store");
      const request = { ...originOf(fromHono(c)), referer: undefined };
      const isOfTool = request.origin === undefined && request.fetchSite === undefined;
      if (!isOfTool && !passes(() => checkOrigin(request))) return refuseSite(c);
      // A form of another site cannot send JSON without asking.
      if (!/^application\/json *(?:;|$)/i.test(c.req.header("content-type") ?? "")) return refuseType(c);
      return handler(c, next);
    };
}

function passes(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof CollectError) return false;
    throw error;
  }
}

function refuseSite(c: Context): Response {
  const message =
    "Pages of other sites may not act on alerts. Use the live page of this collector, or a tool.";
  return c.json({ error: { code: "origin_denied", message } }, 403);
}

function refuseType(c: Context): Response {
  const message = 'Send JSON with "Content-Type: application/json".';
  return c.json({ error: { code: "bad_media_type", message } }, 415);
}
