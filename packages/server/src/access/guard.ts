import type { AccessErrorAnswer } from "@rumkit/protocol";
import type { Context, Handler } from "hono";
import { incomingOf } from "../ingest/honoRequest.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { Access } from "./access.ts";
import { bearerToken } from "./bearerToken.ts";
import type { Scope } from "./scope.ts";

/** Puts a route behind a scope. */
export type Guard = (scope: Scope, handler: Handler) => Handler;

/** Without `access` every route is as open as the place where it is mounted. */
export function createGuard(access: Access | undefined, record: RecordSample): Guard {
  return (scope, handler) => {
    if (!access) return handler;
    return function guarded(c, next) {
      const verdict = access.checkToken(scope, bearerToken(authorizationOf(c)));
      if (verdict === "opens") return handler(c, next);
      record({ metric: "rum_access_denied_total", labels: { scope }, value: 1 });
      return refuse(c, scope, verdict);
    };
  };
}

function authorizationOf(c: Context): string | undefined {
  return incomingOf(c)?.headers.authorization ?? c.req.header("authorization");
}

function refuse(c: Context, scope: Scope, code: "bad_token" | "bad_scope"): Response {
  const message =
    code === "bad_token"
      ? `Send "Authorization: Bearer …" with a token of scope ${scope}.`
      : `The token has no scope ${scope}.`;
  const answer: AccessErrorAnswer = { error: { code, message } };
  c.header("cache-control", "no-store");
  if (code === "bad_scope") return c.json(answer, 403);
  c.header("www-authenticate", 'Bearer realm="rumkit"');
  return c.json(answer, 401);
}
