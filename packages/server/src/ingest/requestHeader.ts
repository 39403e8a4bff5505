import type { IncomingMessage } from "node:http";
import type { Context } from "hono";

/** The request as Node has it, where the app is served by Node. */
export function incomingOf(c: Context): IncomingMessage | undefined {
  return (c.env as { incoming?: IncomingMessage } | undefined)?.incoming;
}

/**
 * A header of the request. Node has parsed them all; asking Hono would copy them into web `Headers` first,
 * which costs more than everything else that is done with them.
 */
export function requestHeader(
  c: Context,
  name: "content-encoding" | "content-length" | "host" | "origin" | "sec-fetch-site",
): string | undefined {
  const incoming = incomingOf(c);
  return incoming ? incoming.headers[name] : c.req.header(name);
}
