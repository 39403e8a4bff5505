import type { WebSocket } from "ws";

/** Milliseconds. A proxy closes a connection that is quiet for a minute. */
const PING_MS = 30_000;

/** Pings every client, and ends those that did not answer the ping before: they are gone, or do not read. */
export function createHeartbeat(): { add(ws: WebSocket): void } {
  const waiting = new Set<WebSocket>();
  const all = new Set<WebSocket>();
  let timer: NodeJS.Timeout | undefined;
  const beat = (): void => {
    for (const ws of all) {
      if (waiting.has(ws)) ws.terminate();
      else {
        waiting.add(ws);
        ws.ping();
      }
    }
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  // One function for all clients: thousands of them are idle most of the time.
  function onSign(this: WebSocket): void {
    waiting.delete(this);
  }
  function onClose(this: WebSocket): void {
    waiting.delete(this);
    all.delete(this);
    if (all.size === 0) stop();
  }
  return {
    add: (ws) => {
      all.add(ws);
      timer ??= setInterval(beat, PING_MS).unref();
      ws.on("pong", onSign).on("message", onSign).on("close", onClose);
    },
  };
}
