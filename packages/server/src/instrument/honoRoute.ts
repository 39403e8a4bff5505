import { UNMATCHED_ROUTE } from "@rumkit/protocol";
import type { Context } from "hono";
import { type MatchedRoute, registeredHandler } from "./matchedRoutes.ts";

/** Hono's name for a handler of every method: `app.use` and `app.all` register it. */
const EVERY_METHOD = "ALL";

/**
 * Returns the registered pattern for which a request counts: that of the handler that answered, or that of the
 * endpoint for which middleware answered early. Hono has matched both before it calls the first handler; `routeIndex`
 * is the last one that it called.
 *
 * Middleware and catch-all endpoints (`app.use("/trpc/*", handler)`, `app.all`, `app.mount`, `serveStatic`) are
 * registered alike. A handler that takes no `next` must answer, so it is an endpoint. Of the others, the last one
 * that was called has answered, unless nothing was found: then it has probably called `next`.
 */
export function honoRoute({ req }: Context, routes: readonly MatchedRoute[], status: number): string {
  const left = routes.slice(req.routeIndex);
  const endpoint = left.find(isEndpoint) ?? left.find(answersAlone);
  if (endpoint) return endpoint.path;
  return status === 404 ? UNMATCHED_ROUTE : (left[0]?.path ?? UNMATCHED_ROUTE);
}

function isEndpoint({ method, path }: MatchedRoute): boolean {
  return method !== EVERY_METHOD || !path.endsWith("*");
}

function answersAlone({ handler }: MatchedRoute): boolean {
  return registeredHandler(handler).length < 2;
}
