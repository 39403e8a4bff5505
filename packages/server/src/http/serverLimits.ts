import type { IncomingMessage, RequestListener, Server, ServerOptions, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { collectorCounterBy } from "../metrics/describeFamily.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { RecordSample, Sample } from "../metrics/sample.ts";
import { targetOf } from "./collectRequest.ts";

/**
 * Limits of a server that faces pages. A head arrives within 5 s and is at most 16 KiB, a whole request takes at most
 * 8 s (the body 7 s, the answer the rest). Node checks every second, so a slow sender is disconnected well within 10
 * s. An idle connection is kept for 65 s: common proxies close theirs after 60 s, so none sends a request on a
 * connection that is already closed.
 */
export const SERVER_LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 8_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
} as const satisfies ServerOptions;

/**
 * Number of requests after which a connection is closed, so that no client can keep one busy forever. A page sends one
 * every five seconds; a proxy opens another connection.
 */
export const MAX_REQUESTS_PER_SOCKET = 10_000;

/**
 * Closes a connection after `most` requests. Node asks the client to do so in the last answer (`Connection: close`),
 * and refuses every later request, but keeps the connection of a client that ignores the header. This function closes
 * it.
 */
export function limitRequestsPerSocket(server: Server, most: number): void {
  server.maxRequestsPerSocket = most;
  server.on("dropRequest", (_request, socket) => socket.destroy());
}

/**
 * Milliseconds that the upload of a source map may take: 50 MiB in ten minutes are 85 KB/s, which even a slow office
 * connection has.
 */
const UPLOAD_TIMEOUT_MS = 600_000;

/**
 * Gives the upload of a source map ten minutes. Node's `requestTimeout` is the same for all requests of a server, so
 * it is raised while an upload is in progress; other slow bodies are cut off after the upload. Bodies that the
 * collector reads have a separate deadline.
 */
export function giveUploadsTime(server: Server): void {
  const usual = server.requestTimeout;
  let uploads = 0;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    // Below any path of the API. No other route takes PUT.
    if (request.method !== "PUT" || !targetOf(request).includes("/sourcemaps/")) return;
    uploads += 1;
    server.requestTimeout = Math.max(usual, UPLOAD_TIMEOUT_MS);
    // After a refusal, the server does not wait ten minutes for a body that it will not read.
    response.once("finish", () => {
      if (!request.complete) request.socket.destroySoon();
    });
    response.once("close", () => {
      uploads -= 1;
      if (uploads === 0) server.requestTimeout = usual;
    });
  });
}

/**
 * Maximum requests of one connection that are answered at the same time. Browsers and proxies send the next one after
 * the answer. Tools that send several at once (pipelining, RFC 9112 section 9.3.2) gain nothing from a higher number.
 */
const MAX_OPEN = 16;

/**
 * Maximum requests of one connection that wait: as many as a tool has in flight, and a sixth of what fits into one
 * read of a socket.
 */
const MAX_WAITING = 256;

/** The open requests of one connection. */
interface Line {
  /** The answer to the last request that arrived. */
  last: ServerResponse;
  /** Requests that are being answered, counted once there is more than one. */
  open: number;
  readonly waiting: [IncomingMessage, ServerResponse][];
}

/**
 * Creates a listener that answers a bounded number of requests of each connection at the same time. Answers wait in
 * memory until they are read, so a client that sends thousands of requests and reads nothing would fill it. Beyond
 * 16, requests are not read from the socket. Those that Node had read by then wait, and beyond 256 the connection is
 * cut.
 *
 * @param onCut Called for each connection that is cut.
 */
export function limitOpenRequests(listener: RequestListener, onCut: () => void): RequestListener {
  const lines = new WeakMap<Socket, Line>();

  /** Handles a request that did not wait for the answer before it. */
  const takePipelined = (line: Line, request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    if (line.open === 0) countOpen(socket, line, line.last, listener);
    line.last = response;
    if (line.open < MAX_OPEN) {
      countOpen(socket, line, response, listener);
      return listener(request, response);
    }
    // Node still passes on the requests that it has read from a connection that is cut.
    if (socket.destroyed) return;
    if (line.waiting.length >= MAX_WAITING) {
      line.waiting.length = 0;
      socket.destroy();
      return onCut();
    }
    line.waiting.push([request, response]);
    socket.pause();
  };

  return (request, response) => {
    const line = lines.get(request.socket);
    // Nearly every request is the only open one of its connection, and costs only a check of the previous answer.
    if (line && !(line.open === 0 && line.last.writableFinished))
      return takePipelined(line, request, response);
    if (line) line.last = response;
    else lines.set(request.socket, { last: response, open: 0, waiting: [] });
    listener(request, response);
  };
}

/** Counts a request as open until it is answered; then the next one that waits is passed on to `listener`. */
function countOpen(socket: Socket, line: Line, response: ServerResponse, listener: RequestListener): void {
  line.open += 1;
  response.once("close", () => {
    line.open -= 1;
    if (socket.destroyed) line.waiting.length = 0;
    const next = line.waiting.shift();
    if (next) {
      countOpen(socket, line, next[1], listener);
      listener(...next);
    } else if (socket.isPaused()) socket.resume();
  });
}

const records = new WeakMap<object, RecordSample>();

/** Lets the servers that rumkit creates count events of their connections. */
export function shareRecord(collector: object, record: RecordSample): void {
  records.set(collector, record);
}

/**
 * Returns the function that adds a sample to a collector's metrics; one that does nothing for a collector of another
 * copy of this package.
 */
export function recordOf(collector: object): RecordSample {
  return records.get(collector) ?? (() => {});
}

/**
 * The reason for which a server closes a connection: it made room for another one (`evicted`), there was no room for
 * it (`refused`), its client read nothing of an answer for a minute (`unread`), or it sent hundreds of requests at
 * once (`pipelined`).
 */
export type CutReason = "evicted" | "refused" | "unread" | "pipelined";

/** Returns the sample that counts a closed connection. */
export function cutSample(reason: CutReason): Sample {
  return { metric: "rum_connections_cut_total", labels: { reason }, value: 1 };
}

/** A record, so that a missing reason is a compile error. */
const reasons: Record<CutReason, true> = { evicted: true, refused: true, unread: true, pipelined: true };

/** Describes the connections that a server closes. */
export function describeConnectionMetrics(): MetricDescriptor[] {
  return [
    collectorCounterBy(
      "rum_connections_cut_total",
      "Connections that the server closed: too many, unread, or hundreds of requests at once.",
      { reason: Object.keys(reasons) },
    ),
  ];
}
