import type { IncomingMessage, ServerResponse } from "node:http";
import { type Catalog, UNMATCHED_ROUTE } from "@rumkit/protocol";
import { rememberMatches } from "../rememberMatches.ts";
import { createRouteOf, learnedAtMost } from "../routes/routeOf.ts";
import { expressRoute } from "./expressRoute.ts";
import type { HttpMetricsOptions } from "./httpMetrics.ts";
import { createExclusion } from "./excludeRequests.ts";
import type { HttpRecorder } from "./httpRecorder.ts";
import { watchExchange } from "./watchExchange.ts";

export interface NodeHttpMetricsOptions extends HttpMetricsOptions {
  /**
   * Patterns of paths whose route nobody else knows: of a plain `node:http` server, and of early answers in
   * Express. As in the catalogue: `:name` for one segment, a last `*` for the rest. Default: the catalogue's
   * `endpoints`; where there are none either, templates are learned.
   */
  readonly routes?: readonly string[];
}

/** A Fastify request or reply, as far as it is needed: what it wraps, and the route that it found. */
interface FastifySide {
  readonly raw: unknown;
  readonly routeOptions?: { readonly url?: string | undefined };
}

/**
 * What `node:http` calls, what Express takes as middleware, and Fastify as an `onRequest` hook. Returns at once;
 * `next` is called where there is one.
 */
export type NodeHttpMetrics = (
  request: IncomingMessage | FastifySide,
  response: ServerResponse | FastifySide,
  next?: () => void,
) => void;

/**
 * The same metrics as `httpMetrics()` for servers without Hono. To be used first.
 *
 * The route is what the framework registered, else a declared pattern, else a learned template. A path that
 * was answered with 404 or 405 and has no registered route is `unmatched`: a scanner's paths are no templates.
 */
export function createNodeHttpMetrics(
  recorder: HttpRecorder,
  catalog: Catalog,
): (options?: NodeHttpMetricsOptions) => NodeHttpMetrics {
  return ({ exclude, routes = catalog.endpoints ?? [] } = {}) => {
    const isExcluded = createExclusion(exclude);
    const declared = routes.filter((route) => route.startsWith("/"));
    const learned = learnedAtMost(catalog, declared);
    const matchDeclared = rememberMatches(createRouteOf(declared, 0));
    const routeOfPath = learned === 0 ? matchDeclared : createRouteOf(declared, learned);
    return (request, response, next) => {
      const incoming = unwrap(request) as IncomingMessage;
      const path = pathOf(incoming);
      if (!isExcluded?.(incoming.method ?? "", path)) {
        watchExchange(recorder, incoming, unwrap(response) as ServerResponse, (status) => {
          const registered =
            "raw" in request ? request.routeOptions?.url : expressRoute(incoming, routeOfPath);
          if (registered !== undefined) return registered;
          return status === 404 || status === 405 ? matchDeclared(path) : routeOfPath(path);
        });
      }
      next?.();
    };
  };
}

function unwrap(side: object): unknown {
  return "raw" in side ? side.raw : side;
}

/** The path that the client asked for: Express cuts `url` where a router is mounted. */
function pathOf({ url = "", originalUrl }: IncomingMessage & { originalUrl?: string }): string {
  const target = originalUrl ?? url;
  const query = target.indexOf("?");
  const path = query < 0 ? target : target.slice(0, query);
  // `OPTIONS *`, and what a proxy is asked for.
  return path.startsWith("/") ? path : UNMATCHED_ROUTE;
}
