import { type Handler, Hono } from "hono";
import type { Guard } from "../access/guard.ts";
import { NO_SNIFFING } from "../http/collectRequest.ts";
import { toHandler } from "../http/honoRequest.ts";
import { answerUnknown } from "../http/notFound.ts";
import type { PartRoute } from "../part/part.ts";

/** The collector's routes, and the handlers that distinguish them from the app's own. */
export interface Routes {
  readonly app: Hono;
  readonly handlers: WeakSet<Handler>;
}

/** Mounts the routes of all parts, those with a scope behind `guard`. */
export function createRoutes(routes: readonly PartRoute[], guard: Guard): Routes {
  const app = new Hono();
  const handlers = new WeakSet<Handler>();
  for (const route of routes) {
    const handler = toGuarded(route, guard);
    handlers.add(handler);
    // Some frameworks and proxies add a slash at the end, or remove it.
    app.on(route.method, [route.path, `${route.path}/`], handler);
  }
  return { app: answerUnknown(app), handlers };
}

function toGuarded(route: PartRoute, guard: Guard): Handler {
  if ("answer" in route) return toHandler(route.answer);
  return withoutSniffing(route.scope === undefined ? route.handler : guard(route.scope, route.handler));
}

/** Returns a handler whose answers have `X-Content-Type-Options: nosniff`. */
function withoutSniffing(handler: Handler): Handler {
  return (c, next) => {
    for (const [name, value] of Object.entries(NO_SNIFFING)) c.header(name, value);
    return handler(c, next);
  };
}
