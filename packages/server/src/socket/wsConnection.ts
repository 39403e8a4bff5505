import type { WebSocket } from "ws";
import type { Hub } from "./hub.ts";

/** Bytes of earlier messages that may wait for a client: with more it misses updates. */
const MAX_WAITING_BYTES = 16_384;

/** Bytes of a message that is read. A subscription with dozens of values is shorter. */
const MAX_MESSAGE_BYTES = 2_048;

/** Messages of a client in a second. The rest waits in its connection, and costs no memory here. */
const MESSAGES_PER_SECOND = 100;

/** Milliseconds that a client has to answer the closing handshake. */
const CLOSE_MS = 1_000;

/**
 * Connects a WebSocket with the hub. Every fault of the client ends its own connection at most.
 *
 * @param onSkip Called when the client missed an update.
 */
export function serveWebSocket(ws: WebSocket, hub: Hub, onSkip: () => void): void {
  // Without a listener, a broken connection would end the process.
  ws.on("error", () => {});
  const reading = createReading(ws);
  const client = hub.connect({
    send: (bytes) => ws.send(bytes, { binary: false }, reading.check),
    get isBehind() {
      return ws.bufferedAmount > MAX_WAITING_BYTES;
    },
    skipped: onSkip,
    close: (code, reason) => {
      ws.close(code, reason);
      setTimeout(() => ws.terminate(), CLOSE_MS).unref();
    },
  });
  ws.on("message", (data: Buffer, isBinary) => {
    if (isBinary) client.refuse("A message is a text, not binary.");
    else if (data.length > MAX_MESSAGE_BYTES)
      client.refuse(`A message has ${MAX_MESSAGE_BYTES} bytes at most, not ${data.length}.`);
    else client.receive(data.toString());
    reading.count();
  });
  ws.once("close", () => {
    reading.stop();
    client.leave();
  });
}

/**
 * Stops reading from a client that sends too many messages, or that does not read the answers: they would wait in
 * memory.
 */
function createReading(ws: WebSocket) {
  let messages = 0;
  let timer: NodeJS.Timeout | undefined;
  const check = (): void => {
    const mayRead = messages < MESSAGES_PER_SECOND && ws.bufferedAmount <= MAX_WAITING_BYTES;
    if (mayRead && ws.isPaused) ws.resume();
    else if (!mayRead && !ws.isPaused) ws.pause();
  };
  return {
    /** Called when bytes were written. */
    check,
    count: (): void => {
      messages += 1;
      timer ??= setTimeout(() => {
        timer = undefined;
        messages = 0;
        check();
      }, 1_000).unref();
      check();
    },
    stop: (): void => clearTimeout(timer),
  };
}
