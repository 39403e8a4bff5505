import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { MAX_BATCH_BYTES } from "@rumkit/protocol";
import type { AnswerRequest, PlainAnswer } from "./ingest/collectRequest.ts";
import { fromNode } from "./ingest/nodeRequest.ts";
import { createTurn } from "./turn.ts";

/** Answers a web request: `app.fetch` of the Hono app that everything else goes to. */
export type Fetch = Parameters<typeof getRequestListener>[0];

export interface NodeListenerOptions {
  /** Where the collector is mounted in the app: `"/rum"` for `app.route("/rum", collector.app)`. Default `""`. */
  readonly basePath?: string;
}

/** Bytes of a refused body that are still read, so that its sender gets to read the answer. */
const LINGER_BYTES = 1024 * 1024;

/** Milliseconds that a refused body may still take. */
const LINGER_MS = 1_000;

/**
 * A listener for `node:http` that answers `/collect` itself, from Node's own objects, and hands everything
 * else to `fetch`.
 */
export function createNodeListener(
  collect: AnswerRequest,
  fetch: Fetch,
  { basePath = "" }: NodeListenerOptions,
): RequestListener {
  const path = `${basePath.replace(/\/$/, "")}/collect`;
  const handOver = getRequestListener(fetch);
  const answerInTurn = createTurn();
  return function answer(incoming, outgoing) {
    if (!isPath(incoming.url, path)) return void handOver(incoming, outgoing);
    collect(fromNode(incoming)).then(
      (answered) => answerInTurn(() => send(answered, incoming, outgoing)),
      // Only a defect of ours comes here: the client learns nothing of it, and Node prints it once.
      (error: Error) => {
        send({ status: 500, headers: {}, body: "" }, incoming, outgoing);
        process.emitWarning(error);
      },
    );
  };
}

function isPath(url: string | undefined, path: string): boolean {
  return (
    url !== undefined && url.startsWith(path) && (url.length === path.length || url[path.length] === "?")
  );
}

function send(
  { status, headers, body }: PlainAnswer,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  if (incoming.destroyed && !incoming.complete) return;
  const fields = toFields(headers);
  if (body !== "") fields.push("content-length", String(Buffer.byteLength(body)));
  // Of a body that is small anyway the rest is read by Node, to nowhere; the connection stays.
  if (incoming.complete || (status !== 408 && declaredLength(incoming) <= MAX_BATCH_BYTES)) {
    outgoing.writeHead(status, fields);
    outgoing.end(body);
    return;
  }
  // Without waiting, the rest of the body would come as the next request, or reset the answer away.
  fields.push("connection", "close");
  outgoing.writeHead(status, fields);
  if (body === "") outgoing.flushHeaders();
  else outgoing.write(body);
  linger(incoming, () => outgoing.end());
}

/** Names and values in turns: what Node writes as it is. */
function toFields(headers: PlainAnswer["headers"]): string[] {
  const fields: string[] = [];
  for (const name in headers) fields.push(name, headers[name]!);
  return fields;
}

function declaredLength({ headers }: IncomingMessage): number {
  return Number(headers["content-length"] ?? Number.POSITIVE_INFINITY);
}

/** Reads on for a moment, to nowhere: closing a socket with unread bytes resets it, and the answer with it. */
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
