import type { IncomingMessage } from "node:http";
import { Http2ServerResponse } from "node:http2";
import { getRequestListener } from "@hono/node-server";
import { createRouteMatcher, MAX_BATCH_BYTES, UNMATCHED_ROUTE } from "@rumkit/protocol";
import { Hono } from "hono";
import { type AnswerRequest, type NodeRequest, type PlainAnswer, targetOf } from "./collectRequest.ts";
import { type Fetch, sendDirectly } from "./directBody.ts";
import { createTickBatcher, fromNode } from "./nodeRequest.ts";
import { answerUnknown } from "./refusal.ts";
import type { NodeResponse } from "./streamBody.ts";

export interface NodeListenerOptions {
  /** The path of the collector in the app: `"/rum"` for `app.route("/rum", collector.app)`. Default `""`. */
  readonly basePath?: string;
}

/**
 * A listener for the servers of `node:http`, `node:https` and `node:http2`, and middleware for frameworks built on
 * them: with `next`, it passes on requests for other routes than the collector's.
 */
export type NodeListener = (
  incoming: NodeRequest,
  outgoing: NodeResponse,
  next?: (error?: unknown) => void,
) => void;

export interface NodeListenerParts {
  /** Answers `/collect`. Undefined: `app` does. */
  readonly collect: AnswerRequest | undefined;
  /** The collector's routes. */
  readonly app: Hono;
  /** Answers every other request. Undefined: `app` does. */
  readonly fetch: Fetch | undefined;
}

/** Bytes of a refused body that are still read, so that its sender can read the answer. */
const LINGER_BYTES = 1024 * 1024;

/**
 * The host in the URL of a web request if the client sends none: load balancers check health by
 * `GET /healthz HTTP/1.0`. It is only part of the URL. Access depends on the headers that the client sent.
 */
const NO_HOST = "localhost";

/** Milliseconds that a refused body may still take. */
const LINGER_MS = 1_000;

/**
 * Creates a listener that answers `/collect` itself, from Node's own objects, and passes every other request on.
 *
 * Without a `fetch` of the app it handles only the collector's routes, so that it can pass on all other requests.
 */
export function createNodeListener(
  { collect, app, fetch }: NodeListenerParts,
  { basePath = "" }: NodeListenerOptions,
): NodeListener {
  const base = basePath.replace(/\/$/, "");
  const path = `${base}/collect`;
  const mounted = base === "" ? app : answerUnknown(new Hono().route(base, app));
  const isOwn = createOwnPaths(mounted);
  // A framework other than Hono keeps its own `Request` and `Response`.
  const handOver = getRequestListener(sendDirectly(fetch ?? mounted.fetch), {
    overrideGlobalObjects: fetch !== undefined,
    hostname: NO_HOST,
  });
  const answerInBatch = createTickBatcher();
  return function answer(incoming, outgoing, next) {
    if (next && fetch === undefined && !isOwn(incoming)) return next();
    if (!collect || !isPath(targetOf(incoming), path)) return void handOver(incoming, outgoing);
    collect(fromNode(incoming)).then(
      (answered) => answerInBatch(() => send(answered, incoming, outgoing)),
      // Only a bug in rumkit gets here. The answer reveals nothing about it, and Node prints it once.
      (error: Error) => {
        send({ status: 500, headers: {}, body: "" }, incoming, outgoing);
        process.emitWarning(error);
      },
    );
  };
}

/**
 * Returns a function that recognizes requests for an app's routes. Express removes the path of a mount from the URL.
 * For `app.use("/rum", …)` the remaining path is matched; for `app.use("/metrics", …)` the original URL, which then
 * replaces the URL of the request.
 */
function createOwnPaths({ routes }: Pick<Hono, "routes">): (incoming: NodeRequest) => boolean {
  const match = createRouteMatcher([...new Set(routes.map((route) => route.path))]);
  const isOwnPath = (url: string): boolean => match(url.split("?", 1)[0]!) !== UNMATCHED_ROUTE;
  return (incoming) => {
    const { originalUrl } = incoming as { readonly originalUrl?: unknown };
    if (typeof originalUrl !== "string" || !isOwnPath(originalUrl)) return isOwnPath(targetOf(incoming));
    incoming.url = originalUrl;
    return true;
  };
}

/** Returns a pattern for a path with and without a slash at its end, with any query. */
function isPath(url: string, path: string): boolean {
  if (!url.startsWith(path)) return false;
  const end = url[path.length] === "/" ? path.length + 1 : path.length;
  return url.length === end || url[end] === "?";
}

function send({ status, headers, body }: PlainAnswer, incoming: NodeRequest, outgoing: NodeResponse): void {
  if (incoming.destroyed && !incoming.complete) return;
  const fields = toFields(headers);
  if (body !== "") fields.push("content-length", String(Buffer.byteLength(body)));
  if (outgoing instanceof Http2ServerResponse) return sendStream(status, fields, body, outgoing);
  // The rest of a small body is read by Node and dropped; the connection stays.
  if (incoming.complete || (status !== 408 && declaredLength(incoming) <= MAX_BATCH_BYTES)) {
    outgoing.writeHead(status, fields);
    outgoing.end(body);
    return;
  }
  // Without this wait, the rest of the body would be read as the next request, or a reset would discard the answer.
  fields.push("connection", "close");
  outgoing.writeHead(status, fields);
  if (body === "") outgoing.flushHeaders();
  else outgoing.write(body);
  linger(incoming as IncomingMessage, () => outgoing.end());
}

/**
 * HTTP/2 has a stream for each request: the client is asked not to send the rest of the body, and no other request is
 * disturbed.
 */
function sendStream(status: number, fields: string[], body: string, outgoing: Http2ServerResponse): void {
  const { stream } = outgoing;
  outgoing.writeHead(status, fields);
  outgoing.end(body, () => stream.close());
}

/** Returns headers as alternating names and values, which Node writes unchanged. */
function toFields(headers: PlainAnswer["headers"]): string[] {
  const fields: string[] = [];
  for (const name in headers) fields.push(name, headers[name]!);
  return fields;
}

function declaredLength({ headers }: NodeRequest): number {
  return Number(headers["content-length"] ?? Number.POSITIVE_INFINITY);
}

/**
 * Reads for a moment longer and drops the bytes: closing a socket with unread bytes resets it, and the client would
 * lose the answer.
 */
function linger(incoming: IncomingMessage, onEnd: () => void): void {
  let left = LINGER_BYTES;
  const timer = setTimeout(() => incoming.destroy(), LINGER_MS);
  incoming
    .on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) incoming.destroy();
    })
    .once("close", () => clearTimeout(timer))
    .once("end", onEnd)
    .resume();
}
