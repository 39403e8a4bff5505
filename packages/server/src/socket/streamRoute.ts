import type { Handler } from "hono";
import { incomingOf } from "../http/honoRequest.ts";

/** The path of the WebSocket in the collector. */
export const STREAM_PATH = "/metrics/stream";

/**
 * Answers a request to the WebSocket's path that reached the app: it was not an upgrade, or the server does not pass upgrades
 * on.
 */
export const answerPlainRequest: Handler = (c) => {
  const message =
    c.req.header("upgrade") === undefined
      ? "This is a WebSocket: open it as ws:// or wss://."
      : "The WebSocket is not attached to this server. Call collector.attachWebSocket(server) once it is created.";
  // HTTP/2 has no upgrades: Node throws at such a header, and the request would never be answered.
  if (incomingOf(c)?.httpVersionMajor !== 2) c.header("upgrade", "websocket");
  return c.json({ error: { code: "upgrade_required", message } }, 426);
};
