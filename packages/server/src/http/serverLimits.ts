import type { Server, ServerOptions } from "node:http";

/**
 * Limits of a server that faces pages. A head comes within 5 s and is at most 16 KiB, a whole request takes at
 * most 8 s (a body has 7 s of its own, with an answer), checked every second: so a sender that dawdles is gone
 * well within 10 s. A connection that is kept may rest for 65 s, longer than the 60 s after which common proxies
 * close theirs, so that they are never the ones to find it closed.
 */
export const SERVER_LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 8_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
} as const satisfies ServerOptions;

/**
 * Requests of one connection, after which it is closed: a page needs one every five seconds. A proxy opens
 * another one, and nobody can keep one busy for ever.
 */
export const MAX_REQUESTS_PER_SOCKET = 10_000;

/**
 * Closes a connection after so many requests. Node asks for it with the last answer (`Connection: close`), and
 * then refuses what comes all the same, for ever; who does not listen is cut off here.
 */
export function limitRequestsPerSocket(server: Server, most: number): void {
  server.maxRequestsPerSocket = most;
  server.on("dropRequest", (_request, socket) => socket.destroy());
}
