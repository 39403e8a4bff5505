import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { UNMATCHED_ROUTE } from "@rumkit/protocol";
import { type Answer, PATIENCE_SECONDS, UNANSWERED } from "../catalog/httpNames.ts";
import type { AnswerSeries, HttpRecorder, InFlight } from "./httpRecorder.ts";
import { traceOf } from "./propagation.ts";
import { contentTypeOf, isEventStream } from "./contentType.ts";

/** Data about a request while it is answered. */
interface Exchange {
  readonly recorder: HttpRecorder;
  readonly request: IncomingMessage;
  /**
   * Called at the end, when the framework knows the route. Gets the status, because an answer with 404 has no route.
   */
  routeOf: (status: number) => string;
  readonly method: string;
  readonly scheme: Answer["scheme"];
  readonly inFlight: InFlight;
  readonly requestBytes: () => number;
  /** Bytes that the connection had sent before. */
  readonly sentBefore: number;
  /** By `performance.now()`, like `headersAt`, which is 0 until the headers are sent. */
  readonly start: number;
  headersAt: number;
  /** Bytes of the body, as sent. */
  bytes: number;
  /** True for an event stream: it ends when its client leaves, so its duration has no meaning. */
  isEndless: boolean;
  isClosed: boolean;
  /** These methods of the response before they were replaced. */
  readonly writeHead: ServerResponse["writeHead"];
  readonly write: ServerResponse["write"];
  readonly end: ServerResponse["end"];
}

const EXCHANGE = Symbol("rumkit.exchange");

type Watched = ServerResponse & { [EXCHANGE]: Exchange };

/**
 * Counts a request of `node:http` (or of `node:http2`'s compatible API) when its answer is sent, or its client has
 * left. Middleware that is used twice counts once.
 *
 * Three methods of the response are replaced, and call the previous ones: bytes are counted as they are sent, even if a
 * later wrapper such as compression changes them. For speed, all responses share the same three functions, and the
 * data of a request is in one object.
 */
export function watchExchange(
  recorder: HttpRecorder,
  request: IncomingMessage,
  response: ServerResponse,
  routeOf: (status: number) => string,
): void {
  const watched = response as Watched;
  const before = watched[EXCHANGE] as Exchange | undefined;
  if (before?.recorder === recorder) {
    // Middleware that runs later is closer to the handler, and knows its route.
    before.routeOf = routeOf;
    return;
  }
  watched[EXCHANGE] = createExchange(recorder, request, response, routeOf);
  watched[EXCHANGE].inFlight.value += 1;
  // The overloads of these methods cannot be repeated in our types.
  response.writeHead = writeHead as ServerResponse["writeHead"];
  response.write = write as ServerResponse["write"];
  response.end = end as ServerResponse["end"];
  response.on("close", close);
  // Node does not report that the connection has closed to a response without a connection: one that waits behind
  // another, or was created by hand for a WebSocket.
  if (response.socket === null) request.socket?.once("close", () => close.call(watched));
}

function createExchange(
  recorder: HttpRecorder,
  request: IncomingMessage,
  response: ServerResponse,
  routeOf: (status: number) => string,
): Exchange {
  const method = recorder.methodOf(request.method);
  const scheme = isEncrypted(request) ? "https" : "http";
  return {
    recorder,
    request,
    routeOf,
    method,
    scheme,
    inFlight: recorder.inFlightOf(method, scheme),
    requestBytes: countRequestBytes(request),
    sentBefore: bytesSent(request),
    start: performance.now(),
    headersAt: 0,
    bytes: 0,
    isEndless: false,
    isClosed: false,
    writeHead: response.writeHead,
    write: response.write,
    end: response.end,
  };
}

type Call = (this: ServerResponse, first: unknown, second: unknown, third: unknown) => never;

function writeHead(this: Watched, status: number, reason: unknown, headers: unknown): ServerResponse {
  const exchange = this[EXCHANGE];
  if (exchange.headersAt === 0) {
    exchange.headersAt = performance.now();
    exchange.isEndless = isEventStream(contentTypeOf(this, typeof reason === "object" ? reason : headers));
    // The stream may stay open for hours, so it is counted now.
    if (exchange.isEndless) seriesOf(exchange, status).answered(exchange.requestBytes(), undefined);
  }
  return (exchange.writeHead as unknown as Call).call(this, status, reason, headers);
}

function write(this: Watched, chunk: unknown, encoding: unknown, callback: unknown): boolean {
  const exchange = this[EXCHANGE];
  exchange.bytes += sizeOf(chunk, encoding);
  return (exchange.write as unknown as Call).call(this, chunk, encoding, callback);
}

function end(this: Watched, chunk: unknown, encoding: unknown, callback: unknown): ServerResponse {
  const exchange = this[EXCHANGE];
  // HTTP/2's `end` calls `write`: the chunk would count twice.
  const bytes = exchange.bytes + sizeOf(chunk, encoding);
  const result: ServerResponse = (exchange.end as unknown as Call).call(this, chunk, encoding, callback);
  exchange.bytes = bytes;
  return result;
}

function close(this: Watched): void {
  const exchange = this[EXCHANGE];
  if (exchange.isClosed) return;
  exchange.isClosed = true;
  const { request, start, headersAt } = exchange;
  exchange.inFlight.value -= 1;
  if (exchange.isEndless) return;
  const seconds = (performance.now() - start) / 1000;
  const { traceparent } = request.headers;
  const trace = traceparent === undefined ? undefined : traceOf(traceparent);
  if (headersAt > 0) {
    const series = seriesOf(exchange, this.statusCode);
    series.answered(exchange.requestBytes(), (headersAt - start) / 1000, trace);
    series.sent(hasBody(request, this) ? exchange.bytes : 0, seconds, trace);
  } else if (isUpgraded(exchange)) {
    seriesOf(exchange, 101).answered(exchange.requestBytes(), undefined);
  } else {
    const series = seriesOf(exchange, unansweredStatus(exchange, seconds));
    series.answered(exchange.requestBytes(), undefined, trace);
    series.sent(0, seconds, trace);
  }
}

/**
 * Returns true if the connection became a WebSocket, which does not use the response: Node treated the request as an
 * upgrade, and something was sent. The header alone does not mean an upgrade (`Upgrade: h2c` comes with requests of any
 * kind).
 */
function isUpgraded({ request, sentBefore }: Exchange): boolean {
  const { upgrade } = request as IncomingMessage & { readonly upgrade?: boolean };
  return upgrade === true && bytesSent(request) > sentBefore;
}

/** Returns the reason why nothing was sent, one of `UNANSWERED`. */
function unansweredStatus({ request }: Exchange, seconds: number): number {
  if (seconds >= PATIENCE_SECONDS) return UNANSWERED.timedOut;
  return hasClientLeft(request) ? UNANSWERED.clientLeft : UNANSWERED.serverClosed;
}

/**
 * Returns true if the client closed the connection or its stream, or the connection broke. If the server itself
 * destroyed it, by `response.destroy()` or its own timeout, its socket has neither seen an end nor failed.
 */
function hasClientLeft(request: IncomingMessage): boolean {
  const { socket, stream } = request as IncomingMessage & { readonly stream?: { readonly rstCode?: number } };
  // HTTP/2: a stream that a client gives up is reset with CANCEL, whether or not its connection stays.
  if (stream) return stream.rstCode !== INTERNAL_ERROR;
  const { readableEnded = true, errored = null } = (socket as Socket | undefined) ?? {};
  // An error of the operating system has the name of the call that failed; an error with which an app destroys it
  // does not.
  return readableEnded || (errored !== null && "syscall" in errored);
}

/** The code that Node sends if the server destroys a stream with an error (RFC 9113, section 7). */
const INTERNAL_ERROR = 2;

/** A request that was created by hand has no socket. */
function bytesSent({ socket }: IncomingMessage): number {
  return (socket as Socket | undefined)?.bytesWritten ?? 0;
}

function seriesOf({ recorder, method, scheme, routeOf }: Exchange, status: number): AnswerSeries {
  return recorder.seriesOf(method, scheme, nameOf(routeOf, status), status);
}

/** A framework of another version may throw where its routes are read: the request then counts without one. */
function nameOf(routeOf: Exchange["routeOf"], status: number): string {
  try {
    return routeOf(status);
  } catch {
    return UNMATCHED_ROUTE;
  }
}

/** A request that was created by hand has no socket. */
function isEncrypted(request: IncomingMessage): boolean {
  return (request.socket as Partial<TLSSocket> | undefined)?.encrypted === true;
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === "string") {
    return Buffer.byteLength(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8");
  }
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}

/**
 * Returns true if an answer can have a body. Node omits the others, even if a program writes them (RFC 9110, section
 * 6.4.1).
 */
function hasBody({ method }: IncomingMessage, { statusCode }: ServerResponse): boolean {
  return method !== "HEAD" && statusCode !== 204 && statusCode !== 304;
}

/**
 * Returns a function that returns the bytes of the body that have arrived so far. `Content-Length` is only the
 * client's announcement. A `data` listener would start the stream, so `push` is replaced.
 */
function countRequestBytes(request: IncomingMessage): () => number {
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  // HTTP/2 has bodies of unknown length without a header that announces them.
  const isWithout = length === undefined && coding === undefined && request.httpVersionMajor < 2;
  if (isWithout || length === "0") return none;
  let bytes = request.readableLength;
  const { push } = request;
  request.push = function (chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk instanceof Uint8Array) bytes += chunk.byteLength;
    return push.call(request, chunk, encoding);
  };
  return () => bytes;
}

function none(): number {
  return 0;
}
