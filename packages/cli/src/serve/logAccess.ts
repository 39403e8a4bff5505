import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createRouteMatcher } from "@rumkit/protocol";
import type { Hono } from "hono";
import { type OwnLog, traceIdOf } from "@rumkit/server/internal/serve";
import type { LogFields } from "@rumkit/server";
import { METHODS, OTHER_VALUE } from "@rumkit/server/internal/metrics";

/** The id of a request, as proxies send it. Other text is not logged. */
const REQUEST_ID = /^[\w-]{1,64}$/;

/**
 * Bytes that a connection had sent at the end of its last answer, because answers follow one another on a connection.
 */
const sentBefore = new WeakMap<object, number>();

/**
 * Returns the listener, which logs a line for each request: up to `perSecond` lines per second for answers, and as
 * many for refused and cut-off requests, so that a flood of one does not hide the other. A request beyond the limit
 * costs no more than reading the clock.
 *
 * A line has the route pattern of the request, but no path, query, address or `User-Agent`.
 */
export function logAccess(
  listener: RequestListener,
  { routes }: Pick<Hono, "routes">,
  log: Pick<OwnLog, "apart">,
  perSecond: number,
): RequestListener {
  const matchRoute = createRouteMatcher([...new Set(routes.map(({ path }) => path))]);
  const writeAnswered = log.apart(perSecond, { kind: "access_suppressed" });
  const writeRefused = log.apart(perSecond, { kind: "access_suppressed", refused: true });
  return (request, response) => {
    const start = performance.now();
    const { socket } = request;
    response.once("close", () => {
      const sent = socket.bytesWritten;
      const bytes = sent - (sentBefore.get(socket) ?? 0);
      sentBefore.set(socket, sent);
      const seconds = (performance.now() - start) / 1000;
      const isRefused = response.statusCode >= 400 || !response.writableFinished;
      const write = isRefused ? writeRefused : writeAnswered;
      write(() => {
        const route = matchRoute((request.url ?? "").split("?", 1)[0]!);
        return { ...describe(request, response), route, seconds: round(seconds), bytes };
      }, "A request was answered.");
    });
    listener(request, response);
  };
}

function describe({ method = "", headers }: IncomingMessage, response: ServerResponse): LogFields {
  const requestId = headers["x-request-id"];
  return {
    kind: "access",
    method: (METHODS as readonly string[]).includes(method) ? method : OTHER_VALUE,
    ...(response.headersSent && { status: response.statusCode }),
    // The client left, or was cut off, before it had the whole answer.
    ...(!response.writableFinished && { aborted: true }),
    traceId: traceIdOf(headers.traceparent),
    requestId: typeof requestId === "string" && REQUEST_ID.test(requestId) ? requestId : undefined,
  };
}

/** To the microsecond: more would be noise. */
function round(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
