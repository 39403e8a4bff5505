import type { ServerResponse } from "node:http";
import type { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import { outgoingOf } from "./honoRequest.ts";
import { isGone, type NodeResponse, type StreamBody } from "./streamBody.ts";

/** Answers a web request: `app.fetch` of the Hono app that handles every other request. */
export type Fetch = Parameters<typeof getRequestListener>[0];

/** The web stream of a body, by the response of Node that may send the body itself. */
const offered = new WeakMap<NodeResponse, { readonly body: StreamBody; readonly stream: ReadableStream }>();

/**
 * Returns the body as a web stream for the answer to a request. It ends with the connection, even if middleware drops the
 * stream without canceling it.
 */
export function streamTo(c: Context, body: StreamBody): ReadableStream<Uint8Array> {
  const stream = body.toWeb();
  const cut = (): void => body.cut();
  const outgoing = outgoingOf(c);
  if (outgoing) {
    body.outgoing = outgoing;
    if (isGone(outgoing)) cut();
    outgoing.on("close", cut);
    offered.set(outgoing, { body, stream });
    return stream;
  }
  // Under Node, reading the signal would build a whole web request.
  const { signal } = c.req.raw;
  if (signal.aborted) cut();
  else signal.addEventListener("abort", cut, { once: true });
  return stream;
}

/**
 * Lets Node's response send what `streamTo` returned: with the head that the app's middleware gave the answer, and not if
 * middleware reads the stream, as one does that compresses. A web stream takes as much memory as the rest of a connection.
 */
export function sendDirectly(fetch: Fetch): Fetch {
  return (request, env) => {
    const answer = fetch(request, env);
    const { outgoing } = env;
    return answer instanceof Promise
      ? answer.then((settled: unknown) => take(settled as Response, outgoing))
      : take(answer as Response, outgoing);
  };
}

function take(answer: Response, outgoing: NodeResponse): Response {
  const own = offered.get(outgoing);
  if (!own) return answer;
  offered.delete(outgoing);
  const { body, stream } = own;
  if (answer.body !== stream || stream.locked || body.wasRead || isGone(outgoing)) return answer;
  const cookies = answer.headers.getSetCookie();
  const headers = {
    ...Object.fromEntries(answer.headers),
    ...(cookies.length > 0 && { "set-cookie": cookies }),
  };
  // The two types have no common signature.
  (outgoing as ServerResponse).writeHead(answer.status, headers);
  body.sendBy(outgoing);
  return RESPONSE_ALREADY_SENT;
}
