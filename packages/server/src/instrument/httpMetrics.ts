import type { IncomingMessage, ServerResponse } from "node:http";
import type { Context, Handler, MiddlewareHandler } from "hono";
import { optionsIn } from "../base/looseValue.ts";
import { isEventStream } from "./contentType.ts";
import { honoRoute, type MatchedRoute, matchedRoutesOf, registeredHandler } from "./honoRoute.ts";
import type { HttpRecorder } from "./httpRecorder.ts";
import { traceOf } from "./propagation.ts";
import { watchExchange } from "./watchExchange.ts";
import { createRouteMatcher, UNMATCHED_ROUTE } from "@rumkit/protocol";

export interface HttpMetricsOptions {
  /** Requests that are not counted: paths, patterns (`/internal/*`), functions. Default none. */
  readonly exclude?: readonly Exclusion[];
}

/**
 * Counts and times the requests that a Hono app answers, by the registered route pattern.
 *
 * Use it first. Early answers of later middleware count for the endpoint of the request; a request without a handler is
 * `unmatched`. Event streams and WebSockets last as long as their client wants, so they have no duration. Requests to
 * `own` routes (the collector's) are left out: they have separate metrics, and would outnumber the app's
 * requests.
 */
export function createHttpMetrics(
  recorder: HttpRecorder,
  own: OwnRoutes,
): (options?: HttpMetricsOptions) => MiddlewareHandler {
  return (options) => {
    const isExcluded = createExclusion(optionsIn(options).exclude);
    return function httpMetrics(c, next) {
      // Hono has matched every handler before the first one runs.
      const routes = matchedRoutesOf(c);
      const ours = ownOf(routes, own);
      if (ours) return own.ran.has(ours) ? next() : watchHidden(c, next, ours, own);
      if (isExcluded?.(c.req.method, c.req.path)) return next();
      const { incoming, outgoing } = nodeSides(c);
      if (incoming === undefined || outgoing === undefined) return countWeb(c, next, routes, recorder);
      watchExchange(recorder, incoming, outgoing, (status) => honoRoute(c, routes, status));
      return next();
    };
  };
}

/** The collector's routes. */
export interface OwnRoutes {
  readonly handlers: WeakSet<Handler>;
  /** Handlers that have answered a request. */
  readonly ran: WeakSet<Handler>;
  /** Called with the path of a request that another handler has answered in place of the collector. */
  readonly onHidden: (path: string) => void;
}

function ownOf(routes: readonly MatchedRoute[], { handlers }: OwnRoutes): Handler | undefined {
  for (const { handler } of routes) {
    const registered = registeredHandler(handler);
    if (handlers.has(registered)) return registered;
  }
  return undefined;
}

/**
 * Reports a route of the collector that a handler before it has answered, such as a catch-all: Hono calls handlers in the
 * order in which they were registered. Middleware that refuses (401, 403, 429) or answers a preflight hides nothing.
 */
async function watchHidden(
  c: Context,
  next: () => Promise<void>,
  ours: Handler,
  { ran, onHidden }: OwnRoutes,
): Promise<void> {
  await next();
  if (!ran.has(ours) && HIDING.has(c.res.status)) onHidden(c.req.path);
}

/** Statuses of a catch-all: a page or an answer of the app, and those for what it does not know. */
const HIDING = new Set([200, 404, 405]);

/** Returns Node's own request and response, if `@hono/node-server` runs the app. A WebSocket has no response. */
function nodeSides(c: Context): { incoming?: IncomingMessage; outgoing?: ServerResponse } {
  return (c.env ?? {}) as { incoming?: IncomingMessage; outgoing?: ServerResponse };
}

/** Counts a request without Node's response: on other platforms, in tests, and for the handshake of a WebSocket. */
async function countWeb(
  c: Context,
  next: () => Promise<void>,
  routes: readonly MatchedRoute[],
  recorder: HttpRecorder,
): Promise<void> {
  const start = performance.now();
  const method = recorder.methodOf(c.req.method);
  const scheme = c.req.url.startsWith("https:") ? "https" : "http";
  const inFlight = recorder.inFlightOf(method, scheme);
  inFlight.value += 1;
  // Hono converts errors into answers. Only a thrown value that is not an Error gets here; it is answered with 500.
  let status = 500;
  try {
    await next();
    status = c.res.status;
  } finally {
    inFlight.value -= 1;
    const seconds = (performance.now() - start) / 1000;
    const isOpened = status === 101 || (c.res.body === null && isWebSocketHandshake(c, status));
    const isEndless = isOpened || isEventStream(c.res.headers.get("content-type"));
    const series = recorder.seriesOf(method, scheme, honoRoute(c, routes, status), isOpened ? 101 : status);
    const trace = traceOf(c.req.header("traceparent"));
    series.answered(requestBytesOf(c), isEndless ? undefined : seconds, trace);
    if (!isEndless) countBody(c, start, (bytes, until) => series.sent(bytes, until, trace));
  }
}

/**
 * Returns true for the handshake of a WebSocket. An adapter's helper returns an empty answer, and the platform opens
 * the WebSocket in its place.
 */
function isWebSocketHandshake({ req }: Context, status: number): boolean {
  return status < 300 && req.header("upgrade")?.toLowerCase() === "websocket";
}

/**
 * Returns the declared size of a body that the app has read while its client was connected, else 0: platforms other
 * than Node pass on exactly the declared bytes, and do not report how many arrived.
 */
function requestBytesOf({ req }: Context): number {
  const declared = Number(req.header("content-length"));
  return req.raw.bodyUsed && !req.raw.signal.aborted && Number.isSafeInteger(declared) ? declared : 0;
}

/** The Streams standard has `cancel`, called when the reader gives up. TypeScript's types lack it. */
interface CancellableTransformer extends Transformer<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  readonly cancel: () => void;
}

/**
 * Counts the bytes of a web `Response`'s body, and reports its end, when it was read or canceled, in seconds since
 * `start`.
 *
 * A body of known size is not wrapped. A body that is never read never ends: servers read every body, but tests may
 * not.
 */
function countBody(c: Context, start: number, onEnd: (bytes: number, seconds: number) => void): void {
  const end = (bytes: number): void => onEnd(bytes, (performance.now() - start) / 1000);
  const { body } = c.res;
  if (body === null || c.req.method === "HEAD") return end(0);
  const declared = c.res.headers.get("content-length");
  if (declared !== null) return end(Number(declared) || 0);
  let bytes = 0;
  const transformer: CancellableTransformer = {
    transform: (chunk, controller) => {
      bytes += chunk.byteLength;
      controller.enqueue(chunk);
    },
    flush: () => end(bytes),
    cancel: () => end(bytes),
  };
  const counter = new TransformStream(transformer);
  c.res = new Response(body.pipeThrough(counter), c.res);
}

/** The parts of a request that decide if it is counted. */
interface RequestLine {
  /** The method, as the client sent it. */
  readonly method: string;
  /** The path, without the query. */
  readonly path: string;
}

/** Requests that are left out: a path (`/healthz`), a pattern (`/internal/*`), or a function. */
type Exclusion = string | ((request: RequestLine) => boolean);

/**
 * Returns undefined if nothing is excluded, so that the check is skipped. A function that throws excludes nothing.
 */
export function createExclusion(
  exclude?: readonly Exclusion[] | null,
): ((method: string, path: string) => boolean) | undefined {
  if (!exclude || exclude.length === 0) return undefined;
  const match = createRouteMatcher(exclude.filter((one) => typeof one === "string"));
  const tests = exclude.filter((one) => typeof one === "function");
  return (method, path) => match(path) !== UNMATCHED_ROUTE || tests.some((test) => holds(test, method, path));
}

function holds(test: (request: RequestLine) => boolean, method: string, path: string): boolean {
  try {
    return test({ method, path });
  } catch {
    return false;
  }
}
