import type { Context, Handler, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { RecordSample } from "../metrics/sample.ts";

/** The methods of RFC 9110 and PATCH (RFC 5789); a scanner may invent others, which would be series. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"]);

/** Hono's name for a handler of every method: what `app.use` registers. */
const EVERY_METHOD = "ALL";

/**
 * Counts and times the requests that a Hono app answers, by the route pattern that was registered.
 *
 * To be used first. Early answers of later middleware count for the endpoint that they were for; what no
 * route matches is `unmatched`. Streams of events last as long as their reader, so they have no duration.
 * Requests to `ownHandlers` (the collector's routes) are left out: they have metrics of their own, and a
 * page's beacons would drown the app's requests.
 */
export function createHttpMetrics(
  record: RecordSample,
  ownHandlers: WeakSet<Handler>,
): () => MiddlewareHandler {
  let inFlight = 0;
  const enter = (change: 1 | -1): void => {
    inFlight += change;
    record({ metric: "http_requests_in_flight", labels: {}, value: inFlight });
  };

  return () =>
    async function httpMetrics(c, next) {
      // Hono has matched every handler before the first one runs.
      if (matchedRoutes(c).some(({ handler }) => ownHandlers.has(handler))) return next();
      const start = performance.now();
      enter(1);
      // Hono turns errors into answers; only what is thrown and no Error comes past it, and is answered with 500.
      let status = 500;
      try {
        await next();
        status = c.res.status;
      } finally {
        enter(-1);
        observe(c, status, record, (performance.now() - start) / 1000);
      }
    };
}

function observe(c: Context, status: number, record: RecordSample, seconds: number): void {
  const method = METHODS.has(c.req.method) ? c.req.method : "_OTHER";
  const route = routeOf(c);
  record({
    metric: "http_requests_total",
    labels: { method, route, status_code: String(status) },
    value: 1,
  });
  if (c.res.headers.get("content-type")?.startsWith("text/event-stream")) return;
  record({ metric: "http_request_duration_seconds", labels: { method, route }, value: seconds });
}

/**
 * The pattern of the endpoint: the one that answered, or the one that an early answer of middleware was for.
 * Hono has matched both before the first handler runs; `routeIndex` is the last handler that it called.
 */
function routeOf(c: Context): string {
  const endpoint = matchedRoutes(c)
    .slice(c.req.routeIndex)
    .find(({ method, path }) => method !== EVERY_METHOD || !path.endsWith("*"));
  return endpoint?.path ?? "unmatched";
}
