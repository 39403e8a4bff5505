import { bearerToken } from "./credentials.ts";
import type { AccessErrorAnswer } from "@rumkit/protocol";
import type { Context, Handler } from "hono";
import { fromHono } from "../http/honoRequest.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { Access } from "./access.ts";
import { DENIABLE, type Scope } from "./accessOptions.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { collectorCounterBy } from "../metrics/collectorCounter.ts";

/** Protects a route with a scope. */
export type Guard = (scope: Scope, handler: Handler) => Handler;

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

/** Without `access` the guard lets every request through: the app decides who reaches the path of the collector. */
export function createGuard(access: Access | undefined, record: RecordSample): Guard {
  return (scope, handler) => {
    if (!access) return handler;
    return function guarded(c, next) {
      const request = fromHono(c);
      const secret = bearerToken(request.header("authorization"));
      const verdict = access.checkToken(scope, secret, request.authority);
      if (verdict === "opens") return handler(c, next);
      record({ metric: "rum_access_denied_total", labels: { scope }, value: 1 });
      return refuse(c, scope, verdict);
    };
  };
}

function refuse(c: Context, scope: Scope, code: AccessErrorAnswer["error"]["code"]): Response {
  const answer: AccessErrorAnswer = { error: { code, message: messages[code](scope) } };
  c.header("cache-control", "no-store");
  if (code !== "bad_token") return c.json(answer, 403);
  c.header("www-authenticate", 'Bearer realm="rumkit"');
  return c.json(answer, 401);
}

const messages: Record<AccessErrorAnswer["error"]["code"], (scope: Scope) => string> = {
  bad_token: (scope) => `Send "Authorization: Bearer …" with a token of scope ${scope}.`,
  bad_scope: (scope) => `The token has no scope ${scope}.`,
  bad_host: () =>
    "The Host of the request is not a name of this collector. Add it to allowedHosts (in an app: access.hosts), or send a token.",
};

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
