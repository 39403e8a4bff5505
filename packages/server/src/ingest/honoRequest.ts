import type { IncomingMessage, ServerResponse } from "node:http";
import type { Context, Handler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { tooLarge } from "./bodyLimits.ts";
import type { AnswerRequest, CollectRequest, PlainAnswer } from "./collectRequest.ts";
import { fromNode } from "./nodeRequest.ts";

/** The request as Node has it, where the app is served by Node. */
export function incomingOf(c: Context): IncomingMessage | undefined {
  return (c.env as { incoming?: IncomingMessage } | undefined)?.incoming;
}

/** Node's response, where the app is served by Node. HTTP/2 has one of another class with the same methods. */
export function outgoingOf(c: Context): ServerResponse | undefined {
  return (c.env as { outgoing?: ServerResponse } | undefined)?.outgoing;
}

/** An answer as a Hono handler, to be mounted anywhere. */
export function toHandler(answer: AnswerRequest): Handler {
  return async (c) => {
    return toResponse(c, await answer(fromHono(c)));
  };
}

export function toResponse(c: Context, { status, headers, body }: PlainAnswer): Response {
  // A plain object of headers: `c.header` and `c.json` would build web `Headers` for every answer.
  // Hono's types know no status that a number may be; a string of length 0 is no body to it.
  return c.newResponse(body === "" ? null : body, status as ContentfulStatusCode, headers);
}

/**
 * A request as Hono has it. Under Node everything is read from Node's own objects: touching the web
 * `Request`'s body costs more than all the rest of a small request, which is also why Hono's `bodyLimit` is
 * not used (without it, the hand-written route of `bench/` took 165 instead of 348 µs of CPU a request).
 */
export function fromHono(c: Context): CollectRequest {
  const incoming = incomingOf(c);
  if (!incoming) return fromWeb(c, undefined);
  const isUnread = !incoming.readableDidRead && Object.keys(c.req.bodyCache).length === 0;
  return isUnread ? fromNode(incoming) : fromWeb(c, incoming.socket.remoteAddress);
}

function fromWeb(c: Context, address: string | undefined): CollectRequest {
  const { pathname, search, host } = new URL(c.req.url);
  return {
    method: c.req.method,
    url: pathname + search,
    // Servers of web requests put the host into the address; some leave the header out.
    authority: c.req.header("host") ?? host,
    address,
    header: (name) => c.req.header(name),
    readBody: (most) => readWebBody(c, most),
  };
}

async function readWebBody(c: Context, most: number): Promise<Buffer> {
  // Middleware of the app may have read the body before us; then Hono remembers it, and the stream is at its end.
  if (Object.keys(c.req.bodyCache).length > 0) {
    const body = Buffer.from(await c.req.arrayBuffer());
    if (body.length > most) throw tooLarge(most);
    return body;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    length += chunk.length;
    if (length > most) throw tooLarge(most);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
