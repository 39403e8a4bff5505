import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import { targetOf } from "./requestTarget.ts";

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
