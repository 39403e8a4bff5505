import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { type Catalog, UNMATCHED_ROUTE } from "@rumkit/protocol";
import { optionsIn } from "../base/looseValue.ts";
import { rememberMatches } from "../base/rememberMatches.ts";
import { createRouteOf, learnedAtMost } from "../routes/learnRoutes.ts";
import { expressRoute, isExpress } from "./expressRoute.ts";
import { createExclusion, type HttpMetricsOptions } from "./httpMetrics.ts";
import type { HttpRecorder } from "./httpRecorder.ts";
import { watchExchange } from "./watchExchange.ts";
import { MAX_LABEL_LENGTH, OTHER } from "../metrics/descriptor.ts";

export interface NodeHttpMetricsOptions extends HttpMetricsOptions {
  /**
   * Patterns for requests without a registered route: those of a plain `node:http` server, and early answers of
   * middleware in Express. As in the catalog: `:name` for one segment, a last `*` for the rest. Default: the catalog's
   * `endpoints`; without them and without `routeOf`, templates are learned.
   */
  readonly routes?: readonly string[];
  /**
   * Returns the route of a request once it is answered, for frameworks that do not expose it: Koa, h3, Polka. Return
   * undefined if it is unknown. Up to 500 different names of up to 128 characters; further ones are `__other__`. If
   * it throws, the route is unknown. Default: the route that Express or Fastify registered.
   */
  readonly routeOf?: RouteOf;
}

/** The members of a Fastify request or reply that are used: the wrapped objects, and the route that was found. */
interface FastifySide {
  readonly raw: unknown;
  readonly routeOptions?: { readonly url?: string | undefined };
  readonly server?: { readonly server?: unknown };
}

/**
 * A listener of `node:http`, middleware of Express, and an `onRequest` hook of Fastify. Returns at once; `next` is
 * called if it is given.
 */
export type NodeHttpMetrics = (
  request: IncomingMessage | FastifySide,
  response: ServerResponse | FastifySide,
  next?: () => void,
) => void;

/** The pattern of every request that a handler answered without a registered pattern. */
const ANYTHING = "/*";

/**
 * Records the same metrics as `httpMetrics()` for servers without Hono. Use it first.
 *
 * The route is the one that `routeOf` returns, else the one that the framework registered, else a declared pattern.
 * Templates are learned only for a server without any of them. A request that was answered with 404 or 405 and has no
 * route is `unmatched`: a scanner's paths are not templates.
 */
export function createNodeHttpMetrics(
  recorder: HttpRecorder,
  catalog: Catalog,
): (options?: NodeHttpMetricsOptions) => NodeHttpMetrics {
  return (options) => {
    const { exclude, routeOf, routes } = optionsIn(options);
    const isExcluded = createExclusion(exclude);
    const routeOfExchange = createRouteOfExchange(catalog, routes ?? catalog.endpoints ?? [], routeOf);
    const watch = (request: IncomingMessage | FastifySide, response: ServerResponse | FastifySide): void => {
      const incoming = unwrap(request) as IncomingMessage;
      const path = pathOf(incoming);
      if (isExcluded?.(incoming.method ?? "", path)) return;
      watchExchange(recorder, incoming, unwrap(response) as ServerResponse, (status) =>
        routeOfExchange(request, path, status),
      );
    };
    const watchServer = createServerWatch(watch);
    return (request, response, next) => {
      if ("raw" in request) watchServer(request);
      watch(request, response);
      next?.();
    };
  };
}

/** Returns a function that finds the route of an answered request. */
function createRouteOfExchange(
  catalog: Catalog,
  routes: readonly string[],
  routeOf: RouteOf | undefined,
): (side: IncomingMessage | FastifySide, path: string, status: number) => string {
  const declared = routes.filter((route) => route.startsWith("/"));
  const learned = routeOf ? 0 : learnedAtMost(catalog, declared);
  const matchDeclared = rememberMatches(createRouteOf(declared, 0));
  const routeOfPath = learned === 0 ? matchDeclared : createRouteOf(declared, learned);
  const nameOf = createNamedRoutes(routeOf);

  /** Learns nothing if the routes of the framework are known. */
  const orUnmatched = (path: string, status: number): string => {
    const matched = matchDeclared(path);
    if (matched !== UNMATCHED_ROUTE || isMissing(status)) return matched;
    return status === 400 ? UNMATCHED_ROUTE : ANYTHING;
  };
  return (side, path, status) => {
    const request = unwrap(side) as IncomingMessage;
    const named = nameOf(request);
    if (named !== undefined) return named;
    if ("raw" in side) return side.routeOptions?.url ?? orUnmatched(path, status);
    if (isExpress(request)) {
      const matched = matchDeclared(path);
      const known = matched === UNMATCHED_ROUTE ? undefined : matched;
      return expressRoute(request, status, known) ?? UNMATCHED_ROUTE;
    }
    if (routeOf) return orUnmatched(path, status);
    return isMissing(status) ? matchDeclared(path) : routeOfPath(path);
  };
}

/**
 * Returns a function that instruments the server of a Fastify app, each server once, because Fastify answers malformed
 * URLs before any hook.
 */
function createServerWatch(
  watch: (request: FastifySide, response: FastifySide) => void,
): (side: FastifySide) => void {
  const watched = new WeakSet<object>();
  return ({ server }) => {
    const listening = server?.server as Server | undefined;
    if (!listening || watched.has(listening)) return;
    watched.add(listening);
    listening.prependListener("request", (incoming, outgoing) => watch({ raw: incoming }, { raw: outgoing }));
  };
}

function isMissing(status: number): boolean {
  return status === 404 || status === 405;
}

function unwrap(side: object): unknown {
  return "raw" in side ? side.raw : side;
}

/** Returns the path that the client requested. Within a mounted router, Express shortens `url`. */
function pathOf({ url = "", originalUrl }: IncomingMessage & { originalUrl?: string }): string {
  const target = originalUrl ?? url;
  const query = target.indexOf("?");
  const path = query < 0 ? target : target.slice(0, query);
  // `OPTIONS *`, and requests to a proxy.
  return path.startsWith("/") ? path : UNMATCHED_ROUTE;
}

/** Returns the name of the route of Node's request, once it is answered. */
type RouteOf = (request: IncomingMessage) => string | undefined;

/** Maximum different names: an app has fewer routes, but `routeOf` may return paths by mistake. */
const MAX_NAMES = 500;

/** Returns the names of an app's `routeOf`, limited in number. Never throws. */
function createNamedRoutes(routeOf: RouteOf | undefined): RouteOf {
  if (!routeOf) return () => undefined;
  const known = new Set<string>();
  return (request) => {
    const name = readName(routeOf, request);
    if (name === undefined || known.has(name)) return name;
    if (known.size >= MAX_NAMES) return OTHER;
    known.add(name);
    return name;
  };
}

function readName(routeOf: RouteOf, request: IncomingMessage): string | undefined {
  try {
    const name: unknown = routeOf(request);
    return typeof name === "string" && name !== "" ? name.slice(0, MAX_LABEL_LENGTH) : undefined;
  } catch {
    return undefined;
  }
}
