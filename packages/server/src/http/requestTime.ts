import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { targetOf } from "./requestTarget.ts";

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
