import { UNMATCHED_ROUTE } from "@rumkit/protocol";
import type { Context, Handler } from "hono";

/** Hono's name for a handler of every method: `app.use` and `app.all` register it. */
const EVERY_METHOD = "ALL";

/**
 * Returns the registered pattern for which a request counts: the pattern of the handler that answered, or of the
 * endpoint if middleware answered before it. Hono matches all handlers before it calls the first; `routeIndex` is the
 * index of the last handler that it called.
 *
 * Middleware and catch-all endpoints (`app.use("/trpc/*", handler)`, `app.all`, `app.mount`, `serveStatic`) are
 * registered alike. A handler that takes no `next` must answer, so it is an endpoint. Among the others, the last
 * called handler has answered, unless the answer is 404: then it has probably called `next`.
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

/** A handler that matched a request, as it was registered. */
export interface MatchedRoute {
  /** Upper case; `ALL` for every method. */
  readonly method: string;
  /** The pattern, with the prefix of the app that it was mounted in. */
  readonly path: string;
  readonly handler: Handler;
}

/** The form in which Hono keeps matches: handlers, each with its route. */
type MatchResult = readonly [matched: readonly (readonly [readonly [unknown, MatchedRoute], unknown])[]];

/**
 * Returns every handler that matched a request, in the order in which Hono calls them.
 *
 * `matchedRoutes` of `hono/route` reads a symbol that each copy of Hono creates for itself, so it throws for a
 * request of another copy: an app may have another version, or the CommonJS build. The property of the same name is
 * in every Hono 4 (deprecated since 4.8). A copy without it has only the symbol, which is then searched on the
 * request's own class. Returns an empty array if neither is found: a metric must not break an app.
 */
export function matchedRoutesOf({ req }: Context): readonly MatchedRoute[] {
  const { matchedRoutes } = req as { readonly matchedRoutes?: readonly MatchedRoute[] };
  return matchedRoutes ?? readBySymbol(req);
}

/** Hono's `COMPOSED_HANDLER` (`hono/utils/constants`), which is a string and therefore the same in every copy. */
const COMPOSED_HANDLER = "__COMPOSED_HANDLER";

/**
 * Returns the handler that the app registered. If the app has an error handler, Hono wraps each handler in another
 * function.
 */
export function registeredHandler(handler: Handler): Handler {
  let registered = handler;
  for (;;) {
    const inner = (registered as { readonly [COMPOSED_HANDLER]?: Handler })[COMPOSED_HANDLER];
    if (inner === undefined) return registered;
    registered = inner;
  }
}

function readBySymbol(request: object): readonly MatchedRoute[] {
  for (const symbol of Object.getOwnPropertySymbols(Object.getPrototypeOf(request))) {
    const result: unknown = Reflect.get(request, symbol);
    if (isMatchResult(result)) return result[0].map(([[, route]]) => route);
  }
  return [];
}

function isMatchResult(value: unknown): value is MatchResult {
  if (!Array.isArray(value) || !Array.isArray(value[0])) return false;
  return value[0].every((entry) => typeof entry?.[0]?.[1]?.path === "string");
}
