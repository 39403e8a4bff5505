import { bearerToken } from "./credentials.ts";
import type { AccessErrorAnswer } from "@rumkit/protocol";
import type { Context, Handler, Next } from "hono";
import { fromHono } from "../http/honoRequest.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { Access } from "./access.ts";
import { isLink, type LinkVerdict, type LiveLinks } from "./liveLinks.ts";
import { DENIABLE, type Scope } from "./accessOptions.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { collectorCounterBy } from "../metrics/describeFamily.ts";

/** Protects a route with a scope. `isShared`: a read-only link to the live page opens it, too. */
export type Guard = (scope: Scope, handler: Handler, isShared?: boolean) => Handler;

/** Returns true if a request opens a scope. Does not refuse or count the other requests. */
export type Opens = (scope: Scope) => (c: Context) => boolean;

/** Without `access` every request opens every scope. */
export function createOpens(access: Access | undefined): Opens {
  return (scope) => (c) => {
    if (!access) return true;
    const request = fromHono(c);
    const secret = bearerToken(request.header("authorization"));
    return access.checkToken(scope, secret, request.authority) === "opens";
  };
}

/** Returns the name of a request's token; undefined without a token, and without `access`. */
export function createNameOf(access: Access | undefined): (c: Context) => string | undefined {
  return (c) => access?.nameOf(bearerToken(fromHono(c).header("authorization")));
}

/** Without `access` the guard lets every request through: the app decides who reaches the path of the collector. */
export function createGuard(
  access: Access | undefined,
  record: RecordSample,
  links: LiveLinks | undefined,
): Guard {
  return (scope, handler, isShared = false) => {
    if (!access) return handler;
    const deny = (c: Context, denial: Denial): Response => {
      record({ metric: "rum_access_denied_total", labels: { scope }, value: 1 });
      return refuse(c, denial);
    };
    const openByLink = async (c: Context, next: Next, link: string): Promise<Response | void> => {
      if (!links || !isShared) return deny(c, { code: "bad_scope", message: NOT_SHARED });
      const verdict = await links.verify(link);
      if (verdict.kind !== "opens") return deny(c, linkDenial(verdict));
      linkEnds.set(c, verdict.endsAt);
      return handler(c, next);
    };
    return function guarded(c, next) {
      const request = fromHono(c);
      const secret = bearerToken(request.header("authorization"));
      const verdict = access.checkToken(scope, secret, request.authority);
      if (verdict === "opens") return handler(c, next);
      if (isLink(secret)) return openByLink(c, next, secret);
      return deny(c, { code: verdict, message: messages[verdict](scope) });
    };
  };
}

const linkEnds = new WeakMap<Context, number>();

/** Returns the end of the link that opened a request, in Unix milliseconds; undefined without a link. */
export function linkEndOf(c: Context): number | undefined {
  return linkEnds.get(c);
}

type Denial = AccessErrorAnswer["error"];

/** Returns the refusal of a link that opens nothing. */
export function linkDenial(verdict: Exclude<LinkVerdict, { kind: "opens" }>): Denial {
  if (verdict.kind === "link_revoked")
    return { code: "link_revoked", message: "This link was ended before its time. Ask for a new one." };
  return verdict.kind === "bad_link"
    ? {
        code: "bad_link",
        message: "This link is not valid. It was altered, or its key is gone. Ask for a new one.",
      }
    : {
        code: "link_ended",
        message: `This link ended on ${new Date(verdict.endsAt).toISOString()}. Ask for a new one.`,
      };
}

function refuse(c: Context, error: Denial): Response {
  const answer: AccessErrorAnswer = { error };
  c.header("cache-control", "no-store");
  if (error.code === "bad_scope" || error.code === "bad_host") return c.json(answer, 403);
  c.header("www-authenticate", 'Bearer realm="rumkit"');
  return c.json(answer, 401);
}

const messages = {
  bad_token: (scope: Scope) => `Send "Authorization: Bearer …" with a token of scope ${scope}.`,
  bad_scope: (scope: Scope) => `The token has no scope ${scope}.`,
  bad_host: () =>
    "The Host of the request is not a name of this collector. Add it to allowedHosts (in an app: access.hosts), or send a token.",
};

const NOT_SHARED = "A read-only link opens only the live page.";

/** Describes the requests that `access` refuses. */
export function describeAccessMetrics(): MetricDescriptor[] {
  return [
    collectorCounterBy(
      "rum_access_denied_total",
      "Requests that were denied: their secret, or the name in Host, does not open the scope.",
      { scope: DENIABLE },
    ),
  ];
}
