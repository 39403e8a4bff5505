import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import { targetOf } from "./requestTarget.ts";

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

/**
 * Milliseconds that the upload of a source map may take: 50 MiB in ten minutes are 85 KB/s, which the slowest line of
 * an office has.
 */
const UPLOAD_TIMEOUT_MS = 600_000;

/**
 * Gives the upload of a source map ten minutes. Node's `requestTimeout` is the same for all requests of a server, so
 * it is raised while an upload is in progress: other slow bodies are cut when it is over. Bodies that the collector
 * reads have a separate deadline.
 */
export function giveUploadsTime(server: Server): void {
  const usual = server.requestTimeout;
  let uploads = 0;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== "PUT" || !targetOf(request).includes("/api/sourcemaps/")) return;
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
