import type { IncomingMessage, ServerResponse } from "node:http";
import type { Context, Handler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { checkBody, CollectError, tooLarge } from "./collectError.ts";
import { type AnswerRequest, authorityOf, type CollectRequest, type PlainAnswer } from "./collectRequest.ts";
import { fromNode } from "./nodeRequest.ts";
import { bodyTaken, bytesOf, takenBody } from "./readBody.ts";

/** Returns Node's request, if the app is served by Node. */
export function incomingOf(c: Context): IncomingMessage | undefined {
  return (c.env as { incoming?: IncomingMessage } | undefined)?.incoming;
}

/** Returns Node's response, if the app is served by Node. HTTP/2 has another class with the same methods. */
export function outgoingOf(c: Context): ServerResponse | undefined {
  return (c.env as { outgoing?: ServerResponse } | undefined)?.outgoing;
}

/** Converts the function that answers requests into a Hono handler. */
export function toHandler(answer: AnswerRequest): Handler {
  return async (c) => {
    return toResponse(c, await answer(fromHono(c)));
  };
}

export function toResponse(c: Context, { status, headers, body }: PlainAnswer): Response {
  // A plain object of headers: `c.header` and `c.json` would build web `Headers` for every answer. Hono's types do
  // not accept a number as a status; Hono does not take a string of length 0 for a body.
  return c.newResponse(body === "" ? null : body, status as ContentfulStatusCode, headers);
}

/**
 * Reads a request from Hono's context. Under Node everything is read from Node's own objects, because reading the body
 * of a web `Request` costs more than the rest of a small request. For the same reason Hono's `bodyLimit` is not used:
 * with it, the hand-written route of `bench/` took 348 µs of CPU per request, without it 165 µs.
 */
export function fromHono(c: Context): CollectRequest {
  const incoming = incomingOf(c);
  if (!incoming) return fromWeb(c, undefined);
  const isUnread = !incoming.readableDidRead && cachedBody(c) === undefined;
  return isUnread ? fromNode(incoming) : fromWeb(c, incoming);
}

function fromWeb(c: Context, incoming: IncomingMessage | undefined): CollectRequest {
  const { pathname, search, host } = new URL(c.req.url);
  return {
    method: c.req.method,
    url: pathname + search,
    // Servers of web requests put the host into the URL, and some omit the header. Under Node the URL has a host even
    // if the client sent none.
    authority: incoming ? authorityOf(incoming) : (c.req.header("host") ?? host),
    address: incoming?.socket.remoteAddress,
    header: (name) => c.req.header(name),
    readBody: (most) => readWebBody(c, incoming, most),
    wasRead: incoming !== undefined || cachedBody(c) !== undefined,
  };
}

/** Reads a body that middleware of the app has read before us: Hono remembers it, and the stream is at its end. */
function cachedBody({ req: { bodyCache } }: Context): unknown {
  // Not by `c.req.arrayBuffer()`: for a parsed form Hono returns other bytes, or throws.
  return bodyCache.text ?? bodyCache.arrayBuffer ?? bodyCache.blob ?? bodyCache.json;
}

async function readWebBody(c: Context, incoming: IncomingMessage | undefined, most: number): Promise<Buffer> {
  const body = (await bytesOfCached(c)) ?? (incoming && takenBody(incoming)) ?? (await readStream(c, most));
  if (body.length === 0 && (incoming?.readableDidRead || Number(c.req.header("content-length")) > 0))
    throw bodyTaken();
  checkBody(body, most);
  return body;
}

async function bytesOfCached(c: Context): Promise<Buffer | undefined> {
  const cached = await cachedBody(c);
  return bytesOf(cached instanceof Blob ? await cached.arrayBuffer() : cached);
}

async function readStream(c: Context, most: number): Promise<Buffer> {
  const { raw } = c.req;
  if (raw.bodyUsed || raw.body?.locked) throw bodyTaken();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of raw.body ?? []) {
      length += chunk.length;
      if (length > most) throw tooLarge(most);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof CollectError) throw error;
    throw new CollectError("aborted", "The connection closed before the whole body came.", [String(error)]);
  }
  return Buffer.concat(chunks);
}
