import type { Server, ServerOptions } from "node:http";

/**
 * Limits of a server that faces pages. A head arrives within 5 s and is at most 16 KiB, a whole request takes at most
 * 8 s (a body has 7 s, then comes the answer), checked every second: so a slow sender is gone well within 10 s. An
 * idle connection is kept for 65 s, longer than the 60 s after which common proxies close theirs, so that a proxy
 * never finds it closed.
 */
export const SERVER_LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 8_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
} as const satisfies ServerOptions;

/**
 * Requests of one connection, after which it is closed: a page needs one every five seconds. A proxy opens another
 * one, and no client can keep one busy forever.
 */
export const MAX_REQUESTS_PER_SOCKET = 10_000;

/**
 * Closes a connection after so many requests. Node requests this in the last answer (`Connection: close`), and then
 * refuses every later request, forever; a client that ignores the header is cut off here.
 */
export function limitRequestsPerSocket(server: Server, most: number): void {
  server.maxRequestsPerSocket = most;
  server.on("dropRequest", (_request, socket) => socket.destroy());
}
