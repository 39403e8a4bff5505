import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { targetOf } from "./requestTarget.ts";

/**
 * Milliseconds that the upload of a source map may take: 50 MiB in ten minutes are 85 KB/s, which the slowest line of
 * an office has.
 */
const UPLOAD_TIMEOUT_MS = 600_000;

/**
 * Gives the upload of a source map ten minutes. Node's `requestTimeout` is the same for all requests of a server, so it
 * is raised while an upload is on its way: other bodies that dawdle meanwhile are cut when it is over. Those that the
 * collector reads have a deadline of their own.
 */
export function giveUploadsTime(server: Server): void {
  const usual = server.requestTimeout;
  let uploads = 0;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== "PUT" || !targetOf(request).includes("/api/sourcemaps/")) return;
    uploads += 1;
    server.requestTimeout = Math.max(usual, UPLOAD_TIMEOUT_MS);
    // A refusal is not followed by ten minutes of a body that nobody wants.
    response.once("finish", () => {
      if (!request.complete) request.socket.destroySoon();
    });
    response.once("close", () => {
      uploads -= 1;
      if (uploads === 0) server.requestTimeout = usual;
    });
  });
}
