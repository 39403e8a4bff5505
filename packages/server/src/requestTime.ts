import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createDeadlines } from "./ingest/deadlines.ts";
import { targetOf } from "./ingest/requestTarget.ts";

/**
 * Milliseconds that the upload of a source map may take: 50 MiB in ten minutes are 85 KB/s, which the slowest line of
 * an office has.
 */
export const UPLOAD_TIMEOUT_MS = 600_000;

/**
 * Gives a whole request `limitMs`, and the upload of a source map ten minutes. Node's own `requestTimeout` is the same
 * for all requests of a server, so it is to be `UPLOAD_TIMEOUT_MS`.
 *
 * A body that comes too late gets 408, or where it was answered before, its connection is closed.
 */
export function limitRequestTime(server: Server, limitMs: number): void {
  const deadlines = createDeadlines(limitMs);
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (!hasBody(request)) return;
    if (isUpload(request)) {
      // A refusal is not followed by ten minutes of a body that nobody wants.
      response.once("finish", () => {
        if (!request.complete) request.socket.destroySoon();
      });
      return;
    }
    const unwatch = deadlines.watch(() => {
      if (request.complete) return;
      if (response.headersSent) return void request.socket.destroy();
      response.once("finish", () => request.socket.destroySoon());
      response.writeHead(408, { connection: "close", "x-content-type-options": "nosniff" }).end();
    });
    request.once("close", unwatch);
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function isUpload(request: IncomingMessage): boolean {
  return (
    request.method === "PUT" &&
    request.headers.authorization !== undefined &&
    targetOf(request).includes("/api/sourcemaps/")
  );
}
